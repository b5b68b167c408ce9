/** Everything a key can do, in one table: keys, tooltips and (later) the palette read the same rows. */
import { revealLine } from '../panels/editor/reveal'
import { errorsOf, runStore } from '../stores/run-store'
import { nextTheme, setTheme, themeStore } from '../stores/theme-store'
import { viewStore } from '../stores/view-store'
import type { Controller } from './controller'

export interface Action {
  readonly id: ActionId
  readonly title: string
  /** As `keyName` names them. A single key works only outside of text fields. */
  readonly keys: readonly string[]
  /** In a field of its own text the key is the field's. */
  readonly isFieldsOwn?: true
  readonly run: (controller: Controller) => void
}

export type ActionId =
  | 'step.first'
  | 'step.back'
  | 'step.forward'
  | 'step.last'
  | 'problem.first'
  | 'run.again'
  | 'run.stop'
  | 'selection.follow'
  | 'theme.next'
  | 'text.undo'
  | 'text.redo'
  | 'text.restore'

function step(by: number): (controller: Controller) => void {
  return controller => void controller.goTo(viewStore.getState().step + by)
}

export const ACTIONS: readonly Action[] = [
  { id: 'step.first', title: 'To the start', keys: ['Home'], run: c => void c.goTo(0) },
  { id: 'step.back', title: 'Step back', keys: ['ArrowLeft', 'k', ',', 'Alt+,'], run: step(-1) },
  { id: 'step.forward', title: 'Step forward', keys: ['ArrowRight', 'j', '.', 'Alt+.'], run: step(1) },
  { id: 'step.last', title: 'To the last step', keys: ['End'], run: c => void c.goTo(lastStep()) },
  { id: 'problem.first', title: 'To the first error', keys: ['F8'], run: revealFirstError },
  { id: 'run.again', title: 'Run again', keys: ['Ctrl+Enter'], run: c => void c.run() },
  { id: 'run.stop', title: 'Stop', keys: ['Ctrl+.'], run: c => c.stop() },
  { id: 'selection.follow', title: 'Follow the steps', keys: ['Escape'], run: c => void c.select(null) },
  {
    id: 'theme.next',
    title: 'Next theme',
    keys: ['Alt+t'],
    run: () => setTheme(nextTheme(themeStore.getState().theme)),
  },
  { id: 'text.undo', title: 'Undo', keys: ['Ctrl+z'], isFieldsOwn: true, run: c => c.undo() },
  { id: 'text.redo', title: 'Redo', keys: ['Ctrl+Z', 'Ctrl+y'], isFieldsOwn: true, run: c => c.redo() },
  { id: 'text.restore', title: 'Restore my text', keys: ['Alt+z'], run: c => c.restoreText() },
]

function revealFirstError(): void {
  const [first] = errorsOf(runStore.getState().newest)
  if (first !== undefined) revealLine(first.span.from)
}

function lastStep(): number {
  return runStore.getState().shown?.steps.length ?? 0
}

export function action(id: ActionId): Action {
  const found = ACTIONS.find(candidate => candidate.id === id)
  if (found === undefined) throw new Error(`No action ${id}`)
  return found
}

/** `Step back (ArrowLeft)`: for tooltips and names. */
export function tooltip(id: ActionId): string {
  const { title, keys } = action(id)
  return `${title} (${keys[0]})`
}
