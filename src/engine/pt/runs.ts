/**
 * The items of one table as a reader wants them: runs of empty items, runs of leaves whose words grow by one
 * stride, and everything else one by one. For views; integers only, as a table pane counts a million items.
 */
import { swap32 } from '../bits'
import type { Bulk } from '../mem'
import type { TableRef } from './contract'
import { BIG_ENDIAN, itemsOf, word } from './geometry'
import { isEmpty, isPresent, itemValue, kindOf } from './item'
import { formatOf } from './registry'

export interface ItemRun {
  /** First and last item, inclusive. */
  readonly first: number
  readonly last: number
  readonly kind: 'empty' | 'leaf' | 'table'
}

/** The items of one table in halves, byte order turned. */
export interface TableItems {
  readonly lo: Int32Array
  readonly hi: Int32Array
}

/** Copies the items of a table of a level at `hpa`; `wordOf` reads the arena, as it is now unless told. */
export function tableItems(
  bulk: Bulk,
  ref: TableRef,
  at: { readonly hpa: number; readonly level: number },
  wordOf: (offset: number) => number = offset => bulk.words.data[offset] ?? 0,
): TableItems {
  const geometry = formatOf(ref.format).geometry(ref.cfg)
  const count = itemsOf(geometry, at.level)
  const items = { lo: new Int32Array(count), hi: new Int32Array(count) }
  const { memory } = bulk
  const turned = word(geometry, BIG_ENDIAN) === 1
  let offset = 0
  for (let k = 0; k < count; k++, offset += 2) {
    const hpa = at.hpa + k * 8
    if (k === 0 || hpa % 4096 === 0) offset = memory.wordAt(hpa)
    const a = wordOf(offset)
    const b = wordOf(offset + 1)
    items.lo[k] = turned ? swap32(b) : a
    items.hi[k] = turned ? swap32(a) : b
  }
  return items
}

/** One item of a copy, as the number it means. */
export const itemAt = ({ lo, hi }: TableItems, index: number): bigint =>
  itemValue({ lo: lo[index] ?? 0, hi: hi[index] ?? 0 })

/** Cuts a copy into runs; no run passes an index for which `cut` is true, it may only begin there. */
export function itemRuns(
  items: TableItems,
  of: { readonly ref: TableRef; readonly level: number },
  cut: (index: number) => boolean,
): ItemRun[] {
  const geometry = formatOf(of.ref.format).geometry(of.ref.cfg)
  const { lo, hi } = items
  const kindAt = (index: number): ItemRun['kind'] => {
    const item = { lo: lo[index] as number, hi: hi[index] as number }
    return isPresent(geometry, item) ? kindOf(geometry, of.level, item) : 'empty'
  }
  const runs: ItemRun[] = []
  for (let first = 0; first < lo.length; ) {
    const kind = kindAt(first)
    const grows = isEmpty({ lo: lo[first] as number, hi: hi[first] as number }) || kind === 'leaf'
    let last = first
    if (grows) while (continues(items, first, last, cut) && kindAt(last + 1) === kind) last++
    // Any two leaves have a stride; only a third one makes it a rule.
    if (kind === 'leaf' && last === first + 1) last = first
    runs.push({ first, last, kind })
    first = last + 1
  }
  return runs
}

/** True when the next item goes on as the run began: all zero, or by the stride of its first two. */
function continues(
  { lo, hi }: TableItems,
  first: number,
  last: number,
  cut: (index: number) => boolean,
): boolean {
  const next = last + 1
  if (next >= lo.length || cut(next)) return false
  const zero = ((lo[first] as number) | (hi[first] as number)) === 0
  const zeroNext = ((lo[next] as number) | (hi[next] as number)) === 0
  if (zero || zeroNext) return zero && zeroNext
  if (last === first) return true
  return sameStep(lo, hi, first, last)
}

/** True when items last and last + 1 lie as far apart as first and first + 1, in 64 bits. */
function sameStep(lo: Int32Array, hi: Int32Array, first: number, last: number): boolean {
  return stepLo(lo, first) === stepLo(lo, last) && stepHi(lo, hi, first) === stepHi(lo, hi, last)
}

const stepLo = (lo: Int32Array, at: number): number => ((lo[at + 1] as number) - (lo[at] as number)) | 0

const stepHi = (lo: Int32Array, hi: Int32Array, at: number): number =>
  ((hi[at + 1] as number) -
    (hi[at] as number) -
    ((lo[at + 1] as number) >>> 0 < (lo[at] as number) >>> 0 ? 1 : 0)) |
  0
