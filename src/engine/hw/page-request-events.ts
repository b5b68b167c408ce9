/** How a unit tells of page requests and of the answers to them. `raw`: the words it was written as, where it was. */
import type { HwContext, PageRequest, PageResponse } from './contract'
import { ridText } from './reports'

export function tellRequest(ctx: HwContext, made: PageRequest, raw?: readonly bigint[]): void {
  if (!ctx.events.on) return
  const { rid, pasid, address: addr, group, last } = made
  const event = { rid, pasid, addr, group, last, ...(raw === undefined ? {} : { raw }) }
  ctx.events.emit({ kind: 'page-request', actor: 'device', ...event })
}

export function tellResponse(
  ctx: HwContext,
  group: number,
  code: PageResponse['code'],
  rid: number,
  raw?: readonly bigint[],
): void {
  if (!ctx.events.on) return
  const event = { group, code, by: ridText(rid), ...(raw === undefined ? {} : { raw }) }
  ctx.events.emit({ kind: 'page-response', actor: raw === undefined ? 'iommu' : 'kernel', ...event })
}
