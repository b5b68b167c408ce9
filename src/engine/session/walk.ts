/** One translation asked from outside: every reference, no cache used or filled, no bit set. */
import type { Reference } from '../hw'
import type { Machine } from '../kernel/machine'
import { translate } from '../kernel/requests'
import { routedTo } from '../kernel/routing'
import { permText } from '../kernel/state'
import type { ReferenceView, WalkView } from './contract'

export interface WalkRequest {
  readonly device: string
  readonly pasid: number | null
  readonly address: bigint
  readonly write: boolean
}

export function walkDevice(machine: Machine, request: WalkRequest): WalkView | { readonly problem: string } {
  const device = machine.root.devices.get(request.device)
  if (device === undefined) return { problem: `no device ${request.device}` }
  const { address, pasid } = request
  const access = request.write ? 'write' : 'read'
  const result = translate(machine, { device, pasid, address, access, commit: false, cached: false })
  const references = result.references.map(referenceView)
  const routed = routedTo(device, pasid)
  const from = routed === null ? null : machine.space(routed).id
  if (!result.ok) {
    const { code, name, stage, level, address: at } = result.fault
    const fault = { code, name, stage, level, address: at, access } as const
    return { ok: false, fault, output: null, perm: null, pageSize: null, references, from }
  }
  const { output, perm, pageLg2 } = result
  return {
    ok: true,
    fault: null,
    output: BigInt(output),
    perm: permText(perm),
    pageSize: 2 ** pageLg2,
    references,
    from,
  }
}

function referenceView(reference: Reference): ReferenceView {
  return { ...reference, address: BigInt(reference.address) }
}
