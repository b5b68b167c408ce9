/** Which matrix is looked at, the cell at hand, and every matrix that was computed since the page was opened. */
import { createStore } from 'zustand/vanilla'
import type { MatrixView } from '../../engine'

export interface CellName {
  readonly type: string
  readonly operation: string
}

export interface KnownMatrix {
  readonly matrix: MatrixView
  /** The same as plain text. */
  readonly text: string
}

export interface MatrixState {
  /** Null: as the flow at hand has it. */
  readonly dialect: string | null
  readonly platform: string | null
  /** Every cell as all dialects answer it, in place of one dialect's. */
  readonly differences: boolean
  readonly cell: CellName
  /** By `matrixKey`; a string is why there is none. */
  readonly known: ReadonlyMap<string, KnownMatrix | string>
}

export const matrixStore = createStore<MatrixState>(() => ({
  dialect: null,
  platform: null,
  differences: false,
  cell: { type: 'kernel-root', operation: 'map' },
  known: new Map(),
}))

/** The policy is the flow's where it is of that dialect, else the dialect's own defaults. */
export interface MatrixQuestion {
  readonly dialect: string
  readonly platform: string
  readonly policy: Readonly<Record<string, string>>
}

export function matrixKey({ dialect, platform, policy }: MatrixQuestion): string {
  const knobs = Object.entries(policy).map(([key, value]) => `${key}=${value}`)
  return [dialect, platform, ...knobs.toSorted()].join(' ')
}

export function keepMatrix(key: string, matrix: KnownMatrix | string): void {
  matrixStore.setState(({ known }) => ({ known: new Map(known).set(key, matrix) }))
}
