/** A flush on its way into commands, as every platform with an IOTLB has it. The commands are the platform's. */
import type { HwContext } from './contract'
import type { CacheReach } from './scopes'

/** A command as the unit reads it from its queue. */
export interface Command {
  readonly name: string
  /** 128 bits, low word first; none where the unit has no queue of commands. */
  readonly words: readonly bigint[]
}

/** What a flush works on, and which caches it is for. */
export interface Flushing<State> {
  readonly ctx: HwContext
  readonly state: State
  readonly reach: CacheReach
}

/** The reach of a flush that names no cache. */
export const EVERYWHERE: CacheReach = { iotlb: true, deviceTlb: true, rids: null }

/** Whether the unit's own IOTLB is meant; then the flush counts. */
export function countsIotlb(
  { ctx, reach }: Flushing<unknown>,
  count: 'flushAll' | 'flushDomain' | 'flushRange',
): boolean {
  if (reach.iotlb) ctx.costs.add(count, 1)
  return reach.iotlb
}

/** Whether the flush is for what a requester put into a cache. */
export const isMeant = ({ reach }: Flushing<unknown>, { rid }: { readonly rid: number }): boolean =>
  reach.rids === null || reach.rids.includes(rid)

/** Those of the routes whose devices' own TLBs are meant. */
export const deviceTlbsMeant = <Route extends { readonly rid: number }>(
  at: Flushing<unknown>,
  routes: readonly Route[],
): readonly Route[] => (at.reach.deviceTlb ? routes.filter(route => isMeant(at, route)) : [])

/** Tells of a command that took effect, and how many cache entries it dropped. */
export function tellInvalidated(ctx: HwContext, issued: Command, scope: string, dropped: number): void {
  if (!ctx.events.on) return
  const event = { command: issued.name, raw: issued.words, scope, dropped }
  ctx.events.emit({ kind: 'invalidated', actor: 'iommu', ...event })
}
