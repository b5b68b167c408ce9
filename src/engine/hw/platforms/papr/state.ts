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
