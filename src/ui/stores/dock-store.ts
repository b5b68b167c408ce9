/** What the dock shows of the step besides the step itself, and what was last said of a move. */
import { createStore } from 'zustand/vanilla'
import type { EventRow } from '../../engine'
import { keep, recall } from '../app/storage'

export const DOCK_PANES = ['events', 'lanes', 'both', 'cost'] as const
export type DockPane = (typeof DOCK_PANES)[number]

export interface DockState {
  /** Null until the reader chose: both where there is room, else events. */
  readonly pane: DockPane | null
  /** The chart of the step shown, or of the flow up to it. */
  readonly chart: 'step' | 'flow'
  /** Rows of events asked for beyond those that came with a step, by index. */
  readonly more: { readonly key: string; readonly rows: ReadonlyMap<number, EventRow> }
  /** Steps at which a breakpoint that is on stops. */
  readonly stops: ReadonlySet<number>
  /** Why the last move went nowhere, or what a breakpoint did; '' for nothing to say. */
  readonly said: string
}

const kept = DOCK_PANES.find(pane => pane === recall('dock')) ?? null

export const dockStore = createStore<DockState>(() => ({
  pane: kept,
  chart: 'step',
  more: { key: '', rows: new Map() },
  stops: new Set(),
  said: '',
}))

export function choosePane(pane: DockPane): void {
  dockStore.setState({ pane })
  keep('dock', pane)
}

export function say(said: string): void {
  dockStore.setState({ said })
}
