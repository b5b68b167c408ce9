/** What units with one stage and no cache say alike: tables of the kernel only, every request walked from memory. */
import type { HwContext, HwFault, PlatformCaps, Reference, TranslateRequest, Translation } from './contract'
import { countReferences, tellOutcome, tellReferences } from './reports'

/** All that such a unit cannot do; nesting is the kernel's. */
export const PLAIN_CAPS = {
  nesting: { software: true, hardware: false },
  userTableFormats: [],
  pasidTableFormats: [],
  pasidBits: null,
  pasidRouting: 'any-table',
  passthroughAtStart: false,
  enforceSnoop: false,
  recoverableFaults: false,
  flushOnMap: false,
  dirtyTracking: false,
} as const satisfies Partial<PlatformCaps>

/** Tells of a request that was answered from memory: no cache made it cheaper. */
export function tellPlain(ctx: HwContext, request: TranslateRequest, outcome: Translation): void {
  tellReferences(ctx, outcome.references)
  const reads = outcome.references.length
  if (request.commit) countReferences(ctx, reads, reads)
  tellOutcome(ctx, request, outcome)
}

/** A request that ends for good: before any table was read, or in the table. */
export function refuseRequest(
  request: TranslateRequest,
  fault: Pick<HwFault, 'code' | 'name' | 'level'>,
  references: readonly Reference[],
): Translation {
  const { address, access } = request
  const stage = references.length > 0 ? 'second' : 'config'
  return {
    ok: false,
    fault: { ...fault, stage, address, access, recoverable: false, suppressed: false },
    references,
  }
}
