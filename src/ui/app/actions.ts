/** Every command the reader can give, in one table: keys, tooltips, the palette and the list of keys read the same rows. */
import { copyForMail, copyLink } from '../share/share-actions'
import { frameStore, openPopup, type Popup, showScreen } from '../stores/frame-store'
import { stepReference } from '../stores/inspect-store'
import { type KeyChoices, keysStore } from '../stores/keys-store'
import { nextTheme, setTheme, themeStore } from '../stores/theme-store'
import { viewStore } from '../stores/view-store'
import type { Controller } from './controller'
import { EDITOR_ACTIONS, type EditorActionId } from './editor-actions'
import { chooseFile, saveFile } from './files'
import { keyShown } from './key-names'
import { STEP_ACTIONS, type StepActionId } from './step-actions'

export interface Action {
  /** What stands before the dot is the group it is listed under. */
  readonly id: ActionId
  readonly title: string
  /** As `keyName` names them. A key without Ctrl or Alt works only outside of text fields. */
  readonly keys: readonly string[]
  /** In a field of its own text the key is the field's. */
  readonly isFieldsOwn?: true
  /** Other names that the palette finds it by. */
  readonly aliases?: readonly string[]
  readonly run: (controller: Controller) => void
}

export type ActionId =
  | StepActionId
  | EditorActionId
  | 'run.again'
  | 'run.stop'
  | 'selection.follow'
  | 'palette.open'
  | 'keys.open'
  | 'gallery.open'
  | 'gallery.close'
  | 'modelled.open'
  | 'dialect.open'
  | 'platform.open'
  | 'policy.open'
  | 'graph.picture'
  | 'graph.outline'
  | 'graph.fit'
  | 'graph.bundle'
  | 'change.previous'
  | 'change.next'
  | 'change.first'
  | 'reference.previous'
  | 'reference.next'
  | 'walk.open'
  | 'matrix.open'
  | 'became.open'
  | 'compare.open'
  | 'theme.next'
  | 'share.open'
  | 'link.copy'
  | 'mail.copy'
  | 'text.undo'
  | 'text.redo'
  | 'text.restore'
  | 'history.open'
  | 'file.open'
  | 'file.save'
  | 'theme.system'
  | 'theme.light'
  | 'theme.dark'
  | 'theme.contrast'

function opens(popup: Popup): () => void {
  return () => openPopup(popup)
}

/** Back from another screen first; on the workbench, from an object chosen by hand. */
function backOrFollow(controller: Controller): void {
  if (frameStore.getState().screen === 'workbench') void controller.select(null)
  else toWorkbench()
}

const toWorkbench = () => showScreen('workbench')

