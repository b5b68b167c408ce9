/**
 * An address space file in the place of a VFIO container. Expected: the table of worked vectors, iommufd facts 12
 * (columns compat v2 and compat v1), 2.22, and the recordings type1-compat.
 */
import { describe, expect, it } from 'vitest'
import { pinnedPages } from '../../kernel/accounting'
import { toBytes } from '../../kernel/dma'
import { GIB } from '../fixture'
import { Io } from './fixture'

class Container extends Io {
  readonly group: number

  constructor() {
    super({
      params: { mode: 'legacy' },
      devices: [
        { name: 'dev1', group: 1 },
        { name: 'dev2', rid: '0000:00:04.0', group: 2 },
      ],
    })
    this.group = this.open('/dev/vfio/1')
  }

  join(): this {
    this.must(this.group, 'VFIO_GROUP_SET_CONTAINER', { container: this.fd })
    return this
  }

  deviceFd(name: string) {
    return this.on(this.group, 'VFIO_GROUP_GET_DEVICE_FD', {}, { name: toBytes(name) })
  }

  mapDma(iova: number, size: number, more: Readonly<Record<string, number | bigint>> = {}) {
    return this.call('VFIO_IOMMU_MAP_DMA', { vaddr: GIB, iova, size, flags: 3, ...more })
  }

  /** The bytes removed, or the errno with the bytes removed before it. */
  unmapDma(iova: number | bigint, size: number | bigint, flags = 0): number | string {
    const { errno, out } = this.call('VFIO_IOMMU_UNMAP_DMA', { iova, size, flags })
    return errno === null ? Number(out?.size) : `${errno} ${out?.size ?? 'untouched'}`
  }
}

const VECTORS = [
  { iova: 0x10000, size: 0x1000, v2: 'ENOENT 0', v1: 0x1000 },
  { iova: 0x11000, size: 0x1000, v2: 'ENOENT 0', v1: 0x1000 },
  { iova: 0x10000, size: 0x14000, v2: 0x8000, v1: 0x8000 },
  { iova: 0xf000, size: 0x12000, v2: `ENOENT ${0x4000}`, v1: 0x5000 },
  { iova: 0x11000, size: 0x20000, v2: 'ENOENT 0', v1: 0x7000 },
  { iova: 0x15000, size: 0x1000, v2: 0, v1: 0 },
]

describe.each([
  { device: false, title: 'before a device opens' },
  { device: true, title: 'with a device attached' },
])('unmaps of two mappings, $title', ({ device }) => {
  function twoMappings(type: number): Container {
    const io = new Container().join()
    io.must(io.fd, 'VFIO_SET_IOMMU', { iommu_type: type })
    if (device) expect(io.deviceFd('dev1').errno).toBe(null)
    for (const iova of [0x10000, 0x20000]) expect(io.mapDma(iova, 0x4000).errno).toBe(null)
    return io
  }

  it.each(VECTORS)('TYPE1v2, $iova $size: whole areas, one after the other (compat.unmap-v2)', row => {
    const io = twoMappings(3)
    expect(io.unmapDma(row.iova, row.size)).toBe(row.v2)
    const left = 0x8000 - Number(String(row.v2).replace('ENOENT ', ''))
    expect(io.unmapDma(0, 0, 2)).toBe(left)
  })

  it.each(VECTORS)('TYPE1, $iova $size: areas are cut at both ends (compat.unmap-v1)', row => {
    const io = twoMappings(1)
    expect(io.unmapDma(row.iova, row.size)).toBe(row.v1)
    const inside = (at: number) => (at >= 0x10000 && at < 0x14000) || (at >= 0x20000 && at < 0x24000)
    const gone = (at: number) => at >= row.iova && at < row.iova + row.size
    if (device)
      for (let at = 0xf000; at < 0x26000; at += 0x1000)
        expect(io.read('dev1', BigInt(at)).startsWith('fault'), `0x${at.toString(16)}`).toBe(
          !inside(at) || gone(at),
        )
    expect(io.unmapDma(0, 0, 2)).toBe(0x8000 - row.v1)
    expect(pinnedPages(io.machine)).toBe(0)
  })
})

