/**
 * What the unit does with a command: its words are decoded, and of every cache it names exactly what it says goes
 * (specification 2.4).
 *
 * Choices where the specification leaves room: a command for host translations drops every translation of the domain that
 * both tables made, as the input of those is not the address it names; one to a device without PASID drops what it keeps
 * in the range under any PASID.
 */
import { hi32, lo32 } from '../../../bits'
import type { HwContext } from '../../contract'
import type { Command } from '../../flushing'
import { drop, type IotlbScope } from '../../iotlb-entries'
import { type StructLayout, structField } from '../../struct'
import { dropTags, tagWord } from '../../tag-cache'
import * as layouts from './commands.data'
import type { AmdState } from './state'

interface Executing {
  readonly ctx: HwContext
  readonly state: AmdState
  readonly words: readonly bigint[]
  readonly field: (name: string) => number
}

type Run = (at: Executing) => number

const BY_TYPE = new Map([...layouts.COMMAND_TYPES].map(([layout, type]) => [type, layout]))

/** Runs one command; returns how many entries went. */
export function execute(ctx: HwContext, state: AmdState, { words }: Command): number {
  const layout = BY_TYPE.get(Number((words[0] ?? 0n) >> 60n))
  const run = layout === undefined ? undefined : RUNS.get(layout)
  if (layout === undefined || run === undefined) return 0
  const field = (name: string) => Number(structField(layout, words, name))
  return run({ ctx, state, words, field })
}

/** The pages that S and the address name; none left out: everything. */
function pagesNamed(address: bigint, sized: boolean): IotlbScope {
  const page = address >> 12n
  if (!sized) return { firstPage: Number(page), lastPage: Number(page) }
  let ones = 0n
  while (((page >> ones) & 1n) === 1n) ones++
  if (ones >= 51n) return {}
  const pages = 2n << ones
  const first = page & ~(pages - 1n)
  return { firstPage: Number(first), lastPage: Number(first + pages - 1n) }
}

const rangeOf = ({ field, words }: Executing): IotlbScope =>
  pagesNamed((words[1] ?? 0n) & ~0xfffn, field('S') === 1)

const pages: Run = at => {
  const { ctx, state, field } = at
  const domain = field('DomainID')
  if (field('GN') === 1) return drop(ctx.bulk, state.iotlb, { domain, pasid: field('PASID'), ...rangeOf(at) })
  const host = drop(ctx.bulk, state.iotlb, { domain, pasid: null, ...rangeOf(at) })
  return host + drop(ctx.bulk, state.iotlb, { domain, nested: true })
}

const iotlbPages: Run = at => {
  const { ctx, state, field } = at
  const pasid = (field('PASID_15_8') << 8) | field('PASID_7_0')
  const tag = field('GN') === 1 ? { pasid } : {}
  return drop(ctx.bulk, state.deviceTlb, { domain: field('DeviceID'), ...tag, ...rangeOf(at) })
}

const devtab: Run = ({ ctx, state, field }) => {
  const { data } = ctx.bulk.words
  return dropTags(ctx.bulk, state.dtes, at => tagWord(data, at, 0) === field('DeviceID'))
}

const all: Run = ({ ctx, state }) =>
  dropTags(ctx.bulk, state.dtes, () => true) + drop(ctx.bulk, state.iotlb, {})

/** Data is stored where the command says once all before it are done, which here they are. */
const wait: Run = ({ ctx, field, words }) => {
  const data = words[1] ?? 0n
  if (field('s') === 1) ctx.bulk.memory.write64(field('StoreAddress'), lo32(data), hi32(data))
  return 0
}

const RUNS: ReadonlyMap<StructLayout, Run> = new Map([
  [layouts.COMPLETION_WAIT, wait],
  [layouts.INVALIDATE_DEVTAB_ENTRY, devtab],
  [layouts.INVALIDATE_IOMMU_PAGES, pages],
  [layouts.INVALIDATE_IOTLB_PAGES, iotlbPages],
  [layouts.INVALIDATE_IOMMU_ALL, all],
])
