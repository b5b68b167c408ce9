/**
 * What a reader can ask of one step, piece by piece, so that no message carries a million entries: rows of a
 * page table or of the areas by range, words of configuration structures, caches, accounting, and at which steps
 * something changed. Addresses are bigint bytes, `last` is inclusive, marks compare with the step before.
 */
import type { BitsView } from '../../session/contract'
import type { Mark } from '../contract'

/** A question, answered for the step where the session stands. */
export type InspectQuery =
  | TableQuery
  | AreasQuery
  | { readonly what: 'structs'; readonly id: string }
  | { readonly what: 'caches' }
  | AccountingQuery
  | { readonly what: 'changes'; readonly target: ChangeTarget }
  | { readonly what: 'refusal' }

/** `view` is null where the object, or the table of it, does not exist at this step. */
export type InspectAnswer =
  | { readonly what: 'table'; readonly view: TableWindow | null }
  | { readonly what: 'areas'; readonly view: AreasWindow | null }
  | { readonly what: 'structs'; readonly view: readonly StructView[] | null }
  | { readonly what: 'caches'; readonly view: readonly CacheView[] }
  | { readonly what: 'accounting'; readonly view: AccountingView }
  | { readonly what: 'changes'; readonly view: ChangesView }
  | { readonly what: 'refusal'; readonly view: RefusalView | null }

export type AnswerTo<Q extends InspectQuery> = Extract<InspectAnswer, { readonly what: Q['what'] }>

export interface TableQuery {
  readonly what: 'table'
  /** Node id of a space. */
  readonly id: string
  /** Number of the table. */
  readonly table: number
  /** Keys of rows that are not as they are by themselves: tables opened or closed, runs unfolded. */
  readonly toggled: readonly string[]
  /** The entry looked at, or null for the one the step changed. */
  readonly focus: TableFocus | null
  readonly from: number
  readonly count: number
}

export interface TableFocus {
  readonly iova: bigint
  /** Null: as deep as the table goes there. */
  readonly level: number | null
  /** True cuts the entry out of the run it lies in. */
  readonly exact: boolean
}

export interface TreeRow {
  /** What a query's `toggled` holds to open, close, unfold or fold the row. */
  readonly key: string
  readonly level: number
  readonly name: string
  readonly depth: number
  readonly index: number
  /** Last index of a run; equals `index` for a single entry. */
  readonly lastIndex: number
  readonly hpa: bigint
  /** The same place as the table's pointers name it, for a table in guest memory; else null. */
  readonly gpa: bigint | null
  readonly value: bigint
  readonly kind: 'table' | 'leaf' | 'empty' | 'malformed'
  readonly iova: bigint
  /** The address that the entry holds: an HPA, or a GPA where the table lies in guest memory. */
  readonly output: bigint | null
  readonly perm: string
  readonly mark: Mark
  /** The word one step earlier; null where it is the same. */
  readonly before: bigint | null
  /** True or false for what can be opened (a table) or unfolded (a run), null for the rest. */
  readonly open: boolean | null
}

export interface EntryView extends TreeRow {
  /** Last byte that the entry translates; of the first entry of a run. */
  readonly last: bigint
  readonly fields: readonly BitsView[]
  /** What the way down to here allows together; null where it ends in no page. */
  readonly effective: string | null
  /** Host memory behind `output`; null where the entry holds no address, or the parent maps nothing there. */
  readonly outputHpa: bigint | null
  /** Process memory behind the page, by the areas; null where there is none. */
  readonly hva: bigint | null
  /** The entries a walk reads down to this one, this one last, with the bits of the address that choose each. */
  readonly path: readonly {
    readonly name: string
    readonly level: number
    readonly index: number
    readonly high: number
    readonly low: number
  }[]
}

export interface TableWindow {
  readonly space: number
  readonly table: number
  readonly title: string
  readonly format: string
  /** The space whose addresses (GPAs) the table's pointers hold; null where they hold HPAs. */
  readonly within: string | null
  readonly root: bigint
  /** Null where the parent maps nothing there. */
  readonly rootHpa: bigint | null
  readonly levels: number
  /** Width of the input address in bits. */
  readonly inputBits: number
  readonly domain: number
  readonly notModelled: readonly string[]
  /** Rows of the whole tree as it is opened now. */
  readonly total: number
  readonly from: number
  readonly rows: readonly TreeRow[]
  /** Row of the entry looked at. */
  readonly focus: number
  readonly entry: EntryView | null
}

export interface AreasQuery {
  readonly what: 'areas'
  readonly id: string
  readonly from: number
  readonly count: number
  /** An IOVA to find, or null. */
  readonly find: bigint | null
}

export interface AreaRow {
  readonly iova: bigint
  readonly last: bigint
  readonly target: bigint
  /** Process memory behind its first byte, through the parents; null where a parent has no area there. */
  readonly hva: bigint | null
  readonly perm: string
  /** `pinned` by itself, or `counted` in a registered range, or neither. */
  readonly holds: 'pinned' | 'counted' | ''
  readonly mark: Mark
}

/** A piece of the strip: areas that lie close together, or the hole between two pieces. */
export interface StripPiece {
  readonly first: bigint
  readonly last: bigint
  /** Areas in it; 0 for a hole. */
  readonly areas: number
  /** Bytes that areas cover. */
  readonly bytes: bigint
  readonly mark: Mark
}

