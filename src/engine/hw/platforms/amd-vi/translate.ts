/**
 * Answering one request: special addresses, device TLB, DTE, IOTLB, walk (specification 2.1, 2.2). Beside what the
 * caches make of it, every request is walked with no cache at all: what differs is told as stale, and the references of
 * that walk are the cold count.
 *
 * Not modelled: the delivery of interrupts (a request to the interrupt range is refused with words to that effect).
 */
import { hi32, highHalf, lo32, lowHalf } from '../../../bits'
import { accessBits, entryOf, isStale, NOBODY, outputOf, pageOf } from '../../cached-answer'
import type {
  CacheOutcome,
  HwContext,
  HwDevice,
  HwFault,
  Reference,
  TranslateRequest,
  Translation,
} from '../../contract'
import { type AtsAnswer, throughDeviceTlb } from '../../device-tlb'
import { lookup as lookupIotlb, pasidTag } from '../../iotlb'
import { entryAt, fill } from '../../iotlb-entries'
import { configReference, readStruct } from '../../memory-struct'
import { countReferences, ridText, tellCache, tellCacheOp, tellOutcome, tellReferences } from '../../reports'
import { findStruct, keepStruct } from '../../struct-cache'
import { HYPERTRANSPORT, INTERRUPT_RANGE, isIn } from './config'
import { dteAt } from './device-table'
import { type DteView, viewDte } from './dte'
import { EVENTS, RECOVERABLE } from './events.data'
import type { AmdState } from './state'
import { DTE } from './structures.data'
import { type AmdWalk, type WalkFault, walkGuest, walkHost } from './walk'

interface Asking {
  readonly ctx: HwContext
  readonly state: AmdState
  readonly request: TranslateRequest
  /** What memory says, where caches are asked. */
  readonly fresh: Translation | null
}

export function translateAmd(ctx: HwContext, state: AmdState, request: TranslateRequest): Translation {
  const special = request.pasid === null ? specialAddress(request) : null
  if (special !== null) {
    tellOutcome(ctx, request, special)
    return special
  }
  const dry = { ...request, commit: false, cached: false }
  const quiet: HwContext = { bulk: ctx.bulk, ...NOBODY }
  const fresh = request.cached ? answer({ ctx: quiet, state, request: dry, fresh: null }) : null
  const at = { ctx, state, request, fresh }
  const outcome = request.cached && request.device.ats ? answerDevice(at) : answer(at)
  const warm = outcome.references.length
  if (request.commit) countReferences(ctx, fresh?.references.length ?? warm, warm)
  tellOutcome(ctx, request, outcome)
  return outcome
}

/** Interrupts are never translated; the HyperTransport range is no address of memory. */
function specialAddress(request: TranslateRequest): Translation | null {
  if (isIn(request.address, INTERRUPT_RANGE)) {
    const name = 'interrupt message: 0xfee00000-0xfeefffff is never translated'
    return { ok: false, fault: { ...faultAt(request), code: 'interrupt', name }, references: [] }
  }
  if (!isIn(request.address, HYPERTRANSPORT)) return null
  const fault = faultOf(request, { event: 'reserved-address', stage: 'config', level: null }, null)
  return { ok: false, fault, references: [] }
}

const faultAt = ({ address, access }: TranslateRequest) =>
  ({ stage: 'config', level: null, address, access, recoverable: false, suppressed: false }) as const

type Switches = Pick<DteView, 'silent' | 'pageRequests'>

const NO_SWITCHES: Switches = { silent: false, pageRequests: false }

/** `dte` says whether faults are logged, and whether the device may ask for the page. */
export function faultOf(request: TranslateRequest, place: WalkFault, dte: Switches | null): HwFault {
  const { silent, pageRequests } = dte ?? NO_SWITCHES
  const { type, name, text } = EVENTS[place.event]
  return {
    ...faultAt(request),
    code: `0x${type.toString(16).padStart(2, '0')}`,
    name: `${name} ${text}`,
    stage: place.stage,
    level: place.level,
    ...(place.guestAddress === undefined ? {} : { guestAddress: place.guestAddress }),
    recoverable: pageRequests && place.stage !== 'config' && RECOVERABLE.has(place.event),
    suppressed: silent && type === EVENTS.blocked.type,
  }
}

