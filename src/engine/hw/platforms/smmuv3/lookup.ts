/**
 * From a request to what translates it: STE, and where stage 1 is on its CD, out of the caches or read from memory,
 * and checked in that order (IHI 0070 3.3, 5.2 to 5.5). Under stage 2 a CD table lies in the guest's memory: every
 * address on the way to a CD is an IPA, translated first.
 *
 * Choices where the sources are silent: a descriptor of the first level of a CD table with V = 0 is
 * C_BAD_SUBSTREAMID. Not modelled: unreadable memory.
 */
import { hi32, lo32, pow2 } from '../../../bits'
import type { HwContext, Reference } from '../../contract'
import { configReference, readStruct } from '../../memory-struct'
import { ridText, tellCacheOp } from '../../reports'
import { type StructLayout, structField } from '../../struct'
import { type CachedStruct, findStruct, keepStruct } from '../../struct-cache'
import type { TagCache } from '../../tag-cache'
import { l1At, steAt } from './entries'
import type { EventName } from './events.data'
import { CD_BYTES, L1_BYTES, leafLg2 } from './pasid-table-format'
import type { SecondStage } from './stages'
import type { SmmuState } from './state'
import { CD, L1CD, L1STD, S1DSS, STE } from './structures.data'
import { aborts, type FaultPolicy, NO_POLICY, type SmmuTarget, type SteView, viewCd, viewSte } from './target'
import { type WalkFault, walkSecond } from './walk'

export interface SmmuLookup {
  readonly target: SmmuTarget | { readonly fault: WalkFault }
  readonly policy: FaultPolicy
  readonly references: readonly Reference[]
}

export interface Requester {
  readonly rid: number
  readonly pasid: number | null
  /** Whether caches may answer, and whether they are filled. */
  readonly cached: boolean
  readonly commit: boolean
}

/** What is read for one request. */
interface Reads {
  readonly ctx: HwContext
  readonly state: SmmuState
  readonly from: Requester
  readonly references: Reference[]
}

const config = (event: EventName): { readonly fault: WalkFault } => ({
  fault: { event, stage: 'config', level: null, class: 'IN' },
})

export function lookupConfig(ctx: HwContext, state: SmmuState, from: Requester): SmmuLookup {
  const reads: Reads = { ctx, state, from, references: [] }
  const ste = steFor(reads)
  if ('fault' in ste) return { target: ste, policy: NO_POLICY, references: reads.references }
  const found = viaSte(reads, ste)
  return { ...found, references: reads.references }
}

/** The STE alone, for what is judged by it alone: ATS. */
export function lookupStream(
  ctx: HwContext,
  state: SmmuState,
  from: Requester,
): { readonly ste: SteView | { readonly fault: WalkFault }; readonly references: readonly Reference[] } {
  const reads: Reads = { ctx, state, from, references: [] }
  return { ste: steFor(reads), references: reads.references }
}

function viaSte(reads: Reads, ste: SteView): Omit<SmmuLookup, 'references'> {
  const policy = { ...NO_POLICY, record2: ste.record2, stall2: ste.stall2 }
  const { pasid } = reads.from
  const { second, vmid } = ste
  if (aborts(ste)) return { target: config('abort'), policy }
  const withoutFirst = (): SmmuTarget =>
    second === null ? { kind: 'bypass' } : { kind: 'second', vmid, second }
  if (!ste.stage1) return { target: pasid === null ? withoutFirst() : config('C_BAD_SUBSTREAMID'), policy }
  const ssid = substream(ste, pasid)
  if (ssid === 'bypass') return { target: withoutFirst(), policy }
  if (typeof ssid === 'string') return { target: config(ssid), policy }
  const cd = cdFor(reads, ste, ssid)
  if ('fault' in cd) return { target: cd, policy }
  const { first, record, stall } = cd
  const target: SmmuTarget =
    second === null ? { kind: 'first', vmid, first, second } : { kind: 'nested', vmid, first, second }
  return { target, policy: { ...policy, record1: record, stall1: stall && ste.stalls } }
}

/** Which CD a request takes, that it takes none, or why it may not (S1DSS, S1CDMax). */
function substream({ contexts, s1dss }: SteView, pasid: number | null): number | 'bypass' | EventName {
  if (pasid !== null && pasid >= pow2(contexts.bits)) return 'C_BAD_SUBSTREAMID'
  if (contexts.bits === 0) return pasid === null ? 0 : 'C_BAD_SUBSTREAMID'
  if (pasid !== null) return pasid === 0 && s1dss === S1DSS.cd0 ? 'F_STREAM_DISABLED' : pasid
  if (s1dss === S1DSS.bypass) return 'bypass'
  return s1dss === S1DSS.cd0 ? 0 : 'F_STREAM_DISABLED'
}

