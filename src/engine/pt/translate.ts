/** Translating one address for a reader: the walker's answer with every reference, rights, size and reason. */
import { assert, highHalf, lowHalf, u64 } from '../bits'
import type { Bulk } from '../mem'
import { type Geometry, type Perm, READ, type TableRef, WRITE } from './contract'
import { ACCESSED, CANONICAL_BITS, DIRTY, inputPages, itemsOf, shiftOf, TOP, word } from './geometry'
import {
  type Item,
  kindOf,
  leafShift,
  outputOf,
  permOf,
  permThrough,
  readItem,
  tableOf,
  writeItem,
} from './item'
import { type OpenTable, openTable, type TableReader } from './table'
import { faultLevel, faultReason, walkTrail } from './walk'

/** One item read: level 0 is the leaf table, `hpa` in bytes, `value` as the number it means. */
export type WalkLog = (level: number, hpa: number, value: bigint) => void

export interface WalkOptions {
  /** 1 read, 2 write, 3 both. */
  readonly access: Perm
  /** Null or absent: tables are in host memory. */
  readonly reader?: TableReader | null
  /** True for DMA: accessed and dirty bits are set where the format has them. False changes nothing. */
  readonly commit?: boolean
  readonly log?: WalkLog
}

/** An accessed or dirty bit that the hardware set. */
export interface ItemUpdate {
  readonly level: number
  readonly hpa: number
  readonly before: bigint
  readonly after: bigint
}

export type WalkReason = 'not-present' | 'permission' | 'reserved' | 'address-range' | 'refused'

export type WalkResult =
  | {
      readonly ok: true
      /** HPA in bytes of the byte asked for. */
      readonly output: number
      /** Rights of the path as a whole. */
      readonly perm: Perm
      readonly pageLg2: number
      /** Level of the leaf. */
      readonly level: number
      readonly updated: readonly ItemUpdate[]
    }
  | {
      readonly ok: false
      readonly reason: WalkReason
      /** Level and HPA of the item that decided; for a permission, the highest one that lacks it. Null: none was read. */
      readonly level: number | null
      readonly hpa: number | null
    }

/** In the order of the walker's reason codes. */
const REASONS: readonly WalkReason[] = ['not-present', 'permission', 'reserved', 'address-range', 'refused']

interface Step {
  readonly level: number
  readonly hpa: number
  readonly item: Item
}

/** Translates a byte address (any alignment). Faults are values; nothing throws. */
export function walkAddress(bulk: Bulk, ref: TableRef, address: bigint, options: WalkOptions): WalkResult {
  const steps: Step[] = []
  const table = openTable(
    bulk,
    ref,
    options.reader ? follow(bulk, ref, { ...options, reader: options.reader }, steps) : null,
  )
  const folded = foldInput(table.geometry, address)
  if (folded === null || folded >> 64n !== 0n)
    return { ok: false, reason: 'address-range', level: null, hpa: null }
  const page = Number(folded >> 12n)
  const trail = new Int32Array(16).fill(-1)
  const answer = walkTrail(table, lowHalf(page), highHalf(page), options.access, trail)
  if (table.reader === null) retrace(table, trail, page, steps)
  if (table.reader === null && options.log) for (const step of steps) logStep(options.log, step)
  return answer < 0
    ? faultOf(table.geometry, steps, answer, options.access)
    : successOf(table, steps, folded, options)
}

/** The input a format's levels index by, or null where the address is not canonical. */
export function foldInput(geometry: Geometry, address: bigint): bigint | null {
  const bits = word(geometry, CANONICAL_BITS)
  if (bits === 0) return address
  const extended = BigInt.asUintN(64, BigInt.asIntN(bits, address))
  return extended === address ? BigInt.asUintN(bits, address) : null
}

const logStep = (log: WalkLog, { level, hpa, item }: Step): void => log(level, hpa, u64(item.lo, item.hi))

/** A reader that keeps what was read, and logs it between the reads that its own translation makes. */
function follow(
  bulk: Bulk,
  ref: TableRef,
  options: WalkOptions & { reader: TableReader },
  steps: Step[],
): TableReader {
  const { geometry, memory } = openTable(bulk, ref)
  return {
    resolve(address, access) {
      const hpa = options.reader.resolve(address, access)
      if (hpa < 0) return hpa
      const step = { level: word(geometry, TOP) - steps.length, hpa, item: readItem(memory, geometry, hpa) }
      steps.push(step)
      if (options.log) logStep(options.log, step)
      return hpa
    },
  }
}

/** The steps of a walk over host memory, from the items its trail names. */
function retrace(table: OpenTable, trail: Int32Array, page: number, steps: Step[]): void {
  const { geometry, memory } = table
  const relative = page - inputPages(geometry).first
  let base = table.ref.root
  for (let level = word(geometry, TOP); level >= 0; level--) {
    if (trail[level] === -1) continue
    const index = Math.floor(relative / 2 ** shiftOf(geometry, level)) % itemsOf(geometry, level)
    const hpa = base + index * 8
    const item = readItem(memory, geometry, hpa)
    steps.push({ level, hpa, item })
    base = tableOf(geometry, item)
  }
}

function faultOf(geometry: Geometry, steps: readonly Step[], code: number, access: Perm): WalkResult {
  const reason = REASONS[faultReason(code)] ?? 'refused'
  const lacking =
    reason === 'permission' ? steps.find(step => (stepPerm(geometry, step) & access) !== access) : undefined
  const step = reason === 'address-range' ? undefined : (lacking ?? steps.at(-1))
  if (reason === 'refused') return { ok: false, reason, level: faultLevel(code), hpa: null }
  return { ok: false, reason, level: step?.level ?? null, hpa: step?.hpa ?? null }
}

function successOf(
  table: OpenTable,
  steps: readonly Step[],
  folded: bigint,
  options: WalkOptions,
): WalkResult {
  const { geometry } = table
  const leaf = steps[steps.length - 1]
  assert(leaf !== undefined, 'walk: a leaf without a path')
  const pageLg2 = 12 + leafShift(geometry, leaf.level, leaf.item)
  const offset = Number(BigInt.asUintN(pageLg2, folded))
  const updated = options.commit === true ? markUsed(table, steps, options.access) : []
  const output = outputOf(geometry, leaf.level, leaf.item) + offset
  return { ok: true, output, perm: pathPerm(geometry, steps), pageLg2, level: leaf.level, updated }
}

/** The AND of the rights along a path. */
const pathPerm = (geometry: Geometry, steps: readonly Step[]): Perm =>
  steps.reduce((perm, step) => perm & stepPerm(geometry, step), READ | WRITE)

const stepPerm = (geometry: Geometry, { level, item }: Step): Perm =>
  kindOf(geometry, level, item) === 'leaf' ? permOf(geometry, item) : permThrough(geometry, item)

/** Sets accessed bits along the path and the dirty bit of the leaf on a write. */
function markUsed(table: OpenTable, steps: readonly Step[], access: Perm): ItemUpdate[] {
  const { geometry, memory } = table
  const updates: ItemUpdate[] = []
  for (const step of steps) {
    const dirty = step === steps[steps.length - 1] && (access & 2) !== 0 ? word(geometry, DIRTY) : 0
    const lo = step.item.lo | word(geometry, ACCESSED) | dirty
    if (lo === step.item.lo) continue
    writeItem(memory, geometry, step.hpa, { lo, hi: step.item.hi })
    const before = u64(step.item.lo, step.item.hi)
    updates.push({ level: step.level, hpa: step.hpa, before, after: u64(lo, step.item.hi) })
  }
  return updates
}
