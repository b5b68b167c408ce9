/**
 * Dirty tracking: which pages of a space were written by devices, told from the dirty bits that the IOMMU sets in
 * the leaves of the space's own tables.
 *
 * Source: R39; hardware facts, VT-d SSADE; [M] for the clearing when it is switched on and for asking twice. A table
 * that the user writes sets bits of the parent's leaves, so the parent tells of it; a child that the kernel merges has
 * tables of its own and tells for itself.
 *
 * Not modelled: what a device mediated in software alone writes, and dirty bits that a map or unmap takes along.
 */
import { type DirtyRun, dirtyLeaves, joinedRuns } from '../pt'
import { EVERY_PAGE } from './areas'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { spaceCaps } from './permitted'
import { flushNested } from './shadow'
import { pageOf, type SpaceRecord, type SpaceTable } from './state'
import { clip, flushRange, flushSpace, type PageSpan } from './tables'

/** Switches tracking on or off; on, every page is clean again (R39). On twice cleans again and is no error. */
export function setDirtyTracking(machine: Machine, space: SpaceRecord, on: boolean): Outcome<null> {
  if (on && !spaceCaps(machine, space).every(caps => caps.dirtyTracking))
    return refuse('dirty.unsupported', { platform: machine.platform.title })
  if (on) {
    for (const table of space.tables) harvest(machine, table, { ...EVERY_PAGE, clear: true })
    flushSpace(machine, space)
    flushNested(machine, space.uid)
  }
  machine.setSpace({ ...space, tracksDirty: on })
  const told = { obj: 'ioasid_data', id: space.id, field: 'dirty tracking' }
  machine.emit({ kind: 'field-changed', actor: 'kernel', ...told, before: space.tracksDirty, after: on })
  return answer(null)
}

/** Bytes. */
export interface DirtyWish {
  readonly iova: bigint
  readonly size: bigint
  /** What one bit stands for: a power of two, 4 KiB or more; 0 is 4 KiB. */
  readonly pageSize: bigint
}

export interface DirtyPages {
  /** Bit n of byte n / 8, lowest first, as two hexadecimal digits a byte. */
  readonly bitmap: string
  /** Bits that are set. */
  readonly dirty: number
}

/** The pages written since they were last asked for; asking cleans them, and the IOMMU forgets that they were. */
export function takeDirty(machine: Machine, space: SpaceRecord, wish: DirtyWish): Outcome<DirtyPages> {
  if (!space.tracksDirty) return refuse('dirty.off', { ioasid: space.id })
  const checked = check(wish)
  if (!checked.ok) return checked
  const { first, last, pages } = checked.value
  const bits = new Uint8Array(Math.ceil((last - first + 1) / pages / 8))
  for (const table of space.tables) {
    const part = clip(table, { first, last })
    if (part === null) continue
    const runs = harvest(machine, table, { ...part, clear: true })
    for (const run of runs) mark(bits, { first: run.first - first, last: run.last - first }, pages)
    if (runs.length > 0) forget(machine, space, runs)
  }
  const bitmap = Array.from(bits, byte => byte.toString(16).padStart(2, '0')).join('')
  return answer({ bitmap, dirty: bits.reduce((sum, byte) => sum + ones(byte), 0) })
}

const MOST_BITS = 1n << 24n

function check({ iova, size, pageSize }: DirtyWish): Outcome<PageSpan & { readonly pages: number }> {
  const unit = pageSize === 0n ? 4096n : pageSize
  if (unit < 4096n || (unit & (unit - 1n)) !== 0n) return refuse('dirty.page-size', { page: unit })
  if (size === 0n || iova % unit !== 0n || size % unit !== 0n)
    return refuse('dirty.range', { iova, size, page: unit })
  if (iova + size > 1n << 64n) return refuse('dirty.wrap', { iova, size })
  if (size / unit > MOST_BITS) return refuse('dirty.too-many', { bits: size / unit, most: MOST_BITS })
  return answer({ first: pageOf(iova), last: pageOf(iova + size - 1n), pages: pageOf(unit) })
}

function harvest(
  machine: Machine,
  table: SpaceTable,
  { first, last, clear }: PageSpan & { readonly clear: boolean },
): readonly DirtyRun[] {
  return dirtyLeaves(machine.bulk, table.ref, { first, last, clear: clear ? machine.hw() : null })
}

/** Where the IOMMU still held a translation it would not set the bit again. */
function forget(machine: Machine, space: SpaceRecord, runs: readonly DirtyRun[]): void {
  for (const { first, last } of joinedRuns(runs)) flushRange(machine, space, { first, last })
  flushNested(machine, space.uid)
}

/** Sets the bits of the pages [first, last], counted from the start of the bitmap; a leaf may reach beyond it. */
function mark(bits: Uint8Array, { first, last }: PageSpan, pages: number): void {
  const end = Math.min(Math.floor(last / pages), bits.length * 8 - 1)
  for (let bit = Math.max(0, Math.floor(first / pages)); bit <= end; bit++)
    bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7))
}

function ones(byte: number): number {
  let count = 0
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++
  return count
}
