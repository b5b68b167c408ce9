/** The configuration entries that decide about a device's requests, without PASID and with each routed PASID. */
import { hex } from '../../../bits'
import type { ConfigRow, HwContext, HwDevice } from '../../contract'
import { readStruct } from '../../memory-struct'
import { encodeStruct, labelStruct, type StructLayout, structField } from '../../struct'
import * as entries from './entries'
import type { VtdState } from './state'
import { PASID_DIRECTORY_ENTRY, PASID_ENTRY, RTADDR, TTM } from './structures.data'

/** The register that points to the root table. */
export function vtdRegisters(_ctx: HwContext, state: VtdState): readonly ConfigRow[] {
  const words = encodeStruct(RTADDR, { RTA: state.root, TTM: TTM[state.config.mode] })
  return [{ struct: RTADDR.name, hpa: null, words, fields: labelStruct(RTADDR, words), layout: RTADDR }]
}

/** In the order the hardware reads them, down to the first that is not present. */
export function describeVtd(ctx: HwContext, state: VtdState, device: HwDevice): readonly ConfigRow[] {
  const { layout, present, pointer } = entries.rootView(state, device.rid)
  const root = rowAt(ctx, layout, entries.rootEntryAt(state, device.rid))
  if (field(root, layout, present) === 0n) return [root]
  const contextLayout = entries.contextLayout(state)
  const table = Number(field(root, layout, pointer))
  const context = rowAt(ctx, contextLayout, entries.contextEntryAt(state, table, device.rid))
  if (state.config.mode === 'legacy' || field(context, contextLayout, 'P') === 0n) return [root, context]
  const directory = Number(field(context, contextLayout, 'PASIDDIRPTR'))
  const tagged = state.routes.flatMap(({ rid, pasid }) =>
    rid === device.rid && pasid !== null ? [pasid] : [],
  )
  const pasids = [entries.RID_PASID, ...tagged.sort((a, b) => a - b)]
  return [root, context, ...pasids.flatMap(pasid => pasidRows(ctx, directory, pasid))]
}

function pasidRows(ctx: HwContext, directory: number, pasid: number): readonly ConfigRow[] {
  const at = entries.directoryEntryAt(directory, pasid)
  const row = rowAt(ctx, PASID_DIRECTORY_ENTRY, at)
  if (field(row, PASID_DIRECTORY_ENTRY, 'P') === 0n) return [row]
  const table = Number(field(row, PASID_DIRECTORY_ENTRY, 'SMPTBLPTR'))
  const entry = rowAt(ctx, PASID_ENTRY, entries.pasidEntryAt(table, pasid))
  return [row, pasid === entries.RID_PASID ? entry : { ...entry, port: `PASID ${hex(pasid)}` }]
}

function rowAt(ctx: HwContext, layout: StructLayout, hpa: number): ConfigRow {
  const words = readStruct(ctx, layout, hpa)
  return { struct: layout.name, hpa, words, fields: labelStruct(layout, words), layout }
}

const field = (row: ConfigRow, layout: StructLayout, name: string): bigint =>
  structField(layout, row.words, name)
