/**
 * Answering one request on PAPR: find the window that holds the bus address, read its TCE, check the right.
 *
 * PAPR names no fault codes: a request without a valid TCE is answered with an error and, on real systems,
 * the PE is frozen (EEH). The words below are ours.
 * Not modelled: the freeze and its recovery, the TCE cache (nobody can see it), peer-to-peer.
 */
import { unreachable } from '../../../bits'
import { type WalkReason, walkAddress } from '../../../pt'
import type { HwContext, Reference, TranslateRequest, Translation } from '../../contract'
import { refuseRequest, tellPlain } from '../../plain-unit'
import { tableReference } from '../../reports'
import type { BoundWindow, PaprRoute, PaprState } from './state'
import { holds } from './windows'

export type PaprFaultCode = 'no-window' | 'no-pasid' | 'no-tce' | 'no-read' | 'no-write'

const FAULT_NAMES: Readonly<Record<PaprFaultCode, string>> = {
  'no-window': 'the address lies in no window of the PE',
  'no-pasid': 'PAPR has no PASIDs',
  'no-tce': 'TCE grants neither read nor write',
  'no-read': 'TCE does not grant read',
  'no-write': 'TCE does not grant write',
}

export function translatePapr(ctx: HwContext, state: PaprState, request: TranslateRequest): Translation {
  const outcome = answer(ctx, state, request)
  tellPlain(ctx, request, outcome)
  return outcome
}

function answer(ctx: HwContext, state: PaprState, request: TranslateRequest): Translation {
  if (request.pasid !== null) return refuse(request, 'no-pasid')
  const route = state.routes.find(known => known.rid === request.device.rid)
  const bound = route?.windows.find(({ window }) => holds(window, request.address))
  if (route === undefined || bound === undefined) return refuse(request, 'no-window')
  return viaTce(ctx, request, { ...bound, route })
}

function viaTce(
  ctx: HwContext,
  request: TranslateRequest,
  at: BoundWindow & { route: PaprRoute },
): Translation {
  const references: Reference[] = []
  const result = walkAddress(ctx.bulk, at.table, request.address, {
    access: request.access === 'read' ? 1 : 2,
    log: (level, hpa, value) => references.push(tableReference(at.table, 'second', { level, hpa, value })),
  })
  if (!result.ok) return refuse(request, codeOf(result.reason, request), result.level, references)
  const { output, perm, pageLg2 } = result
  return { ok: true, output, perm, pageLg2, domain: at.route.domain, references, cache: 'none' }
}

function codeOf(reason: WalkReason, request: TranslateRequest): PaprFaultCode {
  switch (reason) {
    case 'permission':
      return request.access === 'read' ? 'no-read' : 'no-write'
    case 'not-present':
    case 'reserved':
    case 'refused':
      return 'no-tce'
    case 'address-range':
      return 'no-window'
    default:
      return unreachable(reason)
  }
}

function refuse(
  request: TranslateRequest,
  code: PaprFaultCode,
  level: number | null = null,
  references: readonly Reference[] = [],
): Translation {
  return refuseRequest(request, { code, name: FAULT_NAMES[code], level }, references)
}