interface Found {
  readonly dte: DteView | null
  readonly references: readonly Reference[]
}

/** The DTE, out of its cache or read; null where it is not one. */
function dteFor({ ctx, state, request }: Asking): Found {
  const { rid } = request.device
  const known = request.cached ? findStruct(ctx.bulk.words.data, state.dtes, [rid], DTE.words) : null
  if (known !== null) {
    const { memory } = ctx.bulk
    const stale = known.words.some(
      (word, k) =>
        memory.readLo(known.hpa + k * 8) !== lo32(word) || memory.readHi(known.hpa + k * 8) !== hi32(word),
    )
    tellCacheOp(ctx, 'context', stale ? 'stale-hit' : 'hit', `DTE of ${ridText(rid)}`)
    return { dte: viewDte(known.words), references: [] }
  }
  const hpa = dteAt(state, rid)
  if (hpa === null) return { dte: null, references: [] }
  const words = readStruct(ctx, DTE, hpa)
  const dte = viewDte(words)
  if (request.cached && request.commit && dte !== null) {
    keepStruct(ctx.bulk, state.dtes, [rid], { hpa, words, fpd: false })
    tellCacheOp(ctx, 'context', 'fill', `DTE of ${ridText(rid)}`)
  }
  return { dte, references: [configReference(DTE, hpa, words)] }
}

function answer(at: Asking): Translation {
  const { ctx, request } = at
  const { dte, references } = dteFor(at)
  tellReferences(ctx, references)
  const refuse = (fault: WalkFault, read: readonly Reference[] = references): Translation => ({
    ok: false,
    fault: faultOf(request, fault, dte),
    references: read,
  })
  if (dte === null) return refuse({ event: 'illegal-dte', stage: 'config', level: null })
  if (!dte.translates) return untranslated(request, references)
  if ((dte.perm & accessBits(request.access)) === 0)
    return refuse({ event: dte.perm === 0 ? 'blocked' : 'no-permission', stage: 'config', level: null })
  const pasid = request.pasid ?? (dte.guest?.untagged === true ? 0 : null)
  if (pasid !== null && dte.guest === null)
    return refuse({ event: 'no-guest-tables', stage: 'config', level: null })
  if (pasid === null && dte.levels === 0) return untranslated(request, references, dte)
  const tagged = { ...at, dte, pasid, references }
  const cached = fromIotlb(tagged)
  if (cached !== null) return cached
  const walk = walked(tagged)
  tellReferences(ctx, walk.references)
  const read = [...references, ...walk.references]
  return walk.ok ? remember(tagged, walk, read) : refuse(walk.fault, read)
}

function untranslated(
  request: TranslateRequest,
  references: readonly Reference[],
  dte?: DteView,
): Translation {
  const common = { perm: dte?.perm ?? 3, pageLg2: 12, domain: dte?.domain ?? 0, cache: 'none' } as const
  return { ok: true, output: Number(request.address), ...common, references }
}

interface Tagged extends Asking {
  readonly dte: DteView
  /** Null: host translations. */
  readonly pasid: number | null
  readonly references: readonly Reference[]
}

function walked({ ctx, dte, pasid, request }: Tagged): AmdWalk {
  const { guest } = dte
  return pasid !== null && guest !== null
    ? walkGuest(ctx, { ...dte, guest }, pasid, request)
    : walkHost(ctx, dte, request)
}

