/**
 * Pointing a device's requests at a table, or at nothing: context and PASID entries written in the order
 * Linux has it (tear the old entry down and flush, fill the new one, present bit last).
 *
 * Models VT-d 6.5.3.3 and Linux drivers/iommu/intel/{iommu,pasid}.c. Under CM=0 an entry that was not
 * present needs no flush; under CM=1 it does.
 * Not modelled: replacing a present entry in place, but for SSADE; ATS and PRI enabling on the device's side.
 */
import { assert } from '../../../bits'
import type { HwContext, RouteRequest } from '../../contract'
import { readStruct, writeStruct } from '../../memory-struct'
import { encodeStruct, type StructLayout, structField } from '../../struct'
import { contextCacheDevice, pasidCacheOne } from './commands'
import { ensureContextEntry, ensurePasidEntry, RID_PASID } from './entries'
import { flushDevice, flushDomain, flushPasid, submit } from './invalidate'
import { routeWords } from './route-words'
import { type VtdRoute, type VtdState, withRoute } from './state'
import { LEGACY_CONTEXT, PASID_ENTRY, PGTT } from './structures.data'

export function routeVtd(ctx: HwContext, state: VtdState, request: RouteRequest): VtdState {
  const ids = new Set([request.device.rid, ...request.device.aliases])
  return [...ids].reduce((now, rid) => routeOne(ctx, now, { ...request, rid }), state)
}

interface OneRequester extends RouteRequest {
  readonly rid: number
}

function routeOne(ctx: HwContext, state: VtdState, at: OneRequester): VtdState {
  const slot = slotOf(ctx, state, at)
  const words = routeWords(state.config, at.device, at.to)
  const before = readStruct(ctx, slot.layout, slot.hpa)
  if (words.every((word, k) => word === before[k])) return state
  const present = structField(slot.layout, before, 'P') === 1n
  if (present && slot.layout === PASID_ENTRY && isSameButSsade(before, words)) {
    writeStruct(ctx, slot.layout, slot.hpa, words)
    flushFormer(ctx, state, { ...at, ...slot }, before)
    return state
  }
  if (present) tearDown(ctx, state, { ...at, ...slot }, before)
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

/** SSADE alone is changed in an entry that is in use, which the driver does where tracking is switched. */
function isSameButSsade(before: readonly bigint[], after: readonly bigint[]): boolean {
  const ssade = encodeStruct(PASID_ENTRY, { SSADE: 1 })
  return before.every((word, k) => ((word ^ (after[k] ?? 0n)) & ~(ssade[k] ?? 0n)) === 0n)
}

/** Clears a present entry, then flushes what was learnt through it. */
function tearDown(ctx: HwContext, state: VtdState, at: OneRequester & Slot, before: readonly bigint[]): void {
  writeStruct(ctx, at.layout, at.hpa, encodeStruct(at.layout, {}))
  const others = {
    ...state,
    routes: state.routes.filter(route => route.rid !== at.rid || route.pasid !== at.pasid),
  }
  flushFormer(ctx, others, at, before)
}

/** Drops the entry as it was, and what was learnt through it: by PASID where that names all of it. */
function flushFormer(
  ctx: HwContext,
  others: VtdState,
  at: OneRequester & Slot,
  before: readonly bigint[],
): void {
  const domain = Number(structField(at.layout, before, 'DID'))
  flushEntry(ctx, others, at, domain)
  if (byPasid(at.layout, before)) flushPasid(ctx, others, domain, at.pasid ?? RID_PASID)
  else flushDomain(ctx, others, domain)
  flushDevice(ctx, others, { rid: at.rid, pasid: at.pasid, domain, ats: at.device.ats }, 'all')
}

/** First stage alone and pass-through; a nested entry also taught second-stage translations of its domain. */
function byPasid(layout: StructLayout, before: readonly bigint[]): boolean {
  if (layout !== PASID_ENTRY) return false
  const type = Number(structField(layout, before, 'PGTT'))
  return type === PGTT.first || type === PGTT.passThrough
}

/** CM=1: that the entry was not present may have been cached, under domain 0 in legacy mode. */
function flushNew(ctx: HwContext, state: VtdState, at: OneRequester & Slot, domain: number): void {
  flushEntry(ctx, state, at, state.config.mode === 'legacy' ? 0 : domain)
  flushDomain(ctx, state, domain)
}

function flushEntry(ctx: HwContext, state: VtdState, at: OneRequester, domain: number): void {
  const pasid = at.pasid ?? RID_PASID
  if (state.config.mode === 'legacy')
    submit(ctx, state, contextCacheDevice(domain, at.rid), `device ${at.device.name}`)
  else submit(ctx, state, pasidCacheOne(domain, pasid), `domain ${domain}, PASID ${pasid}`)
}

function routeRecord(at: OneRequester): VtdRoute | null {
  if (at.to === 'blocked') return null
  return { rid: at.rid, pasid: at.pasid, domain: at.to.domain, ats: at.device.ats }
}
