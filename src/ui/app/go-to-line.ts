import { revealLine } from '../panels/editor/reveal'
import { runStore } from '../stores/run-store'
import { textStore } from '../stores/text-store'
import type { Controller } from './controller'

/** Of the line's first character; lines count from 1, and past the last one it is the end. */
export function offsetOfLine(text: string, line: number): number {
  const before = text.split('\n').slice(0, Math.max(0, line - 1))
  const offset = before.reduce((sum, each) => sum + each.length + 1, 0)
  return Math.min(offset, text.length)
}

/** Puts the cursor on a line, and stands at the last step that had run when the flow was past it. */
export function goToLine(controller: Controller, line: number): void {
  revealLine(offsetOfLine(textStore.getState().text, line))
  const steps = runStore.getState().shown?.steps ?? []
  void controller.goTo(steps.findLast(step => step.line <= line)?.n ?? 0)
}
