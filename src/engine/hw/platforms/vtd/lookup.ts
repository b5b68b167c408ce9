/**
 * From a request to what translates it: root, context, and in scalable mode PASID directory and entry, out of the
 * context and PASID caches or read from memory, and checked in that order (VT-d 3.4, 6.2.2, 7.1.3).
 *
 * Not modelled: unreadable memory.
 */
import { hi32, lo32 } from '../../../bits'
import type { HwContext, Reference } from '../../contract'
import { configReference, readStruct } from '../../memory-struct'
import { ridText, tellCacheOp } from '../../reports'
import { reservedBitsSet, type StructLayout, structField } from '../../struct'
import { type CachedStruct, findStruct, keepStruct } from '../../struct-cache'
import type { TagCache } from '../../tag-cache'
import { HAW } from './config'
import {
  contextEntryAt,
  contextLayout,
  directoryEntryAt,
  pasidEntryAt,
  rootEntryAt,
  rootView,
} from './entries'
import type { FaultCondition } from './faults.data'
import type { VtdState } from './state'
import { LAYOUTS, PASID_DIRECTORY_ENTRY, PASID_ENTRY, SCALABLE_CONTEXT } from './structures.data'
import { targetOfContext, targetOfPasidEntry, type VtdTarget } from './target'

export interface VtdLookup {
  readonly target: VtdTarget | FaultCondition
  readonly references: readonly Reference[]
  /** An entry on the way says that qualified faults are not recorded. */
  readonly fpd: boolean
  /** The device may ask for pages: its context entry has DTE and PRE. */
  readonly pageRequests: boolean
}

export interface Requester {
  readonly rid: number
  readonly pasid: number | null
  /** Whether caches may answer, and whether they are filled. */
  readonly cached: boolean
  readonly commit: boolean
}

type Words = readonly bigint[]

export function lookupConfig(ctx: HwContext, state: VtdState, from: Requester): VtdLookup {
  const reads: Reads = { ctx, state, from, references: [], fpd: false }
  const context =
    state.config.mode === 'legacy' && from.pasid !== null ? 'pasid-in-legacy' : contextFor(reads)
  const scalable = state.config.mode === 'scalable'
  const target =
    typeof context === 'string' ? context : (scalable ? viaPasid : viaContext)(reads, context.words)
  const pageRequests = scalable && typeof context !== 'string' && canAskForPages(context.words)
  return { target, references: reads.references, fpd: reads.fpd, pageRequests }
}

/** The context entry alone, for what is judged by it alone: translated requests and page requests. */
export function lookupContext(
  ctx: HwContext,
  state: VtdState,
  from: Requester,
): Omit<VtdLookup, 'target' | 'pageRequests'> & { readonly context: Words | FaultCondition } {
  const reads: Reads = { ctx, state, from, references: [], fpd: false }
  const found = contextFor(reads)
  const context = typeof found === 'string' ? found : found.words
  return { context, references: reads.references, fpd: reads.fpd }
}

const canAskForPages = (context: Words): boolean =>
  ['DTE', 'PRE'].every(name => structField(SCALABLE_CONTEXT, context, name) === 1n)

/** The entries read for one request, and what they said about recording faults. */
interface Reads {
  readonly ctx: HwContext
  readonly state: VtdState
  readonly from: Requester
  readonly references: Reference[]
  fpd: boolean
}

function read(reads: Reads, layout: StructLayout, hpa: number): Words {
  const words = readStruct(reads.ctx, layout, hpa)
  reads.references.push(configReference(layout, hpa, words))
  reads.fpd ||= saysFpd(layout, words)
  return words
}

const saysFpd = (layout: StructLayout, words: Words): boolean =>
  judged.get(layout)?.fpd === true && structField(layout, words, 'FPD') === 1n

/** Pointers beyond the host address width count as reserved bits. */
const malformed = (layout: StructLayout, words: Words): boolean =>
  reservedBitsSet(layout, words) || judged.get(layout)?.pointers.some(word => tooFar(words[word])) === true

const tooFar = (word: bigint | undefined): boolean => (word ?? 0n) >> BigInt(HAW) !== 0n

/** Of each structure: whether it has FPD, and which words end in a pointer. */
const judged = new Map(
  LAYOUTS.map(layout => {
    const pointers = layout.fields.filter(field => field.pointer).map(field => field.word)
    return [layout, { fpd: layout.fields.some(field => field.name === 'FPD'), pointers }]
  }),
)

/** One of the two caches of structures, with the tag of this request. */
interface Slot {
  readonly which: 'context' | 'pasid'
  readonly cache: TagCache
  readonly layout: StructLayout
  readonly tag: readonly number[]
  readonly name: string
}

