/**
 * The device table: as many DTEs as buses in use ask for, every one of them blocking its device until it is routed. A
 * requester beyond it is refused, as DevTabBase says how far it goes.
 */
import type { HwContext } from '../../contract'
import { allocFrames, readStruct, writeStruct } from '../../memory-struct'
import { encodeStruct } from '../../struct'
import type { AmdState } from './state'
import { DTE, DTE_BYTES } from './structures.data'

const DTES_PER_BUS = 256
const BLOCKING = encodeStruct(DTE, { V: 1, TV: 1 })

export function createDeviceTable(ctx: HwContext, entries = DTES_PER_BUS): AmdState['devices'] {
  const hpa = allocFrames(ctx, (entries * DTE_BYTES) / 4096)
  const low = Number(BLOCKING[0])
  for (let rid = 0; rid < entries; rid++) ctx.bulk.memory.write64(hpa + rid * DTE_BYTES, low, 0)
  return { hpa, entries }
}

/** HPA of a device's DTE; null beyond the table. */
export const dteAt = ({ devices }: AmdState, rid: number): number | null =>
  rid < devices.entries ? devices.hpa + rid * DTE_BYTES : null

/** The state with a table that holds the requester, and what stood in the old one. */
export function ensureDte(ctx: HwContext, state: AmdState, rid: number): AmdState {
  const { devices } = state
  if (rid < devices.entries) return state
  const grown = createDeviceTable(ctx, (Math.floor(rid / DTES_PER_BUS) + 1) * DTES_PER_BUS)
  for (const used of new Set(state.routes.map(route => route.rid)))
    writeStruct(ctx, DTE, grown.hpa + used * DTE_BYTES, readStruct(ctx, DTE, devices.hpa + used * DTE_BYTES))
  ctx.bulk.frames.free(devices.hpa, (devices.entries * DTE_BYTES) / 4096)
  return { ...state, devices: grown }
}
