/** What the PAPR model keeps: the TCE table behind each window of each requester. */
import type { TableRef } from '../../../pt'
import type { PaprConfig, PaprWindow } from './windows'

/** A window with the table that its LIOBN stands for now. */
export interface BoundWindow {
  readonly window: PaprWindow
  readonly table: TableRef
}

export interface PaprRoute {
  readonly rid: number
  readonly domain: number
  readonly windows: readonly BoundWindow[]
}

export interface PaprState {
  readonly config: PaprConfig
  readonly routes: readonly PaprRoute[]
}

/** Every window that is bound, each LIOBN once. */
export function boundWindows(state: PaprState): readonly BoundWindow[] {
  const all = state.routes.flatMap(route => route.windows)
  return [...new Map(all.map(bound => [bound.window.liobn, bound])).values()]
}
