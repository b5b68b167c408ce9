/**
 * What of the page a link carries beside the text: one row a field, each read from the stores and put
 * back into them. What the page does by itself is left out, so that links stay short.
 */
import type { Breakpoint } from '../../engine'
import type { LinkView } from '../../share'
import { compareStore, setColumns } from '../stores/compare-store'
import { DOCK_PANES, dockStore } from '../stores/dock-store'
import { frameStore, type Screen, showScreen } from '../stores/frame-store'
import { inspectStore } from '../stores/inspect-store'
import { noteStore } from '../stores/note-store'
import { type InspectorTab, type UserBreakpoint, type ViewState, viewStore } from '../stores/view-store'
import { entryFocus, entryText } from './entry-text'

interface Field {
  /** Empty where there is nothing to say. */
  readonly read: () => LinkView
  /** A field that the view leaves out goes back to what the page does by itself. */
  readonly apply: (view: LinkView) => void
}

const TABS: readonly InspectorTab[] = ['object', 'areas', 'table', 'translate', 'caches', 'accounting']
/** Screens that show the flow at hand, so that a link may open them. */
const LINKED_SCREENS: readonly Screen[] = ['walk', 'matrix', 'compare']
const STOPS: readonly Breakpoint['kind'][] = ['line', 'command', 'errno', 'object', 'iova', 'hva']

const view = () => viewStore.getState()
const setView = (part: Partial<ViewState>) => viewStore.setState(part)
const some = <T>(list: readonly T[]) => (list.length === 0 ? undefined : list)

const FIELDS: readonly Field[] = [
  {
    read: () => (view().atEnd ? {} : { step: view().step }),
    apply: ({ step }) => setView({ step: step ?? 0, atEnd: step === undefined }),
  },
  {
    read: () => said({ select: view().selection }),
    apply: ({ select }) => setView({ selection: select ?? null }),
  },
  {
    read: () => said({ tab: view().tab }),
    apply: ({ tab }) => setView({ tab: TABS.find(known => known === tab) ?? null }),
  },
  {
    read: () => said({ entry: entryText(inspectStore.getState().focus) }),
    apply: ({ entry }) => inspectStore.setState({ focus: entryFocus(entry) }),
  },
  {
    read: () => said({ toggled: some(inspectStore.getState().toggled) }),
    apply: ({ toggled }) => inspectStore.setState({ toggled: toggled ?? [] }),
  },
  {
    read: () => said({ walk: someWalk() }),
    apply: ({ walk }) => inspectStore.setState({ question: walk ?? {}, reference: null }),
  },
  {
    read: () => said({ centre: centreNow() }),
    apply: ({ centre }) => {
      setView({ graphAs: centre === 'outline' ? 'outline' : 'picture' })
      showScreen(LINKED_SCREENS.find(screen => screen === centre) ?? 'workbench')
    },
  },
  {
    read: () => said({ columns: shownColumns() }),
    apply: ({ columns }) => setColumns(columns ?? null),
  },
  {
    read: () => said({ notes: some(noteStore.getState().notes) }),
    apply: ({ notes }) => noteStore.setState({ notes: notes ?? [], begun: null }),
  },
  {
    read: () => said({ opened: some(view().opened) }),
    apply: ({ opened }) => setView({ opened: opened ?? [] }),
  },
  {
    read: () => said({ zoom: place() }),
    apply: ({ zoom }) => setView({ viewport: zoom ? { x: zoom[0], y: zoom[1], zoom: zoom[2] } : null }),
  },
  {
    read: () => said({ dock: dockStore.getState().pane }),
    apply: ({ dock }) =>
      dockStore.setState(({ pane }) => ({ pane: DOCK_PANES.find(known => known === dock) ?? pane })),
  },
  {
    read: () => said({ breaks: some(view().breakpoints.map(toLink)) }),
    apply: ({ breaks }) => setView({ breakpoints: (breaks ?? []).flatMap(fromLink) }),
  },
]

/** The view as it stands. */
export function readView(): LinkView {
  return Object.assign({}, ...FIELDS.map(({ read }) => read()))
}

/** Puts a view in place, and what it leaves out back to what the page does by itself. */
export function applyView(given: LinkView): void {
  for (const { apply } of FIELDS) apply(given)
}

/** Without what has no value. */
function said(part: { readonly [K in keyof LinkView]: LinkView[K] | null | undefined }): LinkView {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value != null))
}

function someWalk(): LinkView['walk'] {
  const { question } = inspectStore.getState()
  const { cached: _, ...asked } = question
  return Object.keys(asked).length === 0 ? undefined : asked
}

/** The designs compared, where they are what is shown and the reader chose them. */
function shownColumns(): LinkView['columns'] | null {
  return frameStore.getState().screen === 'compare' ? compareStore.getState().columns : null
}

/** What fills the middle of the page, or all of it, where that is not the picture. */
function centreNow(): string | null {
  const { screen } = frameStore.getState()
  if (screen !== 'workbench' && screen !== 'first') return screen
  return view().graphAs === 'picture' ? null : view().graphAs
}

/** Hundredths of a pixel are enough, and short. */
function place(): LinkView['zoom'] {
  const { viewport } = view()
  if (viewport === null) return undefined
  const short = (n: number, digits: number) => Number(n.toFixed(digits))
  return [short(viewport.x, 1), short(viewport.y, 1), short(viewport.zoom, 4)]
}

type LinkBreak = NonNullable<LinkView['breaks']>[number]

function toLink({ kind, value, on }: UserBreakpoint): LinkBreak {
  return on ? { kind, value } : { kind, value, off: true }
}

function fromLink({ kind, value, off }: LinkBreak): readonly UserBreakpoint[] {
  const known = STOPS.find(one => one === kind)
  return known === undefined ? [] : [{ kind: known, value, on: off !== true }]
}
