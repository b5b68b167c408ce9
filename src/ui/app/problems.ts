/** Going from problem to problem, taking a fix, and writing assumptions down: what keys and buttons do. */
import type { Assumption, Diagnostic } from '../../engine'
import { applyEdits, writtenIn } from '../../engine/flow/rewrite'
import { cursorOffset, revealLine } from '../panels/editor/reveal'
import { runStore } from '../stores/run-store'
import { textStore } from '../stores/text-store'
import type { Controller } from './controller'

/** What the author has to look at; the rest is said for information. */
export const isProblem = ({ severity }: Diagnostic): boolean => severity !== 'info'

const problems = (): readonly Diagnostic[] =>
  (runStore.getState().newest?.diagnostics ?? []).filter(isProblem)

/** The next problem after the cursor, or before it, round the ends; null where there is none. */
export function problemFrom(
  all: readonly Diagnostic[],
  cursor: number,
  direction: 1 | -1,
): Diagnostic | null {
  const inOrder = [...all].sort((a, b) => a.span.from - b.span.from)
  if (direction === 1) return inOrder.find(({ span }) => span.from > cursor) ?? inOrder[0] ?? null
  return inOrder.findLast(({ span }) => span.from < cursor) ?? inOrder.at(-1) ?? null
}

export function goToProblem(direction: 1 | -1): void {
  const found = problemFrom(problems(), cursorOffset(), direction)
  if (found !== null) revealLine(found.span.from)
}

/** Takes the fix of the problem in the cursor's line. */
export function fixAtCursor(controller: Controller): void {
  const { text } = textStore.getState()
  const cursor = cursorOffset()
  const line = text.slice(0, cursor).split('\n').length
  const found = problems().find(({ span, fix }) => fix !== null && span.line === line)
  if (found !== undefined) takeFix(controller, found)
}

export function takeFix(controller: Controller, { fix }: Diagnostic): void {
  if (fix !== null) controller.change(applyEdits(textStore.getState().text, [fix]))
}

/** Writes assumptions of the newest run into the text, in one step that undo takes back. */
export function writeAssumptions(controller: Controller, chosen: readonly Assumption[]): void {
  const { newest } = runStore.getState()
  const { text, revision } = textStore.getState()
  // Places of an older text are not places of this one.
  if (newest === null || newest.revision !== revision) return
  controller.change(writtenIn(text, chosen, newest.assumptions))
}

export function writeAllAssumptions(controller: Controller): void {
  writeAssumptions(controller, runStore.getState().newest?.assumptions ?? [])
}
