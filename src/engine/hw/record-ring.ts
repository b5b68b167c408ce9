/**
 * A ring of records that a unit writes into memory and software takes out: 4 KiB, records of whole words.
 *
 * Not modelled: rings of other sizes, indexes as registers, the interrupt that says records wait.
 */
import { hi32, lo32 } from '../bits'
import type { HwContext } from './contract'
import { allocFrames, readStruct } from './memory-struct'
import type { StructLayout } from './struct'

export interface Ring {
  /** HPA, given when the first record comes. */
  readonly base: number | null
  /** Records taken out and put in, both counted modulo the ring. Equal: empty. */
  readonly cons: number
  readonly prod: number
  /** Records are dropped until software has read the ring. */
  readonly overflow: boolean
}

export const EMPTY_RING: Ring = { base: null, cons: 0, prod: 0, overflow: false }

const RING_BYTES = 4096
const sizeOf = (layout: StructLayout): number => RING_BYTES / (layout.words * 8)

/** Records that an empty ring takes: one slot stays free, so that a full ring is not an empty one. */
export const roomOf = (layout: StructLayout): number => sizeOf(layout) - 1

export const takesNone = (ring: Ring, layout: StructLayout): boolean =>
  ring.overflow || (ring.prod + 1) % sizeOf(layout) === ring.cons

/** Writes one record; there must be room. */
export function enqueue(ctx: HwContext, ring: Ring, layout: StructLayout, words: readonly bigint[]): Ring {
  const base = ring.base ?? allocFrames(ctx, 1)
  for (const [k, word] of words.entries())
    ctx.bulk.memory.write64(base + (ring.prod * layout.words + k) * 8, lo32(word), hi32(word))
  return { ...ring, base, prod: (ring.prod + 1) % sizeOf(layout) }
}

/** Everything that waits; the consumer catches up and an overflow is cleared. */
export function dequeueAll(
  ctx: HwContext,
  ring: Ring,
  layout: StructLayout,
): { readonly ring: Ring; readonly records: readonly (readonly bigint[])[] } {
  const records: bigint[][] = []
  for (let at = ring.cons; at !== ring.prod; at = (at + 1) % sizeOf(layout))
    records.push(readStruct(ctx, layout, (ring.base ?? 0) + at * layout.words * 8))
  return { ring: { ...ring, cons: ring.prod, overflow: false }, records }
}