function fromIotlb({ ctx, state, request, dte, pasid, references, fresh }: Tagged): Translation | null {
  if (!request.cached) return null
  const { data } = ctx.bulk.words
  const page = pageOf(request)
  const need = accessBits(request.access)
  const found = lookupIotlb(
    data,
    state.iotlb,
    dte.domain,
    pasidTag(pasid),
    lowHalf(page),
    highHalf(page),
    need,
  )
  if (request.commit) ctx.costs.add(found < 0 ? 'iotlbMisses' : 'iotlbHits', 1)
  if (found < 0) {
    tellCache(ctx, 'miss', { domain: dte.domain, pasid, page })
    return null
  }
  const entry = entryAt(data, state.iotlb, found)
  const perm = entry.perm & dte.perm
  const result = { ok: true, output: outputOf(entry, request), perm, pageLg2: entry.pageLg2 } as const
  const cache = isStale(fresh, result) ? 'stale-hit' : 'hit'
  tellCache(ctx, cache, entry)
  return { ...result, domain: dte.domain, references, cache }
}

function remember(at: Tagged, walk: AmdWalk & { ok: true }, references: readonly Reference[]): Translation {
  const { ctx, state, request, dte, pasid, fresh } = at
  for (const { hpa, before, after } of walk.updated)
    ctx.events.emit({ kind: 'ad-updated', actor: 'iommu', hpa: BigInt(hpa), before, after })
  const perm = walk.perm & dte.perm
  const lasting = walk.dirty ? perm : perm & 1
  if (request.cached && request.commit) {
    const entry = entryOf(request, { ...walk, perm: lasting, pageLg2: cachedLg2(walk.pageLg2) })
    const nested = pasid !== null && dte.levels > 0 ? { nested: true as const } : {}
    if (entry !== null) {
      const tagged = { ...entry, domain: dte.domain, pasid, ...nested }
      const evicted = fill(ctx.bulk, state.iotlb, tagged)
      if (evicted !== null) tellCache(ctx, 'evict', evicted)
      tellCache(ctx, 'fill', tagged)
    }
  }
  const cache: CacheOutcome = !request.cached
    ? 'none'
    : isStale(fresh, { ...walk, perm })
      ? 'stale-hit'
      : 'miss'
  const kept = lasting === perm ? {} : { lasting }
  return {
    ok: true,
    output: walk.output,
    perm,
    ...kept,
    pageLg2: walk.pageLg2,
    domain: dte.domain,
    references,
    cache,
  }
}

/** A page of another size is kept in pieces of the next smaller size that the IOTLB has. */
const cachedLg2 = (pageLg2: number): 12 | 21 | 30 => (pageLg2 >= 30 ? 30 : pageLg2 >= 21 ? 21 : 12)

function answerDevice(at: Asking): Translation {
  return throughDeviceTlb({
    ...at,
    store: at.state.deviceTlb,
    allowed: () => atsAllowed(at),
    translate: () => {
      const found = answer(at)
      return found.ok ? { ...found, pageLg2: cachedLg2(found.pageLg2) } : found
    },
  })
}

/** Without a word of it, and without filling the cache. */
const quietDte = (at: Asking): Found =>
  dteFor({ ...at, ctx: { ...at.ctx, events: NOBODY.events }, request: { ...at.request, commit: false } })

/** The DTE alone, for what is judged by it alone: page requests. Null where it is not one. */
export function lookupDte(ctx: HwContext, state: AmdState, device: HwDevice): DteView | null {
  const request = { device, pasid: null, address: 0n, access: 'read', commit: false, cached: true } as const
  return quietDte({ ctx, state, request, fresh: null }).dte
}

/** ATS and translated requests need I in the DTE. */
function atsAllowed(at: Asking): AtsAnswer {
  const { dte, references } = quietDte(at)
  if (dte?.ats === true || dte?.translates === false) return { ok: true, references }
  const event = dte === null ? 'illegal-dte' : dte.perm === 0 ? 'blocked' : 'ats-disabled'
  const fault = faultOf(at.request, { event, stage: 'config', level: null }, dte)
  return { ok: false, refused: { ok: false, fault, references } }
}
