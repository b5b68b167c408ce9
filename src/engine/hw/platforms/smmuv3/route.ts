/**
 * Pointing a device's requests at tables, or at nothing. Stage 2 and the table of CDs are the whole stream's: an STE
 * says what all routes of a stream come to, a CD what one substream does. Where the kernel has substreams of its own
 * requests without take CD 0, in which no substream may be used.
 *
 * Models Linux drivers/iommu/arm/arm-smmu-v3 in its order: CDs before the STE that points to them, valid words last,
 * then CFGI, then the TLB. Not modelled: replacing an STE without a moment in which it is not valid.
 */
import { assert, InvariantError } from '../../../bits'
import type { PtConfig, TableRef } from '../../../pt'
import type { HwContext, HwDevice, RouteRequest } from '../../contract'
import { readStruct, writeStruct } from '../../memory-struct'
import { encodeStruct, type FieldValues, structField } from '../../struct'
import { cfgiCd, cfgiSte, sync } from './commands'
import { OUTPUT_BITS } from './config'
import { createCdTable, ensureCd, ensureSte } from './entries'
import { flushRoute, submit } from './invalidate'
import { type CdTableShape, shapeOf, standardShape } from './pasid-table-format'
import { contextFields } from './pasid-tables'
import { routesOf, type SmmuRoute, type SmmuState, vmidOf, withRoute } from './state'
import { CD, CONFIG, S1DSS, SIZE_BITS, STE } from './structures.data'

export function routeSmmu(ctx: HwContext, state: SmmuState, request: RouteRequest): SmmuState {
  const ids = new Set([request.device.rid, ...request.device.aliases])
  return [...ids].reduce((now, rid) => routeOne(ctx, now, { ...request, rid }), state)
}

interface OneStream extends RouteRequest {
  readonly rid: number
}

function routeOne(ctx: HwContext, state: SmmuState, at: OneStream): SmmuState {
  const { rid, pasid, device, to } = at
  const before = state.routes.find(route => route.rid === rid && route.pasid === pasid)
  const route = to === 'blocked' ? null : { rid, pasid, to, ats: device.ats }
  const routed = withRoute(withCdTable(ctx, state, at), at, route)
  const hadCd = pasid !== null || before?.to.kind === 'first' || route?.to.kind === 'first'
  if (hadCd) writeCd(ctx, routed, at)
  const changed = writeSte(ctx, routed, at)
  if (before !== undefined && (changed || hadCd)) {
    flushRoute(ctx, routed, before)
    submit(ctx, routed, sync(), 'completion')
  }
  return routed
}

/** The shape of the CD table that the kernel makes for a device. */
const kernelShape = ({ config }: SmmuState, device: HwDevice): CdTableShape =>
  standardShape(Math.min(device.pasidBits ?? 0, config.ssidBits))

/** The stream's own CD table, made at its first stage 1 of the kernel. */
function withCdTable(ctx: HwContext, state: SmmuState, { rid, device, to }: OneStream): SmmuState {
  if (to === 'blocked' || to.kind !== 'first' || state.cdTables.some(one => one.rid === rid)) return state
  const shape = kernelShape(state, device)
  return { ...state, cdTables: [...state.cdTables, { rid, hpa: createCdTable(ctx, shape), shape }] }
}

function writeCd(ctx: HwContext, state: SmmuState, { rid, pasid, device, to }: OneStream): void {
  const table = state.cdTables.find(one => one.rid === rid)
  if (table === undefined) return
  const ssid = pasid ?? 0
  const hpa = ensureCd(ctx, table.hpa, table.shape, ssid)
  const fields = to === 'blocked' || to.kind !== 'first' ? {} : contextFields(to.table, to.domain)
  writeStruct(ctx, CD, hpa, encodeStruct(CD, fields))
  submit(ctx, state, cfgiCd(rid, ssid), `${device.name}, SubstreamID ${ssid}`)
  submit(ctx, state, sync(), 'completion')
}

