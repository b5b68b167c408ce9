/** The columns of the comparison as they are written, and what came of them. */
import { createStore } from 'zustand/vanilla'
import type { ComparedReply } from '../../worker/protocol'

export interface CompareState {
  /** `prereg=ioas,viommu=mirror`; empty is the flow as written. Null until the page has chosen some to begin with. */
  readonly columns: readonly string[] | null
  /** Of the text and the columns it was made for. */
  readonly made: { readonly key: string; readonly reply: ComparedReply } | null
  readonly problem: string | null
  /** Rows of steps that answer alike everywhere are told as one. */
  readonly folded: boolean
}

export const compareStore = createStore<CompareState>(() => ({
  columns: null,
  made: null,
  problem: null,
  folded: true,
}))

/** Null: what the page begins with for the flow at hand. */
export function setColumns(columns: readonly string[] | null): void {
  compareStore.setState({ columns })
}
