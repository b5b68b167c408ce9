/** Where the reader stands and what they look at. Node and edge values are looked up by id, one subscription each. */
import { createStore } from 'zustand/vanilla'
import type { Breakpoint, GraphEdge, GraphNode } from '../../engine'
import type { Drawn, ShowReply } from '../../worker/protocol'
import { equal, reuse } from './reuse'

/** Pixels, and how large: 1 is full size. */
export interface Viewport {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export type InspectorTab = 'object' | 'areas' | 'table' | 'translate' | 'caches' | 'accounting'

export interface ViewState {
  /** The step asked for; `shown` follows when the worker has answered. */
  readonly step: number
  /** Keep standing at the last step when the text grows. */
  readonly atEnd: boolean
  readonly shown: ShowReply | null
  /** Every object there ever is, and its place; the identity changes with the run, not with the step. */
  readonly drawn: Drawn | null
  /** The graph as a picture, or as a tree of lines. */
  readonly graphAs: 'picture' | 'outline'
  /** Where the reader moved the picture; null keeps it in view by itself. */
  readonly viewport: Viewport | null
  /** Bundles of a very large graph that the reader opened. */
  readonly opened: readonly string[]
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly edges: ReadonlyMap<string, GraphEdge>
  /** A graph node chosen by the reader; null follows what each step changed. */
  readonly selection: string | null
  /** Null opens what says most of the object: its table where it has one. */
  readonly tab: InspectorTab | null
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
  drawn: null,
  graphAs: 'picture',
  viewport: null,
  opened: [],
  nodes: new Map(),
  edges: new Map(),
  selection: null,
  tab: null,
  refusalPutAway: null,
  breakpoints: [],
}))

/** Takes in what the worker says of a step; objects that did not change keep their identity. */
export function takeShown(shown: ShowReply, drawn: Drawn): void {
  viewStore.setState(state => ({
    shown,
    drawn: kept(state.drawn, drawn),
    nodes: reuse(state.nodes, shown.graph.nodes),
    edges: reuse(state.edges, shown.graph.edges),
  }))
}

export function takeDrawn(drawn: Drawn): void {
  viewStore.setState(state => ({ drawn: kept(state.drawn, drawn) }))
}

/** What is already drawn, where the run has the same objects: an edit that makes none moves none. */
function kept(known: Drawn | null, next: Drawn): Drawn {
  return known !== null && (known === next || equal(known, next)) ? known : next
}
