/** Where the structures lie: STEs in the stream table, CDs in a table of the kernel, made as far as they are missing. */
import { pow2 } from '../../../bits'
import type { HwContext } from '../../contract'
import { allocFrames, readStruct, writeStruct } from '../../memory-struct'
import { encodeStruct, structField } from '../../struct'
import type { SmmuConfig } from './config'
import { CD_BYTES, type CdTableShape, L1_BYTES, leafLg2 } from './pasid-table-format'
import type { SmmuState } from './state'
import { L1CD, L1STD, SID_BITS, SPLIT, STE } from './structures.data'

const STE_BYTES = STE.words * 8
const STES_PER_LEAF = pow2(SPLIT)

/** The stream table as STRTAB_BASE names it: all STEs, or the first level. */
export const createStreamTable = (ctx: HwContext, config: SmmuConfig): number =>
  allocBytes(
    ctx,
    config.streamTable === 'linear' ? pow2(SID_BITS) * STE_BYTES : pow2(SID_BITS - SPLIT) * L1_BYTES,
  )

/** HPA of the descriptor of the first level; null where the table is linear. */
export const l1At = ({ config, streamTable }: SmmuState, rid: number): number | null =>
  config.streamTable === 'linear' ? null : streamTable + (rid >> SPLIT) * L1_BYTES

/** HPA of an STE, in the table that the first level points to. */
export const steAt = ({ config, streamTable }: SmmuState, l2: number, rid: number): number =>
  config.streamTable === 'linear'
    ? streamTable + rid * STE_BYTES
    : l2 + (rid & (STES_PER_LEAF - 1)) * STE_BYTES

/** HPA of the stream's STE; makes the second level of its bus where there is none. */
export function ensureSte(ctx: HwContext, state: SmmuState, rid: number): number {
  const l1 = l1At(state, rid)
  if (l1 === null) return steAt(state, 0, rid)
  const words = readStruct(ctx, L1STD, l1)
  if (structField(L1STD, words, 'Span') !== 0n)
    return steAt(state, Number(structField(L1STD, words, 'L2Ptr')), rid)
  const table = allocBytes(ctx, STES_PER_LEAF * STE_BYTES)
  writeStruct(ctx, L1STD, l1, encodeStruct(L1STD, { Span: SPLIT + 1, L2Ptr: table }))
  return steAt(state, table, rid)
}

/** A CD table of the kernel: all of a linear one, or the first level. */
export function createCdTable(ctx: HwContext, { format, bits }: CdTableShape): number {
  const leaf = leafLg2(format)
  return allocBytes(ctx, leaf === null ? pow2(bits) * CD_BYTES : pow2(Math.max(0, bits - leaf)) * L1_BYTES)
}

/** HPA of a CD of the kernel's; makes the leaf it lies in where there is none. */
export function ensureCd(ctx: HwContext, table: number, { format }: CdTableShape, ssid: number): number {
  const leaf = leafLg2(format)
  if (leaf === null) return table + ssid * CD_BYTES
  const l1 = table + Math.floor(ssid / pow2(leaf)) * L1_BYTES
  const words = readStruct(ctx, L1CD, l1)
  const at = (ssid % pow2(leaf)) * CD_BYTES
  if (structField(L1CD, words, 'V') === 1n) return Number(structField(L1CD, words, 'L2Ptr')) + at
  const made = allocBytes(ctx, pow2(leaf) * CD_BYTES)
  writeStruct(ctx, L1CD, l1, encodeStruct(L1CD, { V: 1, L2Ptr: made }))
  return made + at
}

/** Cleared memory for structures, aligned to its size; its HPA. */
function allocBytes(ctx: HwContext, bytes: number): number {
  const frames = Math.max(1, Math.ceil(bytes / 4096))
  return allocFrames(ctx, frames, frames)
}
