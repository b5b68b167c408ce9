/**
 * What the unit does with a command: its words are decoded, and of every cache it names exactly what it says goes
 * (IHI 0070 chapter 4). PRI_RESP and RESUME answer requests, in requests.ts; nothing here issues STALL_TERM.
 *
 * Choices where the specification leaves room: CFGI_STE takes the stream's CDs with it; commands for EL2 find nothing,
 * as no stream here is EL2; TTL and LEAF change nothing, as only whole translations are cached.
 */
import { pow2 } from '../../../bits'
import type { HwContext } from '../../contract'
import type { Command } from '../../flushing'
import { drop, type IotlbScope } from '../../iotlb-entries'
import { type StructLayout, structField } from '../../struct'
import { dropTags, type TagCache, tagWord } from '../../tag-cache'
import { ANY_ASID } from './answer'
import * as layouts from './commands.data'
import type { SmmuState } from './state'

interface Executing {
  readonly ctx: HwContext
  readonly state: SmmuState
  readonly field: (name: string) => number
  /** The ADDR field in pages. */
  readonly page: number
}

type Run = (at: Executing) => number

const BY_OPCODE = new Map([...layouts.OPCODES].map(([layout, opcode]) => [opcode, layout]))

/** Runs one command; returns how many entries went. A command that is none does nothing. */
export function execute(ctx: HwContext, state: SmmuState, { words }: Command): number {
  const layout = BY_OPCODE.get(Number((words[0] ?? 0n) & 0xffn))
  const run = layout === undefined ? undefined : RUNS.get(layout)
  if (layout === undefined || run === undefined) return 0
  const field = (name: string) => Number(structField(layout, words, name))
  const page = Number((words[1] ?? 0n) >> 12n)
  return run({ ctx, state, field, page })
}

function dropStructs(
  { ctx, state }: Executing,
  named: (sid: number, ssid: number | null) => boolean,
): number {
  const { data } = ctx.bulk.words
  const of = (cache: TagCache, ssidAt: number | null) =>
    dropTags(ctx.bulk, cache, at =>
      named(tagWord(data, at, 0), ssidAt === null ? null : tagWord(data, at, ssidAt)),
    )
  return of(state.caches.ste, null) + of(state.caches.cd, 1)
}

const ste: Run = at => dropStructs(at, sid => sid === at.field('SID'))

/** 2^(RANGE+1) streams, aligned; 31: all. */
const steRange: Run = at => {
  const size = pow2(at.field('RANGE') + 1)
  const first = Math.floor(at.field('SID') / size) * size
  return dropStructs(at, sid => first <= sid && sid < first + size)
}

const cd: Run = at => dropStructs(at, (sid, ssid) => sid === at.field('SID') && ssid === at.field('SSID'))

const cdAll: Run = at => dropStructs(at, (sid, ssid) => sid === at.field('SID') && ssid !== null)

const dropTlb = ({ ctx, state }: Executing, scope: IotlbScope): number =>
  drop(ctx.bulk, state.caches.tlb, scope)

const pagesNamed = ({ field, page }: Executing): IotlbScope => {
  const pages = field('TG') === 0 ? 1 : (field('NUM') + 1) * pow2(field('SCALE'))
  return { firstPage: page, lastPage: page + pages - 1 }
}

/** Anything stage 1 had a part in. */
const nhAll: Run = at => dropTlb(at, { domain: at.field('VMID'), tagged: true })
const nhAsid: Run = at => dropTlb(at, { domain: at.field('VMID'), pasid: at.field('ASID') })
const nhVa: Run = at => {
  const scope = { domain: at.field('VMID'), ...pagesNamed(at) }
  return dropTlb(at, { ...scope, pasid: at.field('ASID') }) + dropTlb(at, { ...scope, pasid: ANY_ASID })
}
const nhVaa: Run = at => dropTlb(at, { domain: at.field('VMID'), tagged: true, ...pagesNamed(at) })
const s12VmAll: Run = at => dropTlb(at, { domain: at.field('VMID') })
/** Stage 2 alone: what both stages made goes by NH_ALL. */
const s2Ipa: Run = at => dropTlb(at, { domain: at.field('VMID'), pasid: null, ...pagesNamed(at) })
const nsnhAll: Run = at => dropTlb(at, {})
const nothing: Run = () => 0

const WHOLE = 52

const atcInv: Run = at => {
  const { ctx, state, field } = at
  const size = field('SIZE')
  const first = Math.floor(at.page / pow2(size)) * pow2(size)
  const range = size >= WHOLE ? {} : { firstPage: first, lastPage: first + pow2(size) - 1 }
  const pasid = field('SSV') === 0 || field('GLOBAL') === 1 ? {} : { pasid: field('SSID') }
  return drop(ctx.bulk, state.caches.deviceTlb, { domain: field('SID'), ...pasid, ...range })
}

const RUNS: ReadonlyMap<StructLayout, Run> = new Map([
  [layouts.PREFETCH_CFG, nothing],
  [layouts.CFGI_STE, ste],
  [layouts.CFGI_STE_RANGE, steRange],
  [layouts.CFGI_CD, cd],
  [layouts.CFGI_CD_ALL, cdAll],
  [layouts.TLBI_NH_ALL, nhAll],
  [layouts.TLBI_NH_ASID, nhAsid],
  [layouts.TLBI_NH_VA, nhVa],
  [layouts.TLBI_NH_VAA, nhVaa],
  [layouts.TLBI_EL2_ALL, nothing],
  [layouts.TLBI_EL2_ASID, nothing],
  [layouts.TLBI_EL2_VA, nothing],
  [layouts.TLBI_S12_VMALL, s12VmAll],
  [layouts.TLBI_S2_IPA, s2Ipa],
  [layouts.TLBI_NSNH_ALL, nsnhAll],
  [layouts.ATC_INV, atcInv],
  [layouts.SYNC, nothing],
])
