/**
 * What devices wrote through a table, since it was last asked.
 *
 * Source: iommufd facts 2.13, 2.14, 5.2. Modelled for tables whose driver says which pieces were written; a piece is
 * one of the smallest pages, whatever the size of the entry.
 */
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { alignmentOf, U64_MAX } from './io-pagetable'
import { type AddressSpan, rangesIn } from './range-map'
import type { PagingObject } from './records'
import { objectOf, pagetableOf, putObject } from './store'

/** Switches tracking; switching it on forgets what was written before. */
export function trackDirty(
  machine: Machine,
  context: number,
  hwpt: PagingObject,
  on: boolean,
): Outcome<null> {
  if (!hwpt.dirty) return refuse('dirty.untracked', { hwpt: hwpt.id })
  putObject(machine, context, { ...hwpt, tracking: on, written: on ? new Set() : hwpt.written })
  return answer(null)
}

export interface BitmapWish extends AddressRequest {
  readonly pageSize: bigint
  readonly clear: boolean
}

interface AddressRequest {
  readonly iova: bigint
  readonly length: bigint
}

/** Of a longer bitmap only so much is answered. */
const MOST_BYTES = 1 << 20

/** A bit for each page from `iova` on that was written; the pages of a hole and after it are not looked at. */
export function readDirty(
  machine: Machine,
  context: number,
  hwpt: PagingObject,
  wish: BitmapWish,
): Outcome<Uint8Array> {
  const judged = judge(machine, context, hwpt, wish)
  if (!judged.ok) return judged
  if (!hwpt.dirty) return refuse('dirty.untracked', { hwpt: hwpt.id })
  const { iova, length, pageSize, clear } = wish
  const bytes = Number((length + pageSize * 8n - 1n) / (pageSize * 8n))
  const bitmap = new Uint8Array(Math.min(bytes, MOST_BYTES))
  const covered = coveredFrom(machine, context, hwpt, { first: iova, last: iova + length - 1n })
  const unit = pageSize & -pageSize
  const granule = 1n << BigInt(hwpt.granuleLg2)
  const kept = new Set(hwpt.written)
  for (const piece of hwpt.written) {
    if (piece + granule - 1n < iova || covered === null || piece > covered) continue
    if (clear) kept.delete(piece)
    const from = piece > iova ? piece : iova
    for (let bit = (from - iova) / unit; bit <= (piece + granule - 1n - iova) / unit; bit++)
      setBit(bitmap, Number(bit))
  }
  putObject(machine, context, { ...hwpt, written: kept })
  return answer(bitmap)
}

function setBit(bitmap: Uint8Array, bit: number): void {
  const at = bit >> 3
  if (at < bitmap.length) bitmap[at] = (bitmap[at] ?? 0) | (1 << (bit & 7))
}

function judge(machine: Machine, context: number, hwpt: PagingObject, wish: BitmapWish): Outcome<null> {
  const { iova, length, pageSize } = wish
  const last = iova + BigInt.asUintN(64, length - 1n)
  if (last > U64_MAX) return refuse('ioas.wrap', { field: 'iova', value: iova, length })
  const ioas = objectOf(machine, context, 'IOAS', hwpt.ioas)
  const align = alignmentOf(pagetableOf(machine, ioas))
  const off = (by: bigint): boolean => (iova & (by - 1n)) !== 0n || ((last + 1n) & (by - 1n)) !== 0n
  if (off(align)) return refuse('dirty.align', { iova, length, align })
  if (pageSize === 0n || off(pageSize)) return refuse('dirty.align', { iova, length, align: pageSize })
  return answer(null)
}

/** The last byte that areas cover from the start of a span without a hole, or null. */
function coveredFrom(
  machine: Machine,
  context: number,
  hwpt: PagingObject,
  span: AddressSpan,
): bigint | null {
  const ioas = objectOf(machine, context, 'IOAS', hwpt.ioas)
  let from = span.first
  for (const area of rangesIn(pagetableOf(machine, ioas).areas, span)) {
    if (area.first > from) break
    from = area.last + 1n
  }
  if (from === span.first) return null
  return from - 1n < span.last ? from - 1n : span.last
}

/** Notes that the pieces at these addresses were written, as far as something is mapped there. Answers how many. */
export function markWritten(
  machine: Machine,
  context: number,
  hwpt: PagingObject,
  addresses: readonly bigint[],
): number {
  const ioas = objectOf(machine, context, 'IOAS', hwpt.ioas)
  const { areas } = pagetableOf(machine, ioas)
  const granule = 1n << BigInt(hwpt.granuleLg2)
  const there = addresses.filter(at => rangesIn(areas, { first: at, last: at }).length > 0)
  const written = new Set([...hwpt.written, ...there.map(at => at - (at % granule))])
  putObject(machine, context, { ...hwpt, written })
  return there.length
}

/** What lies in a span was unmapped: nothing is told of it any more. */
export function forgetWritten(
  machine: Machine,
  context: number,
  hwpt: PagingObject,
  span: AddressSpan,
): void {
  if (hwpt.written.size === 0) return
  const written = new Set([...hwpt.written].filter(at => at < span.first || at > span.last))
  putObject(machine, context, { ...hwpt, written })
}