/** Writes what the stream's routes come to; false where the STE says so already. */
function writeSte(ctx: HwContext, state: SmmuState, { rid, device }: OneStream): boolean {
  const hpa = ensureSte(ctx, state, rid)
  const words = encodeStruct(STE, steFields(state, rid, device))
  const before = readStruct(ctx, STE, hpa)
  if (words.every((word, k) => word === before[k])) return false
  writeStruct(ctx, STE, hpa, words)
  if (structField(STE, before, 'V') === 0n) return true
  submit(ctx, state, cfgiSte(rid), `device ${device.name}`)
  submit(ctx, state, sync(), 'completion')
  return true
}

const FETCH = { S1CIR: 1, S1COR: 1, S1CSH: 3 }

export function steFields(state: SmmuState, rid: number, device: HwDevice): FieldValues {
  const routes = routesOf(state, rid)
  const whole = routes.find(route => route.pasid === null)
  const table = state.cdTables.find(one => one.rid === rid)
  const ats = device.ats ? { EATS: 1 } : {}
  if (table !== undefined && routes.some(route => route.to.kind === 'first'))
    return { V: 1, Config: CONFIG.stage1, ...ats, ...contexts(table.shape, table.hpa, dssOf(whole)) }
  if (whole === undefined) return { V: 1, Config: CONFIG.abort }
  const { to } = whole
  switch (to.kind) {
    case undefined:
    case 'second':
      return { V: 1, Config: CONFIG.stage2, SHCFG: 1, ...ats, ...stage2(to.tables, vmidOf(whole)) }
    case 'pasid-table':
      return {
        V: 1,
        Config: CONFIG.nested,
        ...ats,
        ...contexts(shapeOf(to.table.cfg), to.table.root, Number(to.table.cfg.s1dss ?? S1DSS.bypass)),
        ...switchesOf(to.table.cfg),
        ...stage2(to.tables, vmidOf(whole)),
      }
    case 'passthrough':
      return { V: 1, Config: CONFIG.bypass, SHCFG: 1 }
    default:
      throw new InvariantError('a single table of a user lies below a CD')
  }
}

/** What requests without substream meet beside substreams of the kernel. */
function dssOf(whole: SmmuRoute | undefined): number {
  if (whole === undefined) return S1DSS.terminate
  const { kind } = whole.to
  assert(kind === 'first' || kind === 'passthrough', 'stage 2 and substreams of the kernel')
  return kind === 'first' ? S1DSS.cd0 : S1DSS.bypass
}

/** What a user's entry says beside the table; MEV, as events of a guest's making may come in masses. */
function switchesOf({ s1stalld, eats }: PtConfig): FieldValues {
  return eats === undefined ? {} : { S1STALLD: Number(s1stalld), EATS: Number(eats), MEV: 1 }
}

const contexts = ({ format, bits }: CdTableShape, root: number, dss: number): FieldValues => ({
  ...FETCH,
  S1Fmt: format,
  S1CDMax: bits,
  S1ContextPtr: root,
  S1DSS: dss,
})

/** S2VMID and the fields of VTCR, as Linux sets them for coherent walks. */
export function stage2(tables: readonly TableRef[], vmid: number): FieldValues {
  const [table] = tables
  assert(table !== undefined && tables.length === 1, 'a stream has one stage 2')
  const inputBits = Number(table.cfg.inputBits)
  const outputBits = Number(table.cfg.outputBits ?? OUTPUT_BITS)
  return {
    S2VMID: vmid,
    S2T0SZ: 64 - inputBits,
    S2SL0: 2 - Number(table.cfg.startLevel),
    S2IR0: 1,
    S2OR0: 1,
    S2SH0: 3,
    S2PS: SIZE_BITS.indexOf(outputBits),
    S2AA64: 1,
    S2PTW: 1,
    S2R: 1,
    S2TTB: table.root,
  }
}
