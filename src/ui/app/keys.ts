/** From a key press to an action. */
import { ACTIONS, type Action } from './actions'
import type { Controller } from './controller'

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** `j`, `Alt+.`, `Ctrl+Enter`; the command key of a Mac counts as Ctrl. */
export function keyName({ key, ctrlKey, metaKey, altKey }: Press): string {
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${key}`
}

/** The action of a press, or null. Single keys belong to the field the reader types or steers in. */
export function actionFor(press: Press, typing: boolean): Action | null {
  const name = keyName(press)
  if (typing && !name.includes('+')) return null
  return ACTIONS.find(action => action.keys.includes(name)) ?? null
}

const OWN_KEYS =
  'input, textarea, select, [contenteditable="true"], [role="tab"], [role="separator"], [role="slider"], [role="grid"], [role="treegrid"], dialog, [popover]'

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(OWN_KEYS) !== null
}

/** One that undoes its own typing. */
function isTextField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, [contenteditable="true"]') !== null
}

/** Listens on the whole page; returns how to stop. */
export function listenForKeys(controller: Controller): () => void {
  const onKey = (event: KeyboardEvent) => {
    const found = event.defaultPrevented ? null : actionFor(event, isTyping(event.target))
    if (found === null || (found.isFieldsOwn && isTextField(event.target))) return
    event.preventDefault()
    found.run(controller)
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}
