/** From a key press to an action. */

import { keysStore } from '../stores/keys-store'
import { ACTIONS, type Action, keysOf } from './actions'
import type { Controller } from './controller'
import { isSingleKey, keyNames, type Press } from './key-names'

/** The action of a press, or null. Keys without Ctrl or Alt belong to the field the reader types or steers in. */
export function actionFor(press: Press, typing: boolean): Action | null {
  const names = keyNames(press).filter(name => !typing || /^(?:Ctrl|Alt)\+|^(?:Shift\+)?F\d+$/.test(name))
  const choices = keysStore.getState()
  const usable = choices.singleKeys ? names : names.filter(name => !isSingleKey(name))
  return ACTIONS.find(action => keysOf(action, choices).some(key => usable.includes(key))) ?? null
}

const OWN_KEYS =
  'input, textarea, select, [contenteditable="true"], [role="tab"], [role="separator"], [role="slider"], [role="grid"], [role="treegrid"], [role="tree"], [role="listbox"], [role="dialog"], dialog, [popover]'

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(OWN_KEYS) !== null
}

/** A choice by radio buttons takes the arrows and has no use for Escape, which closes what floats. */
function isSpare({ key, target }: KeyboardEvent): boolean {
  const isRadio = target instanceof Element && target.matches('[type="radio"]:not([popover] *, dialog *)')
  return key === 'Escape' && isRadio
}

/** Escape closes what floats first, wherever the focus is. */
function closesWhatFloats({ key }: KeyboardEvent): boolean {
  return key === 'Escape' && document.querySelector(':popover-open, dialog[open]') !== null
}

/** One that undoes its own typing. */
function isTextField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, [contenteditable="true"]') !== null
}

/** Listens on the whole page; returns how to stop. */
export function listenForKeys(controller: Controller): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || closesWhatFloats(event)) return
    const found = actionFor(event, isTyping(event.target) && !isSpare(event))
    if (found === null || (found.isFieldsOwn && isTextField(event.target))) return
    event.preventDefault()
    found.run(controller)
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}
