/**
 * From the bytes of a MAP or UNMAP call to pages: size, alignment, wrap, direction and permitted
 * ranges, in the order of R13.
 *
 * Source: rfc 4 (VFIO type1 semantics). A flow that gives no flags means read and write.
 */
import { type AreaRequest, insertArea, removeAreas } from './areas'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { isPermitted, pageLg2At, permittedRanges } from './permitted'
import type { RuleId } from './rules.data'
import { addressOf, lastByteOf, pageOf, type SpaceRecord } from './state'
import type { PageSpan } from './tables'

export interface MapCall {
  readonly iova: bigint
  readonly vaddr: bigint
  readonly size: bigint
  /** Null where the flow gave none. */
  readonly flags: bigint | null
}

const FLAG_BITS = 3n
const TOP = 1n << 64n

/** Maps; the space has been found ready and of a kind that maps. */
export function mapDma(machine: Machine, space: SpaceRecord, call: MapCall): Outcome<null> {
  const page = 1n << BigInt(pageLg2At(machine, space, call.iova))
  const checked = checkBytes({ iova: call.iova, vaddr: call.vaddr }, call.size, page, MAP_RULES)
  if (!checked.ok) return checked
  const perm = direction(call.flags)
  if (perm === null) return refuse('map.flags', { flags: call.flags ?? 0n })
  const span = spanOf(call.iova, call.size)
  if (!isPermitted(permittedRanges(machine, space), span))
    return refuse('map.outside-ranges', { first: addressOf(span.first), last: lastByteOf(span.last) })
  const request: AreaRequest = { ...span, target: pageOf(call.vaddr), perm }
  return insertArea(machine, space, request)
}

/** Unmaps; answers the bytes removed. */
export function unmapDma(machine: Machine, space: SpaceRecord, iova: bigint, size: bigint): Outcome<bigint> {
  const page = 1n << BigInt(pageLg2At(machine, space, iova))
  const checked = checkBytes({ iova }, size, page, MAP_RULES)
  if (!checked.ok) return checked
  const removed = removeAreas(machine, space, spanOf(iova, size))
  return removed.ok ? answer(addressOf(removed.value)) : removed
}

export interface ByteRules {
  readonly zero: RuleId
  readonly align: RuleId
  readonly wrap: RuleId
}

const MAP_RULES: ByteRules = { zero: 'map.size-zero', align: 'map.align', wrap: 'map.wrap' }

/** Size not 0, all values multiples of the page, no range past 2^64 - 1. */
export function checkBytes(
  starts: Readonly<Record<string, bigint>>,
  size: bigint,
  page: bigint,
  rules: ByteRules,
): Outcome<null> {
  if (size === 0n) return refuse(rules.zero, { field: 'size', value: 0n, page })
  for (const [field, value] of Object.entries({ ...starts, size }))
    if (value % page !== 0n) return refuse(rules.align, { field, value, page })
  for (const [field, value] of Object.entries(starts))
    if (value + size > TOP) return refuse(rules.wrap, { field, value, size })
  return answer(null)
}

export function spanOf(start: bigint, size: bigint): PageSpan {
  const first = pageOf(start)
  return { first, last: first + pageOf(size) - 1 }
}

function direction(flags: bigint | null): number | null {
  if (flags === null) return Number(FLAG_BITS)
  return flags === 0n || (flags & ~FLAG_BITS) !== 0n ? null : Number(flags)
}
