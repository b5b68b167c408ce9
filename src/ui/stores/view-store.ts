/** Where the reader stands and what they look at. Node and edge values are looked up by id, one subscription each. */
import { createStore } from 'zustand/vanilla'
import type { Breakpoint, GraphEdge, GraphNode } from '../../engine'
import type { Outline, ShowReply } from '../../worker/protocol'
import { completed } from './complete-outline'
import { equal, reuse } from './reuse'

export type InspectorTab = 'object' | 'areas' | 'table' | 'translate'

export interface ViewState {
  /** The step asked for; `shown` follows when the worker has answered. */
  readonly step: number
  /** Keep standing at the last step when the text grows. */
  readonly atEnd: boolean
  readonly shown: ShowReply | null
  /** Every object there ever is; its identity changes with the run, not with the step. */
  readonly outline: Outline | null
  /** The same as the worker sent it. */
  readonly runOutline: Outline | null
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly edges: ReadonlyMap<string, GraphEdge>
  /** A graph node chosen by the reader; null follows what each step changed. */
  readonly selection: string | null
  /** Null opens what says most of the object: its table where it has one. */
  readonly tab: InspectorTab | null
  /** Key of the page-table row chosen, or null for the one the step changed. */
  readonly entry: string | null
  /** A refused step whose rule card was put away to see the object. */
  readonly refusalPutAway: number | null
  /** In the order they were set. Lines follow the text as it is edited. */
  readonly breakpoints: readonly UserBreakpoint[]
}

/** Plain data: links hold it. */
export interface UserBreakpoint extends Breakpoint {
  readonly on: boolean
}

export const viewStore = createStore<ViewState>(() => ({
  step: 0,
  atEnd: true,
  shown: null,
  outline: null,
  runOutline: null,
  nodes: new Map(),
  edges: new Map(),
  selection: null,
  tab: null,
  entry: null,
  refusalPutAway: null,
  breakpoints: [],
}))

/** Takes in what the worker says of a step; objects that did not change keep their identity. */
export function takeShown(shown: ShowReply, runOutline: Outline): void {
  viewStore.setState(state => ({
    shown,
    runOutline,
    outline: completed(baseOutline(state, runOutline), shown.graph),
    nodes: reuse(state.nodes, shown.graph.nodes),
    edges: reuse(state.edges, shown.graph.edges),
  }))
}

/** What is already drawn, where the run has the same objects: an edit that makes none moves none. */
function baseOutline(state: ViewState, next: Outline): Outline {
  return state.outline !== null && equal(state.runOutline, next) ? state.outline : next
}