describe('a container of objects', () => {
  it('is one IOAS, made with the first group, that IOMMU_VFIO_IOAS names (ioas.no-compat)', () => {
    const io = new Container()
    expect(io.mapDma(0, 0x1000).rule).toBe('ioas.no-compat')
    expect(io.call('VFIO_SET_IOMMU', { iommu_type: 3 }).errno).toBe('ENODEV')
    io.join()
    expect(io.done('IOMMU_VFIO_IOAS', { op: 0 }).ioas_id).toBe(1)
    expect(io.mapDma(0, 0x1000).errno).toBe(null)
  })

  it('knows two IOMMU types, again and again (compat.iommu-type)', () => {
    const io = new Container().join()
    const set = (iommu_type: number) => io.call('VFIO_SET_IOMMU', { iommu_type })
    expect(set(99)).toMatchObject({ errno: 'EINVAL', rule: 'compat.iommu-type' })
    for (const type of [3, 3, 1]) expect(set(type).errno).toBe(null)
  })

  it('maps without any right, and takes any address before a device opens', () => {
    const io = new Container().join()
    expect(io.mapDma(0x22000, 0x1000, { flags: 0 }).errno).toBe(null)
    expect(io.mapDma(0xfee00000, 0x1000).errno).toBe(null)
    expect(io.mapDma(0x30000, 0x1000, { vaddr: 0 }).errno).toBe(null)
    expect(io.mapDma(0x40000, 0x1000, { flags: 4 }).rule).toBe('type1.flags')
    expect(io.mapDma(0x40000, 0x1000, { argsz: 24 }).rule).toBe('type1.argsz')
    expect(io.mapDma(0x40000, 0x1000, { argp: 0 }).rule).toBe('type1.argument')
  })

  it('puts no area without a right into a table (ioas.no-access)', () => {
    const io = new Container().join()
    io.deviceFd('dev1')
    expect(io.mapDma(0x22000, 0x1000, { flags: 0 })).toMatchObject({
      errno: 'EINVAL',
      rule: 'ioas.no-access',
    })
    const late = new Container().join()
    late.mapDma(0x22000, 0x1000, { flags: 0 })
    expect(late.deviceFd('dev1').rule).toBe('ioas.no-access')
  })

  it('tells ranges and page sizes; argsz always becomes what is needed', () => {
    const io = new Container().join()
    const info = (argsz: number) => io.call('VFIO_IOMMU_GET_INFO', { argsz }).out
    expect(info(4096)).toMatchObject({ argsz: 72n, iova_pgsizes: 0xffff_ffff_ffff_f000n })
    io.deviceFd('dev1')
    expect(info(16)).toEqual({ argsz: 88n, flags: 3n, iova_pgsizes: 0x40201000n, caps: [] })
    expect(info(88)).toMatchObject({
      cap_offset: 24n,
      caps: [
        { id: 3, avail: 0xffff_ffff },
        {
          id: 1,
          ranges: [
            [0n, 0xfedfffffn],
            [0xfef00000n, 0xffffffffffffn],
          ],
        },
      ],
    })
  })

  it('says what it has, DMA_CC only of tables that there are', () => {
    const io = new Container()
    const has = (extension: number) => io.call('VFIO_CHECK_EXTENSION', { extension })
    expect([1, 2, 3, 8, 9, 10].map(one => has(one).ret)).toEqual([1, 0, 1, 1, 1, 0])
    expect(has(4).errno).toBe('ENODEV')
    io.join()
    expect(has(4).ret).toBe(1)
    io.deviceFd('dev1')
    expect(has(4).ret).toBe(1)
    io.mock(1)
    expect(has(4).ret).toBe(0)
    expect(io.must(io.fd, 'VFIO_GET_API_VERSION')).toBe(0)
  })

  it('an access holds an area whole (compat.cut-pinned, compat.cut-align)', () => {
    const io = new Container().join()
    io.mapDma(0x10000, 0x4000)
    io.must(io.fd, 'VFIO_SET_IOMMU', { iommu_type: 1 })
    expect(io.call('VFIO_IOMMU_UNMAP_DMA', { iova: 0x11800, size: 0x800 }).rule).toBe('compat.cut-align')
    const access = io.done('TEST_CREATE_ACCESS', { ioas_id: 1, flags: 1 }).out_access_fd as number
    io.done('TEST_ACCESS_PAGES', { access_fd: access, iova: 0x10000, length: 0x1000, write: 0 })
    expect(io.call('VFIO_IOMMU_UNMAP_DMA', { iova: 0x12000, size: 0x1000 })).toMatchObject({
      errno: 'EINVAL',
      rule: 'compat.cut-pinned',
    })
  })
})

describe('a group on an address space file', () => {
  it('opens its devices bound and attached, and lets go with their last file (compat.devices)', () => {
    const io = new Container()
    expect(io.deviceFd('dev1').rule).toBe('vfio-group.no-container')
    io.join()
    io.mapDma(0x10000, 0x1000)
    const first = io.deviceFd('dev1').ret
    const second = io.deviceFd('dev1').ret
    expect(io.deviceFd('dev2').rule).toBe('vfio-group.no-device')
    expect(io.read('dev1', 0x10000n)).not.toMatch(/^fault/)
    io.close(first)
    expect(io.read('dev1', 0x10000n)).not.toMatch(/^fault/)
    io.close(second)
    expect(io.read('dev1', 0x10000n)).toMatch(/^fault/)
    expect(io.done('IOMMU_IOAS_ALLOC').out_ioas_id, 'numbers are given back').toBe(2)
  })

  it('leaves while devices are open, which makes it unviable until they close', () => {
    const io = new Container().join()
    const status = () => io.on(io.group, 'VFIO_GROUP_GET_STATUS').out?.flags
    expect(status()).toBe(3)
    const fd = io.deviceFd('dev1').ret
    expect(io.on(io.group, 'VFIO_GROUP_UNSET_CONTAINER').errno).toBe(null)
    expect(io.on(io.group, 'VFIO_GROUP_UNSET_CONTAINER').rule).toBe('vfio-group.no-container')
    expect(status()).toBe(0)
    io.close(fd)
    expect(status()).toBe(1)
  })

  it('and a device file of its own exclude each other', () => {
    const io = new Container()
    const file = io.open('/dev/vfio/devices/dev1')
    const bind = () => io.on(file, 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: io.fd }).errno
    expect(bind()).toBe('EBUSY')
    io.close(io.group)
    expect(bind()).toBe(null)
    expect(io.tryOpen('/dev/vfio/1').rule).toBe('open.group-device')
    expect(io.on(io.open('/dev/vfio/devices/dev2'), 'VFIO_DEVICE_GET_INFO').rule).toBe('bind.before')
  })
})
