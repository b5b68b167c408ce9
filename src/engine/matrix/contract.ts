/** The matrix of table types by operations as data: every cell with the flow that it was read off. */
import type { TableOperation, TableType } from '../dialects/matrix.data'

export interface MatrixWish {
  /** Left out: the first dialect there is. */
  readonly dialect?: string
  /** Left out: the platform of a flow that names none. */
  readonly platform?: string
  readonly policy?: Readonly<Record<string, string>>
}

export interface MatrixCell {
  readonly type: TableType
  readonly operation: TableOperation
  /**
   * `ok` and `refused`: what the operation answered. `no-type`: making the table, or what comes before
   * it, was refused, so nothing can be done to one. `no-words`: the dialect cannot say it, and nothing was run.
   */
  readonly result: 'ok' | 'refused' | 'no-type' | 'no-words'
  /** What the call returned; null where nothing was run. */
  readonly ret: number | null
  /** Of the refusal, else null. */
  readonly errno: string | null
  readonly rule: string | null
  /** Why it was refused, in one sentence with the values involved, or why there are no words; null where it was fine. */
  readonly message: string | null
  /** The whole flow; empty where there are no words. */
  readonly text: string
  /** The step of the flow that shows the answer, and its line from 1; 0 where there are no words. */
  readonly step: number
  readonly line: number
}

export interface MatrixView {
  readonly dialect: string
  readonly platform: string
  /** Every knob of the dialect with the value in force. */
  readonly policy: Readonly<Record<string, string>>
  readonly types: readonly { readonly id: TableType; readonly title: string }[]
  readonly operations: readonly { readonly id: TableOperation; readonly title: string }[]
  /** Row by row: for each type every operation, in the order of `types` and `operations`. */
  readonly cells: readonly MatrixCell[]
}

/** A matrix under way, advanced in slices. */
export interface MatrixRun {
  /** Cells there are, and cells done. */
  readonly total: number
  readonly done: number
  /** Runs at most `cells` more; true when none is left. */
  advance(cells: number): boolean
  /** Only after `advance` returned true. */
  finish(): MatrixView
}