export interface AreasWindow {
  readonly total: number
  readonly bytes: bigint
  readonly from: number
  readonly rows: readonly AreaRow[]
  readonly strip: readonly StripPiece[]
  /** `HVA`, or the name of the space the targets are addresses of. */
  readonly target: string
  /** Row of the address looked for: the area that holds it, else the next one; null where nothing was looked for. */
  readonly found: { readonly row: number; readonly inside: boolean } | null
}

export interface StructView {
  readonly name: string
  /** Null where the structure is not in memory. */
  readonly hpa: bigint | null
  readonly words: readonly {
    readonly value: bigint
    /** One step earlier; null where it is the same. */
    readonly before: bigint | null
    readonly mark: Mark
  }[]
  readonly fields: readonly BitsView[]
  /** Fields of a structure that is not in memory. */
  readonly told: readonly { readonly name: string; readonly value: string; readonly mark: Mark }[]
}

/** How often a cache was asked, filled and emptied. */
export type CacheCounts = Readonly<Record<'hit' | 'stale-hit' | 'miss' | 'fill' | 'evict', number>>

export interface CacheView {
  /** What the step shown did with it. */
  readonly step: CacheCounts
  /** Hits and misses of all steps up to this one; null where only the events of a step tell. */
  readonly sum: { readonly hits: number; readonly misses: number } | null
  readonly cache: string
  readonly title: string
  readonly capacity: number | null
  readonly columns: readonly {
    readonly title: string
    readonly kind: 'number' | 'address' | 'size' | 'text'
  }[]
  readonly rows: readonly {
    readonly cells: readonly (bigint | number | string | null)[]
    readonly mark: Mark
    /** Why the entry no longer says what memory says; null where it does. */
    readonly stale: string | null
  }[]
}

export interface AccountingQuery {
  readonly what: 'accounting'
  readonly from: number
  readonly count: number
}

export interface AccountingView {
  /** Distinct pages that are pinned, and pages charged: a page charged twice counts twice. */
  readonly pinned: number
  readonly charged: number
  /** Null: none. */
  readonly limit: number | null
  readonly mark: Mark
  readonly payers: readonly PayerRow[]
  /** Charges by range, in the order of addresses. */
  readonly total: number
  readonly from: number
  readonly rows: readonly ChargeRow[]
  /** Process memory charged more than once. */
  readonly twice: readonly TwiceRow[]
  readonly twicePages: number
}

export interface PayerRow {
  /** Node id of the context or space that caused the charges. */
  readonly id: string
  readonly name: string
  readonly how: 'registered' | 'mapped'
  readonly ranges: number
  readonly pages: number
  readonly before: number | null
  readonly mark: Mark
}

export interface ChargeRow {
  readonly hva: bigint
  readonly last: bigint
  readonly id: string
  readonly name: string
  readonly how: 'registered' | 'mapped'
  readonly pages: number
  /** Mappings that lie in a registered range; null for an area. */
  readonly mappings: number | null
  readonly mark: Mark
}

export interface TwiceRow {
  readonly hva: bigint
  readonly last: bigint
  readonly names: readonly string[]
}

/** Something that changes from step to step. */
export type ChangeTarget =
  /** 64-bit word of memory: an entry of any table. */
  | { readonly kind: 'word'; readonly hpa: bigint }
  | { readonly kind: 'area'; readonly id: string; readonly iova: bigint }
  /** How often a page of process memory is pinned. */
  | { readonly kind: 'pin'; readonly hva: bigint }
  /** A registered range of a context, its count of mappings included. */
  | { readonly kind: 'prereg'; readonly id: string; readonly vaddr: bigint }
  /** A row of the object's fields, by its label. */
  | { readonly kind: 'field'; readonly id: string; readonly label: string }
  /** Any of its fields. */
  | { readonly kind: 'object'; readonly id: string }
  | { readonly kind: 'edge'; readonly id: string }

/** Steps, or null where there is none. */
export interface ChangesView {
  readonly first: number | null
  /** The latest that changed it, up to the step shown. */
  readonly last: number | null
  readonly previous: number | null
  readonly next: number | null
  /** False where the search gave up before the end of the run. */
  readonly complete: boolean
}

/** A refused call told in full. */
export interface RefusalView {
  readonly rule: string
  readonly errno: string
  readonly message: string
  readonly text: string
  readonly source: string
  readonly basis: string
  readonly values: readonly { readonly name: string; readonly value: bigint | number | string }[]
  /** What the range asked for met: bytes, inclusive. */
  readonly drawing: RangeDrawing | null
  readonly knobs: readonly { readonly key: string; readonly value: string }[]
  /** Rules of the same call, in the order they are checked, the broken one among them. */
  readonly checks: readonly { readonly rule: string; readonly errno: string; readonly state: CheckState }[]
}

export type CheckState = 'passed' | 'broken' | 'not reached'

export interface RangeDrawing {
  /** `IOVA`, `HVA` or `address of gpa_ioasid`. */
  readonly space: string
  readonly asked: { readonly first: bigint; readonly last: bigint; readonly label: string }
  readonly others: readonly { readonly first: bigint; readonly last: bigint; readonly label: string }[]
}