/** A structure out of its cache, or null where it is not there or not asked. */
function recall(reads: Reads, slot: Slot): CachedStruct | null {
  const { ctx, from } = reads
  if (!from.cached) return null
  const known = findStruct(ctx.bulk.words.data, slot.cache, slot.tag, slot.layout.words)
  const stale = known?.words.some((word, k) => !sameWord(ctx, known.hpa + k * 8, word))
  tellCacheOp(ctx, slot.which, known === null ? 'miss' : stale ? 'stale-hit' : 'hit', slot.name)
  if (known !== null) reads.fpd ||= known.fpd || saysFpd(slot.layout, known.words)
  return known
}

const sameWord = ({ bulk: { memory } }: HwContext, hpa: number, word: bigint): boolean =>
  memory.readLo(hpa) === lo32(word) && memory.readHi(hpa) === hi32(word)

/** Keeps what may be kept: entries in order, and under caching mode those that are not present. */
function keep(reads: Reads, slot: Slot, found: CachedStruct): void {
  const { ctx, from, state } = reads
  const present = structField(slot.layout, found.words, 'P') === 1n
  const cacheable = present ? !malformed(slot.layout, found.words) : state.config.cachingMode
  if (!from.cached || !from.commit || !cacheable) return
  if (keepStruct(ctx.bulk, slot.cache, slot.tag, found)) tellCacheOp(ctx, slot.which, 'evict', 'in turn')
  tellCacheOp(ctx, slot.which, 'fill', slot.name)
}

function contextFor(reads: Reads): CachedStruct | FaultCondition {
  const { state, from } = reads
  const layout = contextLayout(state)
  const { context: cache } = state.caches
  const slot: Slot = { which: 'context', cache, layout, tag: [from.rid], name: ridText(from.rid) }
  const known = recall(reads, slot)
  const found = known ?? readContext(reads, layout)
  if (typeof found === 'string') return found
  if (known === null) keep(reads, slot, found)
  if (structField(layout, found.words, 'P') === 0n) return 'context-not-present'
  return malformed(layout, found.words) ? 'context-reserved' : found
}

function readContext(reads: Reads, context: StructLayout): CachedStruct | FaultCondition {
  const { state, from } = reads
  const { layout, present, pointer } = rootView(state, from.rid)
  const root = read(reads, layout, rootEntryAt(state, from.rid))
  if (structField(layout, root, present) === 0n) return 'root-not-present'
  if (malformed(layout, root)) return 'root-reserved'
  const hpa = contextEntryAt(state, Number(structField(layout, root, pointer)), from.rid)
  return { hpa, words: read(reads, context, hpa), fpd: false }
}

const viaContext = ({ state }: Reads, context: Words): VtdTarget | FaultCondition =>
  targetOfContext(state.config, context) ?? 'context-invalid'

function viaPasid(reads: Reads, context: Words): VtdTarget | FaultCondition {
  const { from, state } = reads
  const field = (name: string) => Number(structField(SCALABLE_CONTEXT, context, name))
  if (from.pasid !== null && field('PASIDE') === 0) return 'pasid-disabled'
  const pasid = from.pasid ?? field('RID_PASID')
  if (pasid >= 2 ** (field('PDTS') + 13))
    return from.pasid === null ? 'rid-pasid-beyond-directory' : 'pasid-beyond-directory'
  const entry = pasidEntryFor(reads, field('PASIDDIRPTR'), pasid)
  if (typeof entry === 'string') return entry
  if (structField(PASID_ENTRY, entry.words, 'P') === 0n) return 'pasid-not-present'
  if (malformed(PASID_ENTRY, entry.words)) return 'pasid-reserved'
  return targetOfPasidEntry(state.config, entry.words, pasid) ?? 'pasid-invalid'
}

function pasidEntryFor(reads: Reads, directory: number, pasid: number): CachedStruct | FaultCondition {
  const { rid } = reads.from
  const cache = reads.state.caches.pasid
  const name = `${ridText(rid)} PASID ${pasid}`
  const slot: Slot = { which: 'pasid', cache, layout: PASID_ENTRY, tag: [rid, pasid], name }
  const known = recall(reads, slot)
  const found = known ?? readPasidEntry(reads, directoryEntryAt(directory, pasid), pasid)
  if (typeof found !== 'string' && known === null) keep(reads, slot, found)
  return found
}

function readPasidEntry(reads: Reads, directoryEntry: number, pasid: number): CachedStruct | FaultCondition {
  const layout = PASID_DIRECTORY_ENTRY
  const directory = read(reads, layout, directoryEntry)
  if (structField(layout, directory, 'P') === 0n) return 'directory-not-present'
  if (malformed(layout, directory)) return 'directory-reserved'
  const hpa = pasidEntryAt(Number(structField(layout, directory, 'SMPTBLPTR')), pasid)
  return { hpa, words: read(reads, PASID_ENTRY, hpa), fpd: saysFpd(layout, directory) }
}
