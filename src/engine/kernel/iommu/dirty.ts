/**
 * What devices wrote through a table, from the dirty bits of its own entries.
 *
 * Source: iommufd facts 2.13, 2.14, 5.2; hardware facts, VT-d SSADE and AMD HAD: the driver clears the bit, then drops
 * what the IOTLB holds, which would not set it again. What an entry of several equal items says is told without the
 * last of them, as the kernel was recorded to (mock_dirty, records 15 and 23).
 */
import { type DirtyRun, dirtyLeaves, joinedRuns, markDirty } from '../../pt'
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { flushTable } from './flush'
import { alignmentOf, U64_MAX } from './io-pagetable'
import { type AddressSpan, allRanges, rangesIn } from './range-map'
import type { PagingObject } from './records'
import { rerouteUsers } from './route'
import { objectOf, pagetableOf, putObject } from './store'

/** Switches tracking; switching it on, also when it is on, makes everything clean first. */
export function trackDirty(
  machine: Machine,
  context: number,
  hwpt: PagingObject,
  on: boolean,
): Outcome<null> {
  if (!hwpt.dirty) return refuse('dirty.untracked', { hwpt: hwpt.id })
  const ioas = objectOf(machine, context, 'IOAS', hwpt.ioas)
  if (on)
    for (const { first, last } of allRanges(pagetableOf(machine, ioas).areas))
      harvest(machine, context, hwpt, { span: { first, last }, clear: true })
  const next = { ...hwpt, tracking: on }
  putObject(machine, context, next)
  if (hwpt.tracking !== on) rerouteUsers(machine, context, next)
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
  if (covered === null) return answer(bitmap)
  const span = { first: iova, last: covered }
  const unit = pageSize & -pageSize
  for (const run of harvest(machine, context, hwpt, { span, clear })) {
    const told = bytesTold(hwpt, run)
    const first = told.first > iova ? told.first : iova
    const last = told.last < covered ? told.last : covered
    const end = Math.min(Number((last - iova) / unit), bitmap.length * 8 - 1)
    for (let bit = Number((first - iova) / unit); first <= last && bit <= end; bit++) setBit(bitmap, bit)
  }
  return answer(bitmap)
}

/** The dirty entries that meet a span; with `clear` they are clean afterwards, and hardware knows. */
function harvest(
  machine: Machine,
  context: number,
  hwpt: PagingObject,
  { span, clear }: { readonly span: AddressSpan; readonly clear: boolean },
): readonly DirtyRun[] {
  if (hwpt.table === null) return []
  const unit = BigInt(hwpt.unitLg2)
  const [first, last] = [Number(span.first >> unit), Number(span.last >> unit)]
  const wish = { first, last, clear: clear ? machine.hw() : null, partly: 'clear' } as const
  const runs = dirtyLeaves(machine.bulk, hwpt.table, wish)
  if (clear) for (const run of joinedRuns(runs)) flushTable(machine, context, hwpt, bytesOf(hwpt, run))
  return runs
}

function bytesOf(
  { unitLg2 }: PagingObject,
  run: { readonly first: number; readonly last: number },
): AddressSpan {
  const unit = BigInt(unitLg2)
  return { first: BigInt(run.first) << unit, last: (BigInt(run.last + 1) << unit) - 1n }
}

/** The part of a dirty entry that is told; none where the last is before the first. */
function bytesTold(hwpt: PagingObject, run: DirtyRun): AddressSpan {
  const item = (run.last - run.first + 1) / 2 ** run.itemsLg2
  return bytesOf(hwpt, run.itemsLg2 === 0 ? run : { first: run.first, last: run.last - item })
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

/** Sets the dirty bits of what maps these addresses, as a device would. Answers how many are mapped. */
export function markWritten(machine: Machine, hwpt: PagingObject, addresses: readonly bigint[]): number {
  const { table, unitLg2 } = hwpt
  if (table === null) return 0
  return addresses.filter(at => markDirty(machine.bulk, table, Number(at >> BigInt(unitLg2)))).length
}
