/** AMD-Vi commands as words; which bits are where is in commands.data.ts. */
import type { Command } from '../../flushing'
import { encodeStruct, type FieldValues, type StructLayout } from '../../struct'
import * as layout from './commands.data'

const command = (of: StructLayout, values: FieldValues = {}): Command => ({
  name: of.name,
  words: encodeStruct(of, { type: layout.COMMAND_TYPES.get(of) ?? 0, ...values }),
})

/** Waits for the commands before it; stores data where that is asked for. */
export const completionWait = (store?: { readonly address: bigint; readonly data: bigint }): Command =>
  command(
    layout.COMPLETION_WAIT,
    store === undefined ? {} : { s: 1, StoreAddress: store.address, Data: store.data },
  )

export const invalidateDevtab = (rid: number): Command =>
  command(layout.INVALIDATE_DEVTAB_ENTRY, { DeviceID: rid })

/** A naturally aligned block of 2^pagesLg2 pages, or everything. */
export type Block = { readonly address: bigint; readonly pagesLg2: number } | 'all'

/** S = 1 puts the size in the address: the lowest 0 at or above bit 12 is half of it. */
function sized(block: Block): FieldValues {
  if (block === 'all') return { S: 1, Address: 0x7fff_ffff_ffff_f000n }
  if (block.pagesLg2 === 0) return { Address: block.address }
  const ones = (1n << BigInt(block.pagesLg2 + 11)) - 1n
  return { S: 1, Address: block.address | (ones & ~0xfffn) }
}

/** `pasid` null: host translations of the domain. `leafOnly`: nothing above the leaves changed. */
export const invalidatePages = (
  domain: number,
  pasid: number | null,
  block: Block,
  { leafOnly = false }: { readonly leafOnly?: boolean } = {},
): Command =>
  command(layout.INVALIDATE_IOMMU_PAGES, {
    DomainID: domain,
    PDE: leafOnly ? 0 : 1,
    ...(pasid === null ? {} : { PASID: pasid, GN: 1 }),
    ...sized(block),
  })

/** What a device keeps itself. */
export const invalidateIotlb = (rid: number, pasid: number | null, block: Block): Command =>
  command(layout.INVALIDATE_IOTLB_PAGES, {
    DeviceID: rid,
    QueueID: rid,
    ...(pasid === null ? {} : { GN: 1, PASID_15_8: pasid >> 8, PASID_7_0: pasid & 0xff }),
    ...sized(block),
  })

export const PPR_CODES = { success: 0, invalid: 1, failure: 15 } as const

export const completePpr = (
  rid: number,
  pasid: number | null,
  answer: { readonly tag: number; readonly code: keyof typeof PPR_CODES },
): Command =>
  command(layout.COMPLETE_PPR_REQUEST, {
    DeviceID: rid,
    ...(pasid === null ? {} : { PASID: pasid, GN: 1 }),
    Tag: answer.tag,
    Status: PPR_CODES[answer.code],
  })

export const invalidateAll = (): Command => command(layout.INVALIDATE_IOMMU_ALL)
