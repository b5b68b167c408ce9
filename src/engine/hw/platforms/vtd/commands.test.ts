import { describe, expect, it } from 'vitest'
import vectors from '../../../vectors/hardware.json'
import type { Command } from '../../flushing'
import * as vtd from './commands'

const target = { sid: 0x18, pfsid: 0x18, depth: 0 }
const response = { rid: 0x18, pasid: 0x123, group: 5 }

const COMMANDS: Record<keyof (typeof vectors)['VTD-QI'], Command> = {
  'context-cache, device-selective DID5 SID 0x0018 FM0': vtd.contextCacheDevice(5, 0x18),
  'context-cache, global': vtd.contextCacheGlobal(),
  'IOTLB page-selective DID5 IOVA 0x2000 AM0 DR DW': vtd.iotlbPages(5, { address: 0x2000n, am: 0 }),
  'IOTLB page-selective DID5 16 KiB at 0x4000 (AM2), IH=1': vtd.iotlbPages(5, {
    address: 0x4000n,
    am: 2,
    leafOnly: true,
  }),
  'IOTLB domain-selective DID5 DR DW': vtd.iotlbDomain(5),
  'IOTLB global DR DW': vtd.iotlbGlobal(),
  'PASID-IOTLB page DID6 PASID 0x123 VA 0x7f1234567000 AM0': vtd.pasidIotlbPages(6, 0x123, {
    address: 0x7f1234567000n,
    am: 0,
  }),
  'PASID-IOTLB all-of-PASID DID6 PASID 0x123': vtd.pasidIotlbAll(6, 0x123),
  'PASID-cache PASID-selective DID6 PASID 0x123': vtd.pasidCacheOne(6, 0x123),
  'PASID-cache domain-selective DID6': vtd.pasidCacheDomain(6),
  'PASID-cache global': vtd.pasidCacheGlobal(),
  'dev-TLB SID 0x0018 PFSID 0x0018 qdep 0, 4 KiB at 0x4000': vtd.deviceTlb(target, {
    address: 0x4000n,
    bytesLg2: 12,
  }),
  'dev-TLB ... 8 KiB at 0x4000': vtd.deviceTlb(target, { address: 0x4000n, bytesLg2: 13 }),
  'dev-TLB ... 16 KiB at 0x4000': vtd.deviceTlb(target, { address: 0x4000n, bytesLg2: 14 }),
  'dev-TLB ... everything': vtd.deviceTlb(target, 'all'),
  'PASID-dev-TLB SID 0x0018 PASID 0x123 16 KiB at 0x4000': vtd.pasidDeviceTlb(target, 0x123, {
    address: 0x4000n,
    bytesLg2: 14,
  }),
  'wait: status write 0x2 to 0x9000, fence': vtd.wait({ address: 0x9000n, data: 2, fence: true }),
  'page group response: SID 0x0018 PASID 0x123 PRGI 5 last, success': vtd.pageGroupResponse({
    ...response,
    code: 'success',
  }),
  'page group response: ... invalid request': vtd.pageGroupResponse({ ...response, code: 'invalid' }),
  'page group response: ... response failure': vtd.pageGroupResponse({ ...response, code: 'failure' }),
}

describe('invalidation descriptors (vector VTD-QI)', () => {
  it.each(Object.entries(vectors['VTD-QI']))('%s', (name, words) => {
    const found = Object.entries(COMMANDS).find(([key]) => key === name)?.[1]
    expect(found?.words).toEqual(words.map(BigInt))
  })
})

describe('the block that covers a range', () => {
  it.each([
    [2, 2, { firstPage: 2, am: 0 }],
    [4, 7, { firstPage: 4, am: 2 }],
    [4, 6, { firstPage: 4, am: 2 }],
    [3, 4, { firstPage: 0, am: 3 }],
    [0, 0x3ffff, { firstPage: 0, am: 18 }],
    [0, 0x40000, null],
    [0x3ffff, 0x40000, null],
  ])('pages %i to %i, at most 2^18 pages', (first, last, expected) => {
    expect(vtd.coveringBlock(first, last, 18)).toEqual(expected)
  })
})

describe('the blocks that make up a range', () => {
  it.each([
    [2, 2, [[2, 0]]],
    [4, 7, [[4, 2]]],
    [
      3,
      4,
      [
        [3, 0],
        [4, 0],
      ],
    ],
    [
      1,
      14,
      [
        [1, 0],
        [2, 1],
        [4, 2],
        [8, 2],
        [12, 1],
        [14, 0],
      ],
    ],
    [
      0,
      11,
      [
        [0, 2],
        [4, 2],
        [8, 2],
      ],
    ],
  ])('pages %i to %i, 2^2 at most', (first, last, expected) => {
    expect(vtd.exactBlocks(first, last, 2).map(({ firstPage, am }) => [firstPage, am])).toEqual(expected)
  })
})
