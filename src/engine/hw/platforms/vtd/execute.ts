/**
 * What the hardware does with an invalidation descriptor: its words are decoded, and of every cache it names exactly
 * what it says goes (VT-d 6.5.2).
 *
 * Choices where the specification leaves room: a page-selective IOTLB command drops every nested translation of its
 * domain, as the input of those is not the address it names; under caching mode a PASID entry that was not present
 * goes with any command for its PASID.
 */
import { pow2 } from '../../../bits'
import type { HwContext } from '../../contract'
import type { Command } from '../../flushing'
import { drop, type IotlbScope } from '../../iotlb-entries'
import { type StructLayout, structField } from '../../struct'
import { structAt } from '../../struct-cache'
import { dropTags, type TagCache, tagWord } from '../../tag-cache'
import { absentAt } from './absent-cache'
import * as layouts from './commands.data'
import { lastPageOf, type PagingEntry, type PagingTag, pagingAt } from './paging-cache'
import type { VtdState } from './state'
import { LEGACY_CONTEXT, PASID_ENTRY } from './structures.data'

type Field = (name: string) => number
type Run = (at: Executing) => number

interface Executing {
  readonly ctx: HwContext
  readonly state: VtdState
  readonly field: Field
  /** The ADDR field, in bytes. */
  readonly address: bigint
}

/** Runs one descriptor; returns how many entries of the cache that it is for went (paging structures not counted). */
export function execute(ctx: HwContext, state: VtdState, command: Command): number {
  for (const [layout, run] of RUNS) {
    if (layouts.DESCRIPTOR_TYPES.get(layout) !== Number((command.words[0] ?? 0n) & 0xfn)) continue
    const field: Field = name => Number(structField(layout, command.words, name))
    const address = hasAddress(layout) ? structField(layout, command.words, 'ADDR') : 0n
    return run({ ctx, state, field, address })
  }
  return 0
}

const hasAddress = (layout: StructLayout): boolean => layout.fields.some(field => field.name === 'ADDR')

const GLOBAL = 1
const DOMAIN = 2
const NARROW = 3

const context: Run = ({ ctx, state, field }) => {
  const cache = state.caches.context
  const legacy = state.config.mode === 'legacy'
  const { data } = ctx.bulk.words
  const ignored = [0, 4, 6, 7][field('FM')] ?? 0
  return dropTags(ctx.bulk, cache, at => {
    if (field('G') === GLOBAL) return true
    if (legacy && domainOf(ctx, cache, at) !== field('DID')) return false
    return field('G') === DOMAIN || ((tagWord(data, at, 0) ^ field('SID')) & ~ignored) === 0
  })
}

/** Of a legacy context entry; 0 for one that was not present. */
function domainOf(ctx: HwContext, cache: TagCache, at: number): number {
  const { words } = structAt(ctx.bulk.words.data, cache, at, LEGACY_CONTEXT.words)
  return structField(LEGACY_CONTEXT, words, 'P') === 0n
    ? 0
    : Number(structField(LEGACY_CONTEXT, words, 'DID'))
}

const pasidCache: Run = ({ ctx, state, field }) => {
  const cache = state.caches.pasid
  const { data } = ctx.bulk.words
  return dropTags(ctx.bulk, cache, at => {
    if (field('G') === NARROW) return true
    if (field('G') === 1 && tagWord(data, at, 1) !== field('PASID')) return false
    const { words } = structAt(data, cache, at, PASID_ENTRY.words)
    if (structField(PASID_ENTRY, words, 'P') === 0n) return true
    return Number(structField(PASID_ENTRY, words, 'DID')) === field('DID')
  })
}

const iotlb: Run = at => {
  const { ctx, state, field } = at
  const domain = field('DID')
  const scope: IotlbScope =
    field('G') === GLOBAL ? {} : field('G') === DOMAIN ? { domain } : { domain, ...pagesOf(at), pasid: null }
  dropPaging(at, (tag, entry) => pagingNamed(at, scope, tag, entry))
  const nested = field('G') === NARROW ? drop(ctx.bulk, state.iotlb, { domain, nested: true }) : 0
  return drop(ctx.bulk, state.iotlb, scope) + nested + dropAbsent(at, scope)
}

