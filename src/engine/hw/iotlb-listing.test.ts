import { describe, expect, it } from 'vitest'
import { createBulk } from '../mem'
import { createIotlb, drop, fill } from './iotlb-entries'
import { iotlbListing } from './iotlb-listing'

const page4k = { domain: 2, pasid: null, perm: 3, pageLg2: 12 } as const

describe('the IOTLB as a listing', () => {
  it('lists entries by domain and address, with what each claims', () => {
    const bulk = createBulk()
    const base = createIotlb(bulk)
    fill(bulk, base, { ...page4k, page: 0x300, output: 0x14_0000 })
    fill(bulk, base, { ...page4k, domain: 1, page: 0x200, output: 0x800, pageLg2: 21, perm: 1 })
    fill(bulk, base, { ...page4k, page: 0x2, output: 0x7, pasid: 5 })
    const listing = iotlbListing(bulk, base)
    expect(listing.columns.map(column => column.title)).toEqual([
      'domain',
      'PASID',
      'IOVA',
      'HPA',
      'rights',
      'size',
    ])
    expect(listing.rows.map(row => row.cells)).toEqual([
      [1, null, 0x20_0000n, 0x80_0000n, 'r', 2 ** 21],
      [2, null, 0x30_0000n, 0x1_4000_0000n, 'rw', 4096],
      [2, 5, 0x2000n, 0x7000n, 'rw', 4096],
    ])
    expect(listing.rows[0]?.claim).toEqual({
      kind: 'translation',
      domain: 1,
      pasid: null,
      address: 0x20_0000n,
      output: 0x80_0000n,
      perm: 1,
      pageLg2: 21,
    })
  })

  it('an entry that is dropped is no longer listed', () => {
    const bulk = createBulk()
    const base = createIotlb(bulk)
    fill(bulk, base, { ...page4k, page: 1, output: 1 })
    fill(bulk, base, { ...page4k, domain: 3, page: 1, output: 1 })
    drop(bulk, base, { domain: 2 })
    expect(iotlbListing(bulk, base).rows.map(row => row.cells[0])).toEqual([3])
  })
})
