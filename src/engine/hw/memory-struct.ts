/**
 * Configuration structures in emulated memory: reading them, and writing them so that hardware never
 * sees half of one (the word with the present bit is last when it is set and first when it is cleared).
 */
import { assert, hi32, lo32 } from '../bits'
import type { HwContext, Reference } from './contract'
import { labelStruct, type StructLayout } from './struct'

const WORD_BYTES = 8

/** Cleared 4 KiB frames for structures, the first at a multiple of `align` frames; their HPA. */
export function allocFrames(ctx: HwContext, count: number, align = 1): number {
  const hpa = ctx.bulk.frames.alloc(count, align)
  assert(hpa >= 0, 'no memory for IOMMU structures')
  return hpa
}

/** The words of a structure at `hpa` (bytes, a multiple of 8). */
export function readStruct(ctx: HwContext, layout: StructLayout, hpa: number): bigint[] {
  return Array.from({ length: layout.words }, (_, k) => ctx.bulk.memory.read64(hpa + k * WORD_BYTES))
}

/** What a translation shows of one structure it read. */
export function configReference(layout: StructLayout, hpa: number, words: readonly bigint[]): Reference {
  return {
    stage: 'config',
    level: null,
    address: hpa,
    value: words[0] ?? 0n,
    what: layout.name,
    decoder: { layout, words },
    get fields() {
      return labelStruct(layout, words)
    },
  }
}

/** Writes a structure, counts the words that changed, and tells of it where any did. */
export function writeStruct(
  ctx: HwContext,
  layout: StructLayout,
  hpa: number,
  after: readonly bigint[],
): void {
  const before = readStruct(ctx, layout, hpa)
  const changed = after.filter((word, k) => word !== before[k]).length
  if (changed === 0) return
  for (const k of writeOrder(after)) writeWord(ctx, hpa + k * WORD_BYTES, after[k] ?? 0n)
  ctx.costs.add('configWords', changed)
  if (!ctx.events.on) return
  const fields = labelStruct(layout, after)
  const event = { struct: layout.name, hpa: BigInt(hpa), before, after, fields }
  ctx.events.emit({ kind: 'config-written', actor: 'kernel', ...event })
}

function writeOrder(after: readonly bigint[]): number[] {
  const upward = after.map((_, k) => k)
  return ((after[0] ?? 0n) & 1n) === 1n ? upward.reverse() : upward
}

function writeWord(ctx: HwContext, hpa: number, word: bigint): void {
  ctx.bulk.memory.write64(hpa, lo32(word), hi32(word))
}
