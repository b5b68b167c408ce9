/**
 * VT-d invalidation descriptors as words, and the smallest page-selective command that covers a range.
 *
 * Models VT-d 6.5.2; which bits are where is in commands.data.ts.
 */
import type { Command } from '../../flushing'
import { encodeStruct, type FieldValues, type StructLayout } from '../../struct'
import * as descriptor from './commands.data'

function command(layout: StructLayout, values: FieldValues): Command {
  const type = descriptor.DESCRIPTOR_TYPES.get(layout) ?? 0
  return { name: layout.name, words: encodeStruct(layout, { type, ...values }) }
}

export const contextCacheGlobal = (): Command => command(descriptor.CONTEXT_CACHE_INVALIDATE, { G: 1 })

export const contextCacheDomain = (did: number): Command =>
  command(descriptor.CONTEXT_CACHE_INVALIDATE, { G: 2, DID: did })

/** One function only (FM = 0). */
export const contextCacheDevice = (did: number, sid: number): Command =>
  command(descriptor.CONTEXT_CACHE_INVALIDATE, { G: 3, DID: did, SID: sid })

const DRAIN = { DW: 1, DR: 1 }

export const iotlbGlobal = (): Command => command(descriptor.IOTLB_INVALIDATE, { G: 1, ...DRAIN })

export const iotlbDomain = (did: number): Command =>
  command(descriptor.IOTLB_INVALIDATE, { G: 2, ...DRAIN, DID: did })

/** 2^am pages of 4 KiB, aligned. */
export interface PageBlock {
  /** Byte address, a multiple of 4096 << am. */
  readonly address: bigint
  readonly am: number
  /** True where no entry above the leaves changed. */
  readonly leafOnly?: boolean
}

const pages = ({ address, am, leafOnly }: PageBlock): FieldValues => {
  return { G: 3, AM: am, IH: leafOnly === true ? 1 : 0, ADDR: address }
}

export const iotlbPages = (did: number, block: PageBlock): Command =>
  command(descriptor.IOTLB_INVALIDATE, { ...DRAIN, DID: did, ...pages(block) })

export const pasidIotlbAll = (did: number, pasid: number): Command =>
  command(descriptor.PASID_IOTLB_INVALIDATE, { G: 2, DID: did, PASID: pasid })

export const pasidIotlbPages = (did: number, pasid: number, block: PageBlock): Command =>
  command(descriptor.PASID_IOTLB_INVALIDATE, { DID: did, PASID: pasid, ...pages(block) })

export const pasidCacheGlobal = (): Command => command(descriptor.PASID_CACHE_INVALIDATE, { G: 3 })

export const pasidCacheDomain = (did: number): Command =>
  command(descriptor.PASID_CACHE_INVALIDATE, { G: 0, DID: did })

export const pasidCacheOne = (did: number, pasid: number): Command =>
  command(descriptor.PASID_CACHE_INVALIDATE, { G: 1, DID: did, PASID: pasid })

/** Whose device TLB: its requester id, and that of its physical function, which queues for all its VFs. */
export interface DeviceTlbTarget {
  readonly sid: number
  readonly pfsid: number
  /** Invalidations the device takes at once; 0 means 32. */
  readonly depth: number
}

/** A naturally aligned block of at least 4 KiB, or everything. */
export type DeviceTlbBlock = { readonly address: bigint; readonly bytesLg2: number } | 'all'

export const deviceTlb = (target: DeviceTlbTarget, block: DeviceTlbBlock): Command =>
  command(descriptor.DEVICE_TLB_INVALIDATE, { ...targetFields(target), ...sized(block) })

export const pasidDeviceTlb = (target: DeviceTlbTarget, pasid: number, block: DeviceTlbBlock): Command =>
  command(descriptor.PASID_DEVICE_TLB_INVALIDATE, { ...targetFields(target), PASID: pasid, ...sized(block) })

/** Every PASID of the device. */
export const pasidDeviceTlbGlobal = (target: DeviceTlbTarget, block: DeviceTlbBlock): Command =>
  command(descriptor.PASID_DEVICE_TLB_INVALIDATE, { ...targetFields(target), GL: 1, ...sized(block) })

const targetFields = ({ sid, pfsid, depth }: DeviceTlbTarget): FieldValues => {
  return { SID: sid, PFSID_3_0: pfsid & 0xf, PFSID_15_4: pfsid >> 4, MIP: depth }
}

/** S = 1 puts the size in the address: ones from bit 12 up, as many as 8 KiB must double, then a zero. */
function sized(block: DeviceTlbBlock): FieldValues {
  if (block === 'all') return { S: 1, ADDR: 0x7fff_ffff_ffff_f000n }
  if (block.bytesLg2 <= 12) return { S: 0, ADDR: block.address }
  const ones = (1n << BigInt(block.bytesLg2 - 1)) - 1n
  return { S: 1, ADDR: block.address | (ones & ~0xfffn) }
}

export const wait = (status: { address: bigint; data: number; fence: boolean }): Command =>
  command(descriptor.WAIT, { SW: 1, FN: status.fence ? 1 : 0, SD: status.data, SA: status.address })

/** A fence that also waits until page requests on their way have reached the queue. */
export const drainWait = (): Command => command(descriptor.WAIT, { FN: 1, PD: 1 })

export const RESPONSE_CODES = { success: 0, invalid: 1, failure: 15 } as const

export interface PageGroupResponse {
  readonly rid: number
  readonly pasid: number | null
  readonly group: number
  readonly code: keyof typeof RESPONSE_CODES
}

export function pageGroupResponse({ rid, pasid, group, code }: PageGroupResponse): Command {
  const tag = pasid === null ? {} : { PASIDP: 1, PASID: pasid }
  const words = { RID: rid, PRGI: group, LPIG: 1, code: RESPONSE_CODES[code], ...tag }
  return command(descriptor.PAGE_GROUP_RESPONSE, words)
}

export { type CoveringBlock, coveringBlock, exactBlocks } from '../../covering-block'
