/**
 * The two axes of the matrix of table types and operations, and how a dialect says each in a flow: pieces of
 * text in its own words, of which the matrix makes one small flow a cell and runs it. No outcome stands here.
 *
 * Source: rfc 7 (review asked for the list of table types and of the operations on each).
 */

export const TABLE_TYPES = [
  { id: 'kernel-root', title: 'kernel-managed root' },
  { id: 'kernel-child', title: 'kernel-managed child (software nested)' },
  { id: 'user-child', title: 'user-managed child (hardware nested)' },
  { id: 'user-pasid-table', title: 'user PASID table' },
  { id: 'sva', title: 'SVA' },
  { id: 'prereg', title: 'prereg-only' },
  { id: 'passthrough', title: 'passthrough' },
  { id: 'dummy', title: 'dummy identity root' },
  { id: 'block-dma', title: 'block-DMA' },
] as const

export type TableType = (typeof TABLE_TYPES)[number]['id']

export const TABLE_OPERATIONS = [
  { id: 'map', title: 'map' },
  { id: 'unmap', title: 'unmap' },
  { id: 'attach', title: 'attach' },
  { id: 'attach-pasid', title: 'attach with PASID' },
  { id: 'detach', title: 'detach' },
  { id: 'create-child', title: 'create child' },
  { id: 'bind-pgtable', title: 'bind pgtable' },
  { id: 'bind-pasid-table', title: 'bind PASID table' },
  { id: 'invalidate-all', title: 'invalidate all' },
  { id: 'invalidate-range', title: 'invalidate range' },
  { id: 'get-info', title: 'get info' },
  { id: 'fault-report', title: 'fault report' },
  { id: 'dirty-tracking', title: 'dirty tracking' },
  { id: 'free', title: 'free' },
] as const

export type TableOperation = (typeof TABLE_OPERATIONS)[number]['id']

/** Why the dialect has no words for it, as a sentence without a full stop. */
export interface NoWords {
  readonly none: string
}

/** A statement, or one that is made only where a knob has a value. */
export type MatrixLine = string | { readonly knob: string; readonly value: string; readonly line: string }

/**
 * One operation, as statements on the table type under test. `{name}` stands for a word of the type. Lines
 * `before` prepare it, and what comes of them is not looked at; the one statement `line` is the cell.
 */
export interface OperationLines {
  readonly before?: readonly MatrixLine[]
  readonly line: string
}

/** One table type: statements that make one, and what the operations call it. */
export interface TypeLines {
  /** Where one of them is refused, the dialect cannot make the type there, and the whole row says so. */
  readonly lines: readonly MatrixLine[]
  /** What `{name}` of an operation stands for here; more than the words of all types, or others. */
  readonly words: Readonly<Record<string, string>>
  /** Operations that are said otherwise on this type. */
  readonly operations?: Readonly<Partial<Record<TableOperation, OperationLines | NoWords>>>
}

/** The matrix in the words of one dialect. The flow has `dev1` and `dev2` (PASID, ATS, PRI) and 1 GiB of guest memory. */
export interface MatrixWords {
  /** Statements that every flow begins with. */
  readonly start: readonly string[]
  /** Words of every type. */
  readonly words: Readonly<Record<string, string>>
  readonly types: Readonly<Record<TableType, TypeLines | NoWords>>
  readonly operations: Readonly<Record<TableOperation, OperationLines | NoWords>>
}
