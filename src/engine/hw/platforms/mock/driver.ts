/**
 * The driver of the kernel's test device: pages of 2 KiB and every power of two above, an aperture of its own, a
 * nested table that is four numbers, a vIOMMU whose devices have four more.
 *
 * Source: iommufd facts 5.1, 5.2. Not modelled: its region for mmap.
 */
import {
  type DomainDriver,
  type Invalidated,
  type InvalidationList,
  invalid,
  isRefused,
  type PagingShape,
  type UserData,
  unsupported,
  userStruct,
  type VirtualIommu,
  word32,
} from '../../domain-driver'
import { APERTURE, SMALL_LG2, TABLE_FORMAT, tableConfig } from './tables'

export const MOCK_DRIVER = 'selftest'

export const SELFTEST_DATA = 0xdead
export const SELFTEST_TYPE = 0xdeadbeef
export const HW_INFO_SELFTEST = 0xfeedbeef
const TEST_REGISTER = 0xdeadbeef
export const CACHE_ENTRIES = 4
export const DEVICE_CACHE_DEFAULT = 0xbaddad

const HUGE_APERTURE = { start: 0n, last: 2n ** 38n - 1n }
const QUEUES = 2
const PASID_LG2 = 20

/** What tells test devices apart; all of it is in their flags. */
export const NO_DIRTY = 1
export const WITH_PASID = 4

const bytesOf = (...words: number[]): Uint8Array => {
  const bytes = new Uint8Array(words.length * 4)
  for (const [at, word] of words.entries()) new DataView(bytes.buffer).setUint32(at * 4, word, true)
  return bytes
}

/** Both count units of 2 KiB; the second has no entries but pages of the host and of 1 MiB. */
const SHAPES: readonly Omit<PagingShape, 'table'>[] = [
  { aperture: APERTURE, granuleLg2: SMALL_LG2, unitLg2: SMALL_LG2 },
  { aperture: HUGE_APERTURE, granuleLg2: 12, unitLg2: SMALL_LG2, pageSizes: 0x10_1000n },
]

/** {u32 iotlb, u32 pagetable_type}: the first part is enough. */
const DATA = { type: SELFTEST_DATA, least: 4, most: 8 }

export const mockDriver: DomainDriver = {
  name: MOCK_DRIVER,
  device: (_config, { testFlags = 0 }) => ({
    reserved: [],
    info: { type: HW_INFO_SELFTEST, bytes: bytesOf(0, TEST_REGISTER) },
    dirtyTracking: (testFlags & NO_DIRTY) === 0,
    pasidLg2: (testFlags & WITH_PASID) === 0 ? 0 : PASID_LG2,
    ats: false,
  }),
  paging(_config, _device, { data, dirty }) {
    if (data !== null && data.type !== SELFTEST_DATA) return unsupported(`data type ${data.type}`)
    const bytes = data === null ? new Uint8Array(DATA.most) : userStruct(data, DATA)
    if (isRefused(bytes)) return bytes
    const shape = SHAPES[word32(bytes, 4)]
    if (shape === undefined) return unsupported(`page table type ${word32(bytes, 4)}`)
    return { ...shape, table: { format: TABLE_FORMAT, cfg: tableConfig(SMALL_LG2, dirty) } }
  },
  nested(_config, _device, { data }) {
    if (data.type !== SELFTEST_DATA) return unsupported(`data type ${data.type}`)
    const bytes = userStruct(data, DATA)
    if (isRefused(bytes)) return bytes
    return { guest: null, cache: Array.from({ length: CACHE_ENTRIES }, () => word32(bytes, 0)) }
  },
  attach: (_config, { testFlags = 0 }, { dirty }) =>
    dirty && testFlags & NO_DIRTY ? invalid('the device cannot track what it writes') : null,
  userPasidTables: true,
  invalidate: (_config, list, cache) => invalidateEntries(list, cache),
  viommu: (_config, type, data) => (type === SELFTEST_TYPE ? virtual(data) : null),
}

const FLAG_ALL = 1
const NESTED_ENTRY = 8
const VIRTUAL_ENTRY = 12

function invalidateEntries(list: InvalidationList, cache: readonly number[]): Invalidated {
  const stop = (done: number, now: readonly number[], refused: ReturnType<typeof invalid>) => ({
    done,
    cache: now,
    dropped: [],
    refused,
  })
  if (list.type !== SELFTEST_TYPE) return stop(0, cache, invalid(`data type ${list.type}`))
  let now = cache
  for (let done = 0; done < list.entries; done++) {
    if (list.entryBytes !== NESTED_ENTRY)
      return stop(done, now, invalid(`entries of ${list.entryBytes} bytes`))
    if (list.bytes === null) return stop(done, now, { refused: 'fault', why: 'the entries cannot be read' })
    const flags = word32(list.bytes, done * NESTED_ENTRY)
    const id = word32(list.bytes, done * NESTED_ENTRY + 4)
    if (flags & ~FLAG_ALL) return stop(done, now, unsupported(`flags ${flags}`))
    if (id >= CACHE_ENTRIES) return stop(done, now, invalid(`there is no cache entry ${id}`))
    now = now.map((value, at) => (flags & FLAG_ALL || at === id ? 0 : value))
  }
  return { done: list.entries, cache: now, dropped: [], refused: null }
}

const VIOMMU_DATA = { type: 0, least: 8, most: 24 }

function virtual(data: UserData | null): VirtualIommu | ReturnType<typeof invalid> {
  if (data !== null) {
    const bytes = userStruct({ ...data, type: 0 }, VIOMMU_DATA)
    if (isRefused(bytes)) return bytes
  }
  return {
    invalidate: invalidateVirtual,
    queues: type => (type === SELFTEST_TYPE ? { count: QUEUES, chained: true } : null),
  }
}

/** Entries may be shorter, which leaves the rest zero, and longer, whose rest must be zero. */
const invalidateVirtual: NonNullable<VirtualIommu['invalidate']> = (list, find) => {
  const changed = new Map<bigint, readonly number[]>()
  const stop = (done: number, refused: ReturnType<typeof invalid> | null) => ({
    done,
    changed: [...changed].map(([virtId, cache]) => ({ virtId, cache })),
    refused,
  })
  if (list.type !== SELFTEST_TYPE) return stop(0, invalid(`data type ${list.type}`))
  for (let done = 0; done < list.entries; done++) {
    if (list.bytes === null) return stop(0, { refused: 'fault', why: 'the entries cannot be read' })
    const entry = new Uint8Array(Math.max(VIRTUAL_ENTRY, list.entryBytes))
    entry.set(list.bytes.subarray(done * list.entryBytes, (done + 1) * list.entryBytes))
    if (entry.subarray(VIRTUAL_ENTRY).some(byte => byte !== 0))
      return stop(0, invalid('an entry is too long'))
    const [flags, virtId, id] = [word32(entry, 0), BigInt(word32(entry, 4)), word32(entry, 8)]
    if (flags & ~FLAG_ALL) return stop(done, unsupported(`flags ${flags}`))
    if (id >= CACHE_ENTRIES) return stop(done, invalid(`there is no cache entry ${id}`))
    const cache = changed.get(virtId) ?? find(virtId)
    if (cache === null) return stop(done, invalid(`no virtual device ${virtId}`))
    changed.set(
      virtId,
      cache.map((value, at) => (flags & FLAG_ALL || at === id ? 0 : value)),
    )
  }
  return stop(list.entries, null)
}