function read(reads: Reads, layout: StructLayout, hpa: number): readonly bigint[] {
  const words = readStruct(reads.ctx, layout, hpa)
  reads.references.push(configReference(layout, hpa, words))
  return words
}

/** One of the two caches of structures, with the tag of this request. */
interface Slot {
  readonly which: 'context' | 'pasid'
  readonly cache: TagCache
  readonly layout: StructLayout
  readonly tag: readonly number[]
  readonly name: string
}

function recall({ ctx, from }: Reads, slot: Slot): CachedStruct | null {
  if (!from.cached) return null
  const known = findStruct(ctx.bulk.words.data, slot.cache, slot.tag, slot.layout.words)
  const stale = known?.words.some((word, k) => !sameWord(ctx, known.hpa + k * 8, word))
  tellCacheOp(ctx, slot.which, known === null ? 'miss' : stale ? 'stale-hit' : 'hit', slot.name)
  return known
}

const sameWord = ({ bulk: { memory } }: HwContext, hpa: number, word: bigint): boolean =>
  memory.readLo(hpa) === lo32(word) && memory.readHi(hpa) === hi32(word)

/** Keeps a structure that was found in order. */
function keep({ ctx, from }: Reads, slot: Slot, found: CachedStruct): void {
  if (!from.cached || !from.commit) return
  if (keepStruct(ctx.bulk, slot.cache, slot.tag, found)) tellCacheOp(ctx, slot.which, 'evict', 'in turn')
  tellCacheOp(ctx, slot.which, 'fill', slot.name)
}

type Faulty = { readonly fault: WalkFault }

function steFor(reads: Reads): SteView | Faulty {
  const { state, from } = reads
  const slot: Slot = {
    which: 'context',
    cache: state.caches.ste,
    layout: STE,
    tag: [from.rid],
    name: `STE of ${ridText(from.rid)}`,
  }
  const known = recall(reads, slot)
  const found = known ?? readSte(reads)
  if ('fault' in found) return found
  const view = viewSte(state.config, found.words)
  if (view === null) return config('C_BAD_STE')
  if (known === null) keep(reads, slot, found)
  return view
}

function readSte(reads: Reads): CachedStruct | Faulty {
  const { state, from } = reads
  const l1 = l1At(state, from.rid)
  let table = 0
  if (l1 !== null) {
    const words = read(reads, L1STD, l1)
    const span = Number(structField(L1STD, words, 'Span'))
    if (span === 0) return config('C_BAD_STREAMID')
    if ((from.rid & 0xff) >= pow2(span - 1)) return config('C_BAD_STE')
    table = Number(structField(L1STD, words, 'L2Ptr'))
  }
  const hpa = steAt(state, table, from.rid)
  return { hpa, words: read(reads, STE, hpa), fpd: false }
}

function cdFor(reads: Reads, ste: SteView, ssid: number): NonNullable<ReturnType<typeof viewCd>> | Faulty {
  const { state, from } = reads
  const slot: Slot = {
    which: 'pasid',
    cache: state.caches.cd,
    layout: CD,
    tag: [from.rid, ssid],
    name: `CD of ${ridText(from.rid)} SubstreamID ${ssid}`,
  }
  const known = recall(reads, slot)
  const found = known ?? readCd(reads, ste, ssid)
  if ('fault' in found) return found
  const view = viewCd(state.config, found.words)
  if (view === null) return config('C_BAD_CD')
  if (known === null) keep(reads, slot, found)
  return view
}

function readCd(reads: Reads, { contexts, second }: SteView, ssid: number): CachedStruct | Faulty {
  const leaf = contexts.bits === 0 ? null : leafLg2(contexts.format)
  let table = contexts.root
  if (leaf !== null) {
    const l1 = hostOf(reads, second, table + Math.floor(ssid / pow2(leaf)) * L1_BYTES, L1CD.name)
    if (typeof l1 !== 'number') return l1
    const words = read(reads, L1CD, l1)
    if (structField(L1CD, words, 'V') === 0n) return config('C_BAD_SUBSTREAMID')
    table = Number(structField(L1CD, words, 'L2Ptr'))
  }
  const index = leaf === null ? ssid : ssid % pow2(leaf)
  const hpa = hostOf(reads, second, table + index * CD_BYTES, CD.name)
  return typeof hpa === 'number' ? { hpa, words: read(reads, CD, hpa), fpd: false } : hpa
}

/** Where a structure lies in host memory: at its address, or where stage 2 has that. */
function hostOf(reads: Reads, second: SecondStage | null, address: number, name: string): number | Faulty {
  if (second === null) return address
  const serves = { address: BigInt(address), level: null, what: `the ${name}` }
  const ask = { address: serves.address, access: 'read', class: 'CD', serves } as const
  const found = walkSecond(reads.ctx, second, ask)
  reads.references.push(...found.references)
  return found.ok ? found.output : { fault: found.fault }
}
