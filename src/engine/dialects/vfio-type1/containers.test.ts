/**
 * Groups and containers. Expected values: iommufd facts 7.1 and 7.4, and the recordings type1_container and
 * type1_two_groups.
 */
import { describe, expect, it } from 'vitest'
import { pinnedPages } from '../../kernel/accounting'
import { PAGE, Type1, VADDR } from './fixture'

const errnoOf = (type1: Type1, fd: number, command: string, fields = {}) =>
  type1.bench.ioctl(fd, command, fields).errno

describe('a group', () => {
  it('opens once, and only where it has devices (open.no-group, open.group-twice)', () => {
    const type1 = new Type1()
    expect(type1.bench.tryOpen('/dev/vfio/9')).toMatchObject({ errno: 'ENOENT', rule: 'open.no-group' })
    const fd = type1.bench.open('/dev/vfio/1')
    expect(type1.bench.tryOpen('/dev/vfio/1')).toMatchObject({ errno: 'EBUSY', rule: 'open.group-twice' })
    type1.bench.close(fd)
    expect(type1.bench.tryOpen('/dev/vfio/1').errno).toBe(null)
  })

  it('joins one container and leaves it (vfio-group.container-set, vfio-group.no-container)', () => {
    const type1 = new Type1()
    const group = type1.bench.open('/dev/vfio/1')
    expect(type1.call('VFIO_GROUP_UNSET_CONTAINER', {}, group)).toBe('vfio-group.no-container')
    expect(errnoOf(type1, group, 'VFIO_GROUP_SET_CONTAINER', { container: 99 })).toBe('EBADF')
    expect(errnoOf(type1, group, 'VFIO_GROUP_SET_CONTAINER', { container: group })).toBe('EBADFD')
    expect(type1.call('VFIO_GROUP_SET_CONTAINER', { container: group }, group)).toBe('container.bad-file')
    expect(type1.call('VFIO_GROUP_SET_CONTAINER', { container: type1.container }, group)).toBe('ok')
    const again = { container: type1.container }
    expect(type1.call('VFIO_GROUP_SET_CONTAINER', again, group)).toBe('vfio-group.container-set')
    expect(type1.call('VFIO_GROUP_UNSET_CONTAINER', {}, group)).toBe('ok')
  })

  it('tells whether it is viable and in a container', () => {
    const type1 = new Type1()
    const group = type1.bench.open('/dev/vfio/1')
    const flags = () => type1.bench.ioctl(group, 'VFIO_GROUP_GET_STATUS').out?.flags
    expect(flags()).toBe(1)
    type1.bench.must(group, 'VFIO_GROUP_SET_CONTAINER', { container: type1.container })
    expect(flags()).toBe(3)
  })

  it('gives out files of its devices only under a driver (vfio-group.no-device)', () => {
    const type1 = new Type1()
    const group = type1.bench.open('/dev/vfio/1')
    expect(type1.deviceFd(group, 'dev2')).toMatchObject({ errno: 'ENODEV', rule: 'vfio-group.no-device' })
    expect(type1.deviceFd(group, 'dev1').rule).toBe('vfio-group.no-container')
    type1.bench.must(group, 'VFIO_GROUP_SET_CONTAINER', { container: type1.container })
    expect(type1.deviceFd(group, 'dev1')).toMatchObject({ errno: 'EINVAL', rule: 'container.no-iommu' })
    type1.bench.must(type1.container, 'VFIO_SET_IOMMU', { iommu_type: 3 })
    expect(type1.deviceFd(group, '0000:00:03.0').errno).toBe(null)
  })

  it('is kept by the files of its devices (group.kept, vfio-group.devices-open)', () => {
    const type1 = new Type1()
    const group = type1.begin()
    const first = type1.deviceFd(group, 'dev1').ret
    const second = type1.deviceFd(group, 'dev1').ret
    expect(type1.call('VFIO_GROUP_UNSET_CONTAINER', {}, group)).toBe('vfio-group.devices-open')
    type1.bench.close(first)
    expect(errnoOf(type1, group, 'VFIO_GROUP_UNSET_CONTAINER')).toBe('EBUSY')
    type1.bench.close(group)
    expect(type1.bench.tryOpen('/dev/vfio/1').errno).toBe('EBUSY')
    expect(type1.map(0, PAGE)).toBe('ok')
    type1.bench.close(second)
    expect(type1.bench.tryOpen('/dev/vfio/1').errno).toBe(null)
    expect(type1.map(0, PAGE)).toBe('container.no-iommu')
  })
})

