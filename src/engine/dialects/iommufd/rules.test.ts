/** Every rule of structs, IOAS, accesses, options and binds, broken once. Numbers are those of the facts. */
import { describe, expect, it } from 'vitest'
import { openMemory } from '../../kernel/files'
import { exitTask, forkTask, setCredentials } from '../../kernel/tasks'
import { GIB } from '../fixture'
import { Io, MAP_RW, MOCK, PAGE } from './fixture'
import {
  access,
  type Broken,
  GROUPED,
  hwQueue,
  mapFile,
  mapped,
  mocked,
  ofGroup,
  U64_MAX,
  virtual,
} from './scenes.fixture'

const BROKEN: readonly Broken[] = [
  ['struct.size', 'EINVAL', io => io.call('IOMMU_IOAS_ALLOC', { size: 8 })],
  ['struct.trailing', 'E2BIG', io => io.call('IOMMU_IOAS_ALLOC', { size: 16, trailing: 1 })],
  ['struct.trailing', 'E2BIG', io => io.call('IOMMU_IOAS_ALLOC', { size: 0xffffffff })],
  ['struct.fault', 'EFAULT', io => io.call('IOMMU_IOAS_ALLOC', { argp: 0 })],
  ['struct.flags', 'EOPNOTSUPP', io => io.call('IOMMU_IOAS_ALLOC', { flags: 1 })],
  ['struct.reserved', 'EOPNOTSUPP', io => io.call('IOMMU_IOAS_IOVA_RANGES', { __reserved: 1 })],
  ['object.unknown', 'ENOENT', io => io.unmap(9, 0n)],
  ['object.none', 'ENOENT', io => io.call('IOMMU_DESTROY', { id: 0 })],
  ['object.busy', 'EBUSY', io => io.call('IOMMU_DESTROY', { id: mocked(io).ioas })],
  ['ioas.too-large', 'EOVERFLOW', io => io.map(io.ioas(), U64_MAX)],
  ['ioas.no-access', 'EINVAL', io => io.map(io.ioas(), 0n, GIB, PAGE, 0)],
  ['ioas.length', 'EINVAL', io => io.map(io.ioas(), 0n, GIB, 0n)],
  ['ioas.wrap', 'EOVERFLOW', io => io.map(io.ioas(), U64_MAX - 1n)],
  ['ioas.align', 'EINVAL', io => io.map(mocked(io).ioas, MOCK + 0x10001n)],
  ['ioas.reserved', 'EINVAL', io => io.map(mocked(io).ioas, 0n)],
  ['ioas.overlap', 'EEXIST', io => io.map(mapped(io), 0x10800n)],
  [
    'ioas.auto-length',
    'EOVERFLOW',
    io => io.call('IOMMU_IOAS_MAP', { ioas_id: io.ioas(), flags: MAP_RW, length: U64_MAX / 2n }),
  ],
  [
    'ioas.auto-align',
    'EINVAL',
    io =>
      io.call('IOMMU_IOAS_MAP', {
        ...{ ioas_id: mocked(io).ioas, flags: MAP_RW },
        ...{ user_va: GIB + 0x400n, length: PAGE },
      }),
  ],
  [
    'ioas.no-room',
    'ENOSPC',
    io => {
      const ioas = io.ioas()
      io.allow(ioas, [0x5000n, 0x5fffn])
      return io.call('IOMMU_IOAS_MAP', { ioas_id: ioas, flags: MAP_RW, user_va: GIB, length: 2n * PAGE })
    },
  ],
  [
    'ioas.read-only',
    'EPERM',
    io => {
      const ioas = io.ioas()
      io.map(ioas, 0x10000n, GIB, PAGE, 4)
      return io.copy(ioas, ioas, 0x10000n, 0x20000n)
    },
  ],
  ['ioas.hole', 'ENOENT', io => io.copy(1, 1, 0x10000n, 0x20000n, 2n * PAGE + BigInt(mapped(io)) - 1n)],
  ['ioas.nothing', 'ENOENT', io => io.unmap(mapped(io), 0x20000n)],
  ['ioas.cut', 'ENOENT', io => io.unmap(mapped(io), 0x10000n, 0x800n)],
  [
    'ioas.locked',
    'EBUSY',
    io => {
      const at = virtual(io)
      hwQueue(io, at.viommu)
      return io.unmap(at.ioas, MOCK)
    },
  ],
  ['ioas.ranges-room', 'EMSGSIZE', io => io.ranges(io.ioas(), 0)],
  [
    'ioas.pointer',
    'EFAULT',
    io => io.call('IOMMU_IOAS_IOVA_RANGES', { ioas_id: io.ioas(), num_iovas: 1, allowed_iovas: 0 }),
  ],
  ['ioas.allow-range', 'EINVAL', io => io.allow(io.ioas(), [5n, 5n])],
  ['ioas.allow-overlap', 'EINVAL', io => io.allow(io.ioas(), [0n, 9n], [9n, 20n])],
  ['ioas.allow-reserved', 'EADDRINUSE', io => io.allow(mocked(io).ioas, [0n, 0xfffn])],
  ['ioas.reserve-area', 'EADDRINUSE', io => io.reserve(mapped(io), 0x10000n, 1n)],
  [
    'ioas.reserve-allowed',
    'EADDRINUSE',
    io => {
      const ioas = io.ioas()
      io.allow(ioas, [0x1000n, 0x1fffn])
      return io.reserve(ioas, 0x1000n, 1n)
    },
  ],
  [
    'ioas.align-area',
    'EADDRINUSE',
    io => {
      const ioas = io.ioas()
      io.map(ioas, MOCK + 1n, GIB + 1n, 1n)
      return io.call('TEST_MOCK_DOMAIN', { pt_id: ioas })
    },
  ],
  [
    'ioas.huge-in-use',
    'EINVAL',
    io => io.call('IOMMU_OPTION', { option_id: 1, op: 0, object_id: mocked(io).ioas, val64: 0 }),
  ],
  [
    'ioas.process-memory',
    'EINVAL',
    io => {
      mapped(io)
      return io.call('IOMMU_IOAS_CHANGE_PROCESS')
    },
  ],
  ['ioas.no-compat', 'ENODEV', io => io.call('IOMMU_VFIO_IOAS', { op: 0 })],
  [
    'ioas.file',
    'EBADF',
    io => io.call('IOMMU_IOAS_MAP_FILE', { ioas_id: io.ioas(), fd: -1, length: PAGE, flags: MAP_RW }),
  ],
  [
    'pages.memlock',
    'ENOMEM',
    io => {
      const { ioas } = mocked(io)
      setCredentials(io.machine, { memlockPages: 2 })
      return io.map(ioas, MOCK + 0x10000n, GIB, 3n * PAGE)
    },
  ],
  [
    'pages.no-process',
    'EFAULT',
    io => {
      forkTask(io.machine)
      const ioas = io.ioas()
      io.map(ioas, MOCK)
      exitTask(io.machine)
      return io.call('TEST_MOCK_DOMAIN', { pt_id: ioas })
    },
  ],
  ['pages.no-file-pages', 'EINVAL', io => mapFile(io, io.other('/dev/null'))],
  [
    'pages.file-end',
    'EINVAL',
    io => {
      const fd = openMemory(io.machine, 'memfd', 'memfd', PAGE)
      return mapFile(io, fd.ok ? fd.value : -1, PAGE)
    },
  ],
  ['map.fault', 'EFAULT', io => io.map(mocked(io).ioas, MOCK + 0x10000n, 0x1000n)],
  [
    'access.length',
    'EINVAL',
    io => io.call('TEST_ACCESS_RW', { access_fd: access(io, mapped(io)), iova: 0x10000, length: 0 }),
  ],
  [
    'access.align',
    'EINVAL',
    io => io.call('TEST_ACCESS_PAGES', { access_fd: access(io, mapped(io)), iova: 0x10800, length: 16 }),
  ],
  [
    'access.rights',
    'EPERM',
    io => {
      const ioas = io.ioas()
      io.map(ioas, 0x10000n, GIB, PAGE, 4)
      const access_fd = access(io, ioas)
      return io.call('TEST_ACCESS_PAGES', { access_fd, iova: 0x10000, length: PAGE, write: 1 })
    },
  ],
  [
    'access.item',
    'ENOENT',
    io => io.call('TEST_DESTROY_ACCESS_PAGES', { access_fd: access(io, mapped(io)), access_pages_id: 3 }),
  ],
  [
    'access.kind',
    'EOPNOTSUPP',
    io => io.call('TEST_ACCESS_PAGES', { access_fd: access(io, mapped(io), 0), iova: 0x10000, length: PAGE }),
  ],
  ['access.file', 'EBADFD', io => io.call('TEST_ACCESS_RW', { access_fd: io.fd })],
  ['option.unknown', 'EOPNOTSUPP', io => io.call('IOMMU_OPTION', { option_id: 7 })],
  ['option.object', 'EOPNOTSUPP', io => io.call('IOMMU_OPTION', { object_id: 1 })],
  ['option.value', 'EINVAL', io => io.call('IOMMU_OPTION', { val64: 2 })],
  [
    'option.privilege',
    'EPERM',
    io => {
      setCredentials(io.machine, { sysResource: false })
      return io.call('IOMMU_OPTION', { val64: 1 })
    },
  ],
  [
    'option.in-use',
    'EBUSY',
    io => {
      io.ioas()
      return io.call('IOMMU_OPTION', { val64: 1 })
    },
  ],
  [
    'bind.flags',
    'EINVAL',
    io => io.on(io.open('/dev/vfio/devices/dev1'), 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: -1 }),
  ],
  [
    'bind.group-open',
    'EBUSY',
    io => {
      io.open('/dev/vfio/12')
      return io.on(io.open('/dev/vfio/devices/dev1'), 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: io.fd })
    },
    GROUPED,
  ],
  ['bind.group-file', 'EINVAL', io => io.on(ofGroup(io), 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: io.fd })],
  ['struct.command', 'ENOTTY', io => io.attach(ofGroup(io), io.ioas())],
  ['bind.twice', 'EINVAL', io => io.on(io.device('dev1').fd, 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: io.fd })],
  [
    'bind.token',
    'EFAULT',
    io => io.on(io.open('/dev/vfio/devices/dev1'), 'VFIO_DEVICE_BIND_IOMMUFD', { flags: 1, iommufd: io.fd }),
  ],
  [
    'bind.token-value',
    'EINVAL',
    io =>
      io.on(io.open('/dev/vfio/devices/dev1'), 'VFIO_DEVICE_BIND_IOMMUFD', {
        ...{ flags: 1, iommufd: io.fd, token_uuid_ptr: GIB },
      }),
  ],
  [
    'bind.group-driver',
    'EPERM',
    io => io.on(io.open('/dev/vfio/devices/dev1'), 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: io.fd }),
    {
      devices: [
        { name: 'dev1', group: 12 },
        { name: 'dev2', rid: '0000:00:03.1', group: 12, driver: 'e1000' },
        { name: 'dev3', rid: '0000:00:03.2', group: 12, driver: 'pcieport' },
      ],
    },
  ],
  [
    'bind.group-owned',
    'EPERM',
    io => {
      io.device('dev1')
      const other = io.open('/dev/iommu')
      return io.on(io.open('/dev/vfio/devices/dev2'), 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: other })
    },
    GROUPED,
  ],
  [
    'bind.no-iommu',
    'EINVAL',
    io => io.on(io.open('/dev/vfio/devices/dev1'), 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: io.fd }),
    { platform: 'papr' },
  ],
  ['bind.before', 'EINVAL', io => io.attach(io.open('/dev/vfio/devices/dev1'), io.ioas())],
]

describe('a broken rule', () => {
  it.each(BROKEN.map(([rule, errno, call, options]) => ({ rule, errno, call, options })))(
    '$rule answers -$errno',
    ({ rule, errno, call, options }) => {
      const io = new Io(options)
      const answer = call(io)
      expect(answer.rule, answer.message ?? 'not refused').toBe(rule)
      expect(answer.errno).toBe(errno)
    },
  )
})
