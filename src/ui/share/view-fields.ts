/**
 * What of the page a link carries beside the text: one row a field, each read from the stores and put
 * back into them. What the page does by itself is left out, so that links stay short.
 */
import type { LinkView } from '../../share'
import { type InspectorTab, viewStore } from '../stores/view-store'

interface Field {
  /** Empty where there is nothing to say. */
  readonly read: () => LinkView
  /** A field that the view leaves out goes back to what the page does by itself. */
  readonly apply: (view: LinkView) => void
}

const TABS: readonly InspectorTab[] = ['object', 'areas', 'table', 'translate']

const FIELDS: readonly Field[] = [
  {
    read: () => (viewStore.getState().atEnd ? {} : { step: viewStore.getState().step }),
    apply: ({ step }) => viewStore.setState({ step: step ?? 0, atEnd: step === undefined }),
  },
  {
    read: () => unlessNull('select', viewStore.getState().selection),
    apply: ({ select }) => viewStore.setState({ selection: select ?? null }),
  },
  {
    read: () => unlessNull('tab', viewStore.getState().tab),
    apply: ({ tab }) => viewStore.setState({ tab: TABS.find(known => known === tab) ?? null }),
  },
  {
    read: () => unlessNull('entry', viewStore.getState().entry),
    apply: ({ entry }) => viewStore.setState({ entry: entry ?? null }),
  },
]

/** The view as it stands. */
export function readView(): LinkView {
  return Object.assign({}, ...FIELDS.map(({ read }) => read()))
}

/** Puts a view in place, and what it leaves out back to what the page does by itself. */
export function applyView(view: LinkView): void {
  for (const { apply } of FIELDS) apply(view)
}

function unlessNull<K extends 'select' | 'tab' | 'entry'>(key: K, value: string | null): LinkView {
  return value === null ? {} : { [key]: value }
}