describe('a container', () => {
  it('takes a driver once, with a group in it (container.no-groups, container.iommu-set, container.iommu-type)', () => {
    const type1 = new Type1()
    const set = (iommu_type: number) => type1.call('VFIO_SET_IOMMU', { iommu_type })
    expect(set(3)).toBe('container.no-groups')
    type1.join(1)
    expect(set(99)).toBe('container.iommu-type')
    expect(errnoOf(type1, type1.container, 'VFIO_SET_IOMMU', { iommu_type: 8 })).toBe('ENODEV')
    expect(set(3)).toBe('ok')
    expect(set(1)).toBe('container.iommu-set')
  })

  it('says what it has: 1, 3 and 9, and 4 and 10 with a driver', () => {
    const type1 = new Type1()
    const has = () =>
      Array.from({ length: 13 }, (_, extension) =>
        type1.bench.must(type1.container, 'VFIO_CHECK_EXTENSION', { extension }),
      ).flatMap((answer, extension) => (answer === 1 ? [extension] : []))
    expect(has()).toEqual([1, 3, 9])
    type1.begin()
    expect(has()).toEqual([1, 3, 4, 9, 10])
    expect(type1.bench.must(type1.container, 'VFIO_GET_API_VERSION')).toBe(0)
  })

  it('tells page sizes, mappings left and ranges, as far as argsz leaves room', () => {
    const type1 = new Type1()
    expect(type1.call('VFIO_IOMMU_GET_INFO', { argsz: 24 })).toBe('container.no-iommu')
    type1.begin()
    expect(type1.call('VFIO_IOMMU_GET_INFO', { argsz: 8 })).toBe('type1.argsz')
    expect(type1.info(16)).toEqual({ argsz: 120n, flags: 3n, iova_pgsizes: 0x40201000n, caps: [] })
    type1.map(0, PAGE)
    expect(type1.info(120)).toMatchObject({
      argsz: 120n,
      cap_offset: 24n,
      caps: [
        { id: 2, pgsize_bitmap: 0x1000n, max_dirty_bitmap_size: 0x10000000n },
        { id: 3, avail: 65534 },
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

  it('attaches every device of every group to one space (type1.one-space)', () => {
    const type1 = new Type1()
    type1.begin()
    type1.join(2)
    expect(type1.map(0x10000, PAGE)).toBe('ok')
    type1.bench.write('dev1', 0x10000n, 'hello')
    for (const device of ['dev1', 'dev2', 'dev3']) expect(type1.bench.read(device, 0x10000n, 5)).toBe('hello')
    expect(pinnedPages(type1.bench.machine)).toBe(1)
  })

  it('loses its space with the last group, mappings and all', () => {
    const type1 = new Type1()
    const one = type1.begin()
    const two = type1.join(2)
    type1.map(0x10000, PAGE)
    expect(type1.call('VFIO_GROUP_UNSET_CONTAINER', {}, one)).toBe('ok')
    expect(type1.bench.read('dev1', 0x10000n)).toMatch(/^fault/)
    expect(type1.bench.read('dev2', 0x10000n)).not.toMatch(/^fault/)
    expect(type1.call('VFIO_GROUP_UNSET_CONTAINER', {}, two)).toBe('ok')
    expect(type1.unmap(0x10000, PAGE)).toBe('EINVAL')
    expect(pinnedPages(type1.bench.machine)).toBe(0)
    expect(type1.bench.machine.root.accountedPages).toBe(0)
    expect(type1.bench.machine.root.spaces.size).toBe(0)
  })

  it('takes no group while a mapping is without its vaddr (container.no-vaddr)', () => {
    const type1 = new Type1()
    type1.begin()
    type1.map(0x10000, PAGE)
    expect(type1.unmap(0x10000, PAGE, { flags: 4 })).toBe(PAGE)
    const group = type1.bench.open('/dev/vfio/2')
    const join = () => type1.call('VFIO_GROUP_SET_CONTAINER', { container: type1.container }, group)
    expect(join()).toBe('container.no-vaddr')
    expect(type1.map(0x10000, PAGE, { flags: 4, vaddr: VADDR })).toBe('ok')
    expect(join()).toBe('ok')
  })

  it('keeps a device file of another API out (open.group-device)', () => {
    const type1 = new Type1()
    const { machine } = type1.bench
    machine.setDevice({ ...machine.device('dev1'), bindings: [{ fd: 40, context: 1, cookie: null }] })
    expect(type1.bench.tryOpen('/dev/vfio/1').rule).toBe('open.group-device')
  })
})