/** The paging structures that an IOTLB command names. IH = 1 leaves those that only lead to what it names. */
function pagingNamed({ field }: Executing, scope: IotlbScope, tag: PagingTag, entry: PagingEntry): boolean {
  if (scope.domain !== undefined && tag.domain !== scope.domain) return false
  if (field('G') !== NARROW) return true
  return tag.stage === 'first' ? tag.nested : field('IH') === 0 && meets(entry, scope)
}

const pasidIotlb: Run = at => {
  const { ctx, state, field } = at
  const tags = { domain: field('DID'), pasid: field('PASID') }
  const scope = field('G') === DOMAIN ? tags : { ...tags, ...pagesOf(at) }
  dropPaging(at, (tag, entry) => {
    if (tag.stage !== 'first' || tag.domain !== tags.domain || tag.pasid !== tags.pasid) return false
    return field('G') === DOMAIN || (field('IH') === 0 && meets(entry, scope))
  })
  return drop(ctx.bulk, state.iotlb, scope)
}

/** The 2^AM pages from ADDR. */
function pagesOf({ field, address }: Executing): { firstPage: number; lastPage: number } {
  const firstPage = Number(address >> 12n)
  return { firstPage, lastPage: firstPage + pow2(field('AM')) - 1 }
}

const meets = (entry: PagingEntry, { firstPage, lastPage }: IotlbScope): boolean =>
  (firstPage === undefined || firstPage <= lastPageOf(entry)) &&
  (lastPage === undefined || entry.page <= lastPage)

function dropPaging({ ctx, state }: Executing, named: (tag: PagingTag, entry: PagingEntry) => boolean): void {
  const cache = state.caches.paging
  dropTags(ctx.bulk, cache, at => {
    const { tag, entry } = pagingAt(ctx.bulk.words.data, cache, at)
    return named(tag, entry)
  })
}

function dropAbsent({ ctx, state }: Executing, scope: IotlbScope): number {
  return dropTags(ctx.bulk, state.caches.absent, at => {
    const { domain, page } = absentAt(ctx.bulk.words.data, at)
    if (scope.domain !== undefined && scope.domain !== domain) return false
    return (scope.firstPage ?? 0) <= page && page <= (scope.lastPage ?? page)
  })
}

/** Without a PASID it names what the device keeps for requests without PASID. */
const deviceTlb: Run = at => {
  const range = at.field('S') === 1 ? sizedRange(at.address) : onePage(at.address)
  return drop(at.ctx.bulk, at.state.caches.deviceTlb, { domain: at.field('SID'), pasid: null, ...range })
}

const pasidDeviceTlb: Run = at => {
  const range = at.field('S') === 1 ? sizedRange(at.address) : onePage(at.address)
  const every = at.field('GL') === 1 ? { tagged: true as const } : { pasid: at.field('PASID') }
  return drop(at.ctx.bulk, at.state.caches.deviceTlb, { domain: at.field('SID'), ...every, ...range })
}

const onePage = (address: bigint): IotlbScope => {
  return { firstPage: Number(address >> 12n), lastPage: Number(address >> 12n) }
}

/** S = 1: the ones from bit 12 up say the size: 8 KiB doubled for each. All of them: everything. */
function sizedRange(address: bigint): IotlbScope {
  const page = address >> 12n
  let ones = 0n
  while (((page >> ones) & 1n) === 1n) ones++
  if (ones >= 51n) return {}
  const pages = 2n << ones
  const first = page & ~(pages - 1n)
  return { firstPage: Number(first), lastPage: Number(first + pages - 1n) }
}

/** Status data is written where the descriptor says once all before it are done, which here they are. */
const wait: Run = ({ ctx, field }) => {
  if (field('SW') === 1) {
    const { memory, words } = ctx.bulk
    words.set(memory.ownWord(field('SA')), field('SD') | 0)
  }
  return 0
}

const RUNS: ReadonlyMap<StructLayout, Run> = new Map([
  [layouts.CONTEXT_CACHE_INVALIDATE, context],
  [layouts.IOTLB_INVALIDATE, iotlb],
  [layouts.DEVICE_TLB_INVALIDATE, deviceTlb],
  [layouts.WAIT, wait],
  [layouts.PASID_IOTLB_INVALIDATE, pasidIotlb],
  [layouts.PASID_CACHE_INVALIDATE, pasidCache],
  [layouts.PASID_DEVICE_TLB_INVALIDATE, pasidDeviceTlb],
])