export const ACTIONS: readonly Action[] = [
  ...STEP_ACTIONS,
  ...EDITOR_ACTIONS,
  { id: 'run.again', title: 'Run again', keys: ['Ctrl+Enter'], run: c => void c.run() },
  { id: 'run.stop', title: 'Stop', keys: ['Ctrl+.'], run: c => c.stop() },
  { id: 'selection.follow', title: 'Follow the steps', keys: ['Escape'], run: backOrFollow },
  {
    id: 'change.previous',
    title: 'To the change before of what is chosen',
    keys: ['['],
    aliases: ['last written', 'provenance', 'who changed it'],
    run: c => void c.goToChange('previous'),
  },
  {
    id: 'change.next',
    title: 'To the next change of what is chosen',
    keys: [']'],
    run: c => void c.goToChange('next'),
  },
  {
    id: 'change.first',
    title: 'To the first change of what is chosen',
    keys: [],
    aliases: ['created'],
    run: c => void c.goToChange('first'),
  },
  {
    id: 'reference.previous',
    title: 'Reference before, in the walk',
    keys: ['Alt+['],
    run: () => stepReference(-1),
  },
  { id: 'reference.next', title: 'Next reference of the walk', keys: ['Alt+]'], run: () => stepReference(1) },
  { id: 'palette.open', title: 'Find a command', keys: ['Ctrl+k', 'Ctrl+Shift+p'], run: opens('palette') },
  { id: 'keys.open', title: 'All keys', keys: ['?'], aliases: ['help', 'shortcuts'], run: opens('keys') },
  {
    id: 'gallery.open',
    title: 'Gallery',
    keys: ['g'],
    aliases: ['examples', 'scenarios', 'first page'],
    run: () => showScreen('first'),
  },
  { id: 'gallery.close', title: 'Back to the flow', keys: [], run: toWorkbench },
  {
    id: 'walk.open',
    title: 'Translate as a staircase',
    keys: ['w'],
    aliases: ['two-stage walk', 'nested', 'references'],
    run: () => showScreen('walk'),
  },
  {
    id: 'compare.open',
    title: 'Compare designs',
    keys: ['v'],
    aliases: ['versus', 'cost', 'variants'],
    run: () => showScreen('compare'),
  },
  {
    id: 'matrix.open',
    title: 'Matrix of table types',
    keys: ['x'],
    aliases: ['operations', 'computed'],
    run: () => showScreen('matrix'),
  },
  {
    id: 'became.open',
    title: 'Then and now',
    keys: [],
    aliases: ['became', 'mainline'],
    run: () => showScreen('became'),
  },
  { id: 'modelled.open', title: 'What is modelled', keys: [], aliases: ['limits'], run: opens('modelled') },
  { id: 'dialect.open', title: 'Choose the dialect', keys: ['d'], aliases: ['API'], run: opens('dialect') },
  {
    id: 'platform.open',
    title: 'Choose the platform',
    keys: ['m'],
    aliases: ['IOMMU', 'machine'],
    run: opens('platform'),
  },
  { id: 'policy.open', title: 'Choose the policy', keys: ['p'], aliases: ['knobs'], run: opens('policy') },
  {
    id: 'graph.picture',
    title: 'Graph as a picture',
    keys: [],
    run: () => viewStore.setState({ graphAs: 'picture' }),
  },
  {
    id: 'graph.outline',
    title: 'Graph as an outline',
    keys: ['o'],
    aliases: ['text', 'tree'],
    run: () =>
      viewStore.setState({ graphAs: viewStore.getState().graphAs === 'outline' ? 'picture' : 'outline' }),
  },
  {
    id: 'graph.fit',
    title: 'Fit the graph',
    keys: ['f'],
    aliases: ['zoom'],
    run: () => viewStore.setState({ viewport: null }),
  },
  { id: 'graph.bundle', title: 'Close all bundles', keys: [], run: c => c.graph.closeBundles() },
  {
    id: 'theme.next',
    title: 'Next theme',
    keys: ['Alt+t'],
    run: () => setTheme(nextTheme(themeStore.getState().theme)),
  },
  { id: 'share.open', title: 'Share', keys: ['s'], aliases: ['link', 'open a link'], run: opens('share') },
  {
    id: 'link.copy',
    title: 'Copy the link',
    keys: ['Ctrl+s'],
    aliases: ['save'],
    run: () => void copyLink(),
  },
  {
    id: 'mail.copy',
    title: 'Copy for mail',
    keys: ['y'],
    aliases: ['ASCII', 'plain text'],
    run: c => void copyForMail(c),
  },
  { id: 'text.undo', title: 'Undo', keys: ['Ctrl+z'], isFieldsOwn: true, run: c => c.undo() },
  { id: 'text.redo', title: 'Redo', keys: ['Ctrl+Shift+z', 'Ctrl+y'], isFieldsOwn: true, run: c => c.redo() },
  { id: 'text.restore', title: 'Restore my text', keys: ['Alt+z'], run: c => c.restoreText() },
  {
    id: 'history.open',
    title: 'History',
    keys: ['Alt+h'],
    aliases: ['revisions', 'versions', 'restore', 'autosave'],
    run: opens('history'),
  },
  { id: 'file.open', title: 'Open a file', keys: ['Ctrl+o'], aliases: ['load', 'import'], run: chooseFile },
  {
    id: 'file.save',
    title: 'Save as a file',
    keys: ['Ctrl+Shift+s'],
    aliases: ['download', '.flow'],
    run: () => saveFile(),
  },
  { id: 'theme.system', title: 'Theme as the system has it', keys: [], run: () => setTheme('system') },
  { id: 'theme.light', title: 'Light theme', keys: [], run: () => setTheme('light') },
  { id: 'theme.dark', title: 'Dark theme', keys: [], run: () => setTheme('dark') },
  { id: 'theme.contrast', title: 'High contrast theme', keys: [], run: () => setTheme('contrast') },
]

export function action(id: ActionId): Action {
  const found = findAction(id)
  if (found === null) throw new Error(`No action ${id}`)
  return found
}

/** The row of an id, or null. */
export function findAction(id: string): Action | null {
  return ACTIONS.find(candidate => candidate.id === id) ?? null
}

/** The keys that do it now: the reader's own, else those of the table. */
export function keysOf({ id, keys }: Action, choices: KeyChoices = keysStore.getState()): readonly string[] {
  return Object.hasOwn(choices.own, id) ? (choices.own[id] ?? []) : keys
}

/** `Step back (Left)`: for tooltips and names. */
export function tooltip(id: ActionId): string {
  const found = action(id)
  const [key] = keysOf(found)
  return key === undefined ? found.title : `${found.title} (${keyShown(key)})`
}
