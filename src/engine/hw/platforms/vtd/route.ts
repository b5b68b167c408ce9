/**
 * Pointing a device's requests at a table, or at nothing: context and PASID entries written in the order
 * Linux has it (tear the old entry down and flush, fill the new one, present bit last).
 *
 * Models VT-d 6.5.3.3 and Linux drivers/iommu/intel/{iommu,pasid}.c. Under CM=0 an entry that was not
 * present needs no flush; under CM=1 it does.
 * Not modelled: replacing a present entry in place, ATS and PRI enabling on the device's side.
 */
import { assert } from '../../../bits'
import type { HwContext, HwDevice, RouteRequest, RouteTarget } from '../../contract'
import { readStruct, writeStruct } from '../../memory-struct'
import { encodeStruct, type StructLayout, structField } from '../../struct'
import { contextCacheDevice, pasidCacheOne } from './commands'
import { awOf } from './config'
import { ensureContextEntry, ensurePasidEntry, RID_PASID } from './entries'
import { flushDevice, flushDomain, submit } from './invalidate'
import { type VtdRoute, type VtdState, withRoute } from './state'
import { LEGACY_CONTEXT, PASID_ENTRY, PGTT, TT } from './structures.data'

export function routeVtd(ctx: HwContext, state: VtdState, request: RouteRequest): VtdState {
  const ids = new Set([request.device.rid, ...request.device.aliases])
  return [...ids].reduce((now, rid) => routeOne(ctx, now, { ...request, rid }), state)
}

interface OneRequester extends RouteRequest {
  readonly rid: number
}

function routeOne(ctx: HwContext, state: VtdState, at: OneRequester): VtdState {
  const slot = slotOf(ctx, state, at)
  const words = wordsFor(state, at.device, at.to)
  const before = readStruct(ctx, slot.layout, slot.hpa)
  if (words.every((word, k) => word === before[k])) return state
  if (structField(slot.layout, before, 'P') === 1n) tearDown(ctx, state, { ...at, ...slot }, before)
  const routed = withRoute(state, at, routeRecord(at))
  if (at.to === 'blocked') return routed
  writeStruct(ctx, slot.layout, slot.hpa, words)
  if (state.config.cachingMode) flushNew(ctx, routed, { ...at, ...slot }, at.to.domain)
  return routed
}

interface Slot {
  readonly layout: StructLayout
  readonly hpa: number
}

/** The entry that decides: the context entry in legacy mode, a PASID entry in scalable mode. */
function slotOf(ctx: HwContext, state: VtdState, at: OneRequester): Slot {
  if (state.config.mode === 'scalable') {
    const pasid = at.pasid ?? RID_PASID
    return { layout: PASID_ENTRY, hpa: ensurePasidEntry(ctx, state, { ...at, pasid }) }
  }
  assert(at.pasid === null, 'legacy mode has no PASIDs')
  return { layout: LEGACY_CONTEXT, hpa: ensureContextEntry(ctx, state, at.rid) }
}

function wordsFor(state: VtdState, device: HwDevice, to: RouteTarget): bigint[] {
  const scalable = state.config.mode === 'scalable'
  if (to === 'blocked') return encodeStruct(scalable ? PASID_ENTRY : LEGACY_CONTEXT, {})
  const [table] = to.tables
  assert(table !== undefined && to.tables.length === 1, 'a VT-d device is routed to one table')
  const common = { P: 1, SSPTPTR: table.root, AW: awOf(state.config.levels), DID: to.domain }
  if (!scalable) return encodeStruct(LEGACY_CONTEXT, { ...common, TT: device.ats ? TT.secondAts : TT.second })
  const ad = state.config.accessedDirty ? 1 : 0
  return encodeStruct(PASID_ENTRY, { ...common, PGTT: PGTT.second, SSADE: ad, PWSNP: 1 })
}

/** Clears a present entry, then flushes what was learnt through it. */
function tearDown(ctx: HwContext, state: VtdState, at: OneRequester & Slot, before: readonly bigint[]): void {
  const domain = Number(structField(at.layout, before, 'DID'))
  writeStruct(ctx, at.layout, at.hpa, encodeStruct(at.layout, {}))
  flushEntry(ctx, state, at, domain)
  const others = {
    ...state,
    routes: state.routes.filter(route => route.rid !== at.rid || route.pasid !== at.pasid),
  }
  flushDomain(ctx, others, domain)
  flushDevice(ctx, { rid: at.rid, pasid: at.pasid, domain, ats: at.device.ats }, 'all')
}

/** CM=1: that the entry was not present may have been cached, under domain 0 in legacy mode. */
function flushNew(ctx: HwContext, state: VtdState, at: OneRequester & Slot, domain: number): void {
  flushEntry(ctx, state, at, state.config.mode === 'legacy' ? 0 : domain)
  flushDomain(ctx, state, domain)
}

function flushEntry(ctx: HwContext, state: VtdState, at: OneRequester, domain: number): void {
  const pasid = at.pasid ?? RID_PASID
  if (state.config.mode === 'legacy')
    submit(ctx, contextCacheDevice(domain, at.rid), `device ${at.device.name}`, 0)
  else submit(ctx, pasidCacheOne(domain, pasid), `domain ${domain}, PASID ${pasid}`, 0)
}

function routeRecord(at: OneRequester): VtdRoute | null {
  if (at.to === 'blocked') return null
  return { rid: at.rid, pasid: at.pasid, domain: at.to.domain, ats: at.device.ats }
}
