/**
 * Where VT-d configuration entries lie (VT-d 9.1 to 9.5), and the tables that hold them, made when a
 * device is first routed. As in Linux, context tables and PASID directories then stay.
 */
import type { HwContext, HwDevice } from '../../contract'
import { allocFrames, readStruct, writeStruct } from '../../memory-struct'
import { encodeStruct, type FieldValues, type StructLayout, structField } from '../../struct'
import type { VtdState } from './state'
import * as layouts from './structures.data'

/** HPA of the root entry of the requester's bus. */
export const rootEntryAt = (state: VtdState, rid: number): number => state.root + (rid >> 8) * 16

/** A root entry as the mode reads it for one requester: the upper table serves devfn 0x80 and up. */
export interface RootView {
  readonly layout: StructLayout
  readonly present: string
  readonly pointer: string
}

export function rootView(state: VtdState, rid: number): RootView {
  if (state.config.mode === 'legacy') return { layout: layouts.LEGACY_ROOT, present: 'P', pointer: 'CTP' }
  const upper = (rid & 0x80) !== 0
  const [present, pointer] = upper ? ['UP', 'UCTP'] : ['LP', 'LCTP']
  return { layout: layouts.SCALABLE_ROOT, present, pointer }
}

export const contextLayout = (state: VtdState): StructLayout =>
  state.config.mode === 'legacy' ? layouts.LEGACY_CONTEXT : layouts.SCALABLE_CONTEXT

/** HPA of the requester's entry in the context table at `table`. */
export const contextEntryAt = (state: VtdState, table: number, rid: number): number =>
  state.config.mode === 'legacy' ? table + (rid & 0xff) * 16 : table + (rid & 0x7f) * 32

/** HPA of the directory entry, and of the PASID entry in the table that it points to. */
export const directoryEntryAt = (directory: number, pasid: number): number =>
  directory + layouts.pasidIndexes(pasid).directory * 8

export const pasidEntryAt = (table: number, pasid: number): number =>
  table + layouts.pasidIndexes(pasid).table * 64

/** HPA of the requester's context entry; makes the context table where there is none. */
export function ensureContextEntry(ctx: HwContext, state: VtdState, rid: number): number {
  const at = rootEntryAt(state, rid)
  const { layout, present, pointer } = rootView(state, rid)
  const words = readStruct(ctx, layout, at)
  if (structField(layout, words, present) === 1n)
    return contextEntryAt(state, Number(structField(layout, words, pointer)), rid)
  const table = allocFrames(ctx, 1)
  const added = encodeStruct(layout, { [present]: 1, [pointer]: table })
  const merged = words.map((word, k) => word | (added[k] ?? 0n))
  writeStruct(ctx, layout, at, merged)
  return contextEntryAt(state, table, rid)
}

/** HPA of the device's PASID entry; makes context entry, directory and table as far as they are missing. */
export function ensurePasidEntry(ctx: HwContext, state: VtdState, of: PasidSlot): number {
  const entry = ensureContextEntry(ctx, state, of.rid)
  const layout = layouts.SCALABLE_CONTEXT
  if (structField(layout, readStruct(ctx, layout, entry), 'P') === 0n) writeContext(ctx, entry, of.device)
  const directory = structField(layout, readStruct(ctx, layout, entry), 'PASIDDIRPTR')
  return pasidEntryAt(ensurePasidTable(ctx, directoryEntryAt(Number(directory), of.pasid)), of.pasid)
}

export interface PasidSlot {
  readonly device: HwDevice
  readonly rid: number
  /** The PASID, or RID_PASID for requests without. */
  readonly pasid: number
}

/** RID_PASID is 0, as in Linux. */
export const RID_PASID = 0

function writeContext(ctx: HwContext, at: number, device: HwDevice): void {
  const pdts = layouts.pdtsFor(device.pasidBits ?? 0)
  const directory = allocFrames(ctx, Math.max(1, (2 ** (pdts + 7) * 8) / 4096))
  const can = (ability: boolean) => (ability ? 1 : 0)
  const fields: FieldValues = {
    P: 1,
    DTE: can(device.ats),
    PASIDE: can(device.pasidBits !== null),
    PRE: can(device.pri),
    PDTS: pdts,
    PASIDDIRPTR: directory,
    RID_PASID,
  }
  writeStruct(ctx, layouts.SCALABLE_CONTEXT, at, encodeStruct(layouts.SCALABLE_CONTEXT, fields))
}

function ensurePasidTable(ctx: HwContext, directoryEntry: number): number {
  const layout = layouts.PASID_DIRECTORY_ENTRY
  const words = readStruct(ctx, layout, directoryEntry)
  if (structField(layout, words, 'P') === 1n) return Number(structField(layout, words, 'SMPTBLPTR'))
  const table = allocFrames(ctx, 1)
  writeStruct(ctx, layout, directoryEntry, encodeStruct(layout, { P: 1, SMPTBLPTR: table }))
  return table
}
