/**
 * Pointing a device's requests at tables, or at nothing: a DTE says what all routes of a device come to, a GCR3 entry
 * which table one PASID has. Requests without PASID stay in the host table (GIOV = 0); where the kernel has PASIDs of its
 * own they use guest table 0 (GIOV = 1), or find none.
 *
 * Models Linux drivers/iommu/amd in its order: the entry, then the caches of the device, then of its domain.
 */
import { assert, InvariantError } from '../../../bits'
import type { TableRef } from '../../../pt'
import type { HwContext, HwDevice, RouteRequest } from '../../contract'
import { allocFrames, readStruct, writeStruct } from '../../memory-struct'
import { encodeStruct, type FieldValues } from '../../struct'
import { completionWait, invalidateDevtab } from './commands'
import { type AmdConfig, asksForPages, pasidBitsOf } from './config'
import { dteAt, ensureDte } from './device-table'
import { glxFor, writeGcr3 } from './gcr3'
import { flushDomain, submit } from './invalidate'
import { type AmdState, ownDomain, routesOf } from './state'
import { DTE, gcr3Fields } from './structures.data'

export function routeAmd(ctx: HwContext, state: AmdState, request: RouteRequest): AmdState {
  const ids = new Set([request.device.rid, ...request.device.aliases])
  return [...ids].reduce((now, rid) => routeOne(ctx, now, { ...request, rid }), state)
}

interface OneDevice extends RouteRequest {
  readonly rid: number
}

function routeOne(ctx: HwContext, before: AmdState, at: OneDevice): AmdState {
  const { rid, pasid, device, to } = at
  const state = withGcr3(ctx, ensureDte(ctx, before, rid), at)
  const old = state.routes.find(route => route.rid === rid && route.pasid === pasid)
  const others = state.routes.filter(route => route !== old)
  const routes = to === 'blocked' ? others : [...others, { rid, pasid, to, ats: device.ats }]
  const routed = { ...state, routes }
  const gcr3 = state.gcr3s.find(one => one.rid === rid)
  const hadEntry = pasid !== null || old?.to.kind === 'first' || (to !== 'blocked' && to.kind === 'first')
  if (hadEntry && gcr3 !== undefined) {
    const table = to !== 'blocked' && to.kind === 'first' ? to.table : null
    writeGcr3(ctx, { root: gcr3.hpa, glx: gcr3.glx }, pasid ?? 0, table)
  }
  const changed = writeDte(ctx, routed, at)
  if (old !== undefined && (changed || hadEntry))
    flushDomain(ctx, { ...routed, routes: [...routes, old] }, old.to.domain)
  return routed
}

const glxOf = (config: AmdConfig, device: HwDevice): number => glxFor(pasidBitsOf(config, device) ?? 0)

/** The device's own GCR3 table, made at its first guest table of the kernel. */
function withGcr3(ctx: HwContext, state: AmdState, { rid, device, to }: OneDevice): AmdState {
  if (to === 'blocked' || to.kind !== 'first' || state.gcr3s.some(one => one.rid === rid)) return state
  const made = { rid, hpa: allocFrames(ctx, 1), glx: glxOf(state.config, device), domain: ownDomain(state) }
  return { ...state, gcr3s: [...state.gcr3s, made] }
}

/** False where the DTE says so already. */
function writeDte(ctx: HwContext, state: AmdState, { rid, device }: OneDevice): boolean {
  const hpa = dteAt(state, rid)
  assert(hpa !== null, 'a routed device has a DTE')
  const words = encodeStruct(DTE, dteFields(state, rid, device))
  const before = readStruct(ctx, DTE, hpa)
  if (words.every((word, k) => word === before[k])) return false
  writeStruct(ctx, DTE, hpa, words)
  submit(ctx, state, invalidateDevtab(rid), `device ${device.name}`)
  submit(ctx, state, completionWait(), 'completion')
  return true
}

const RIGHTS = { IR: 1, IW: 1 }

export function dteFields(state: AmdState, rid: number, device: HwDevice): FieldValues {
  const routes = routesOf(state, rid)
  const whole = routes.find(route => route.pasid === null)
  const gcr3 = state.gcr3s.find(one => one.rid === rid)
  const asks = asksForPages(state.config, device) ? { PPR: 1 } : {}
  const common = { V: 1, TV: 1, ...(device.ats ? { I: 1 } : {}), ...asks }
  const [table] = routes.flatMap(({ to }) => (to.kind === 'first' ? [to.table] : []))
  if (table !== undefined && gcr3 !== undefined) {
    assert(whole === undefined || whole.to.kind === 'first', 'a host table and PASIDs of the kernel')
    const guest = { GV: 1, GIOV: 1, GLX: gcr3.glx, ...gcr3Fields(gcr3.hpa) }
    return { ...common, ...RIGHTS, ...guest, DomainID: gcr3.domain, GuestPagingMode: modeOf(table) }
  }
  if (whole === undefined) return { V: 1, TV: 1 }
  const { to } = whole
  const domain = { DomainID: to.domain }
  switch (to.kind) {
    case undefined:
    case 'second':
      return { ...common, ...RIGHTS, ...domain, ...hostFields(to.tables, to.dirty) }
    case 'pasid-table': {
      const guest = { GV: 1, GLX: Number(to.table.cfg.glx), ...gcr3Fields(to.table.root) }
      return { ...common, ...RIGHTS, ...domain, ...guest, ...hostFields(to.tables) }
    }
    case 'passthrough':
      return { ...common, ...RIGHTS, ...domain }
    default:
      throw new InvariantError('a single table of a user lies below a GCR3 entry')
  }
}

const modeOf = ({ cfg }: TableRef): number => (cfg.levels === 5 ? 1 : 0)

function hostFields(tables: readonly TableRef[], dirty = true): FieldValues {
  const [table] = tables
  assert(table !== undefined && tables.length === 1, 'a device has one host table')
  const HAD = dirty && table.cfg.hd === true ? 3 : 0
  return { Mode: Number(table.cfg.levels), HostRoot: table.root, HAD }
}
