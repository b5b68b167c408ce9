/** Every rule of page tables, attaches, queues and vIOMMUs, broken once. Numbers are those of the facts. */
import { describe, expect, it } from 'vitest'
import { GIB } from '../fixture'
import { Io, SELFTEST, words } from './fixture'
import {
  type Broken,
  DIRTY,
  FAULT_ID,
  faulting,
  GROUPED,
  hwQueue,
  mocked,
  nestedOn,
  PASID,
  TAGGED,
  virtual,
} from './scenes.fixture'

const BROKEN: readonly Broken[] = [
  ['hwpt.data', 'EINVAL', io => io.hwpt(1, 1, 0, { data_len: 8 })],
  ['hwpt.parent', 'EINVAL', io => io.hwpt(mocked(io).dev, 99)],
  [
    'hwpt.flags',
    'EOPNOTSUPP',
    io => {
      const at = mocked(io)
      return io.hwpt(at.dev, at.ioas, 0x10)
    },
  ],
  [
    'hwpt.dirty',
    'EOPNOTSUPP',
    io => {
      const at = mocked(io, 1)
      return io.hwpt(at.dev, at.ioas, DIRTY)
    },
  ],
  [
    'hwpt.no-parent',
    'EINVAL',
    io => {
      const at = mocked(io)
      return io.nested(at.dev, at.hwpt)
    },
  ],
  [
    'hwpt.info-type',
    'EOPNOTSUPP',
    io => io.call('IOMMU_GET_HW_INFO', { dev_id: mocked(io).dev, flags: 1, in_data_type: 2 }),
  ],
  [
    'driver.unsupported',
    'EOPNOTSUPP',
    io => {
      const at = virtual(io)
      return io.nested(at.dev, at.parent, 0, { data_type: 1 })
    },
  ],
  [
    'driver.invalid',
    'EINVAL',
    io => {
      const at = virtual(io)
      return io.nested(at.dev, at.parent, 0, { data_len: 3 })
    },
  ],
  [
    'driver.data',
    'EFAULT',
    io => {
      const at = virtual(io)
      return io.hwpt(at.dev, at.parent, 0, { data_type: SELFTEST.data, data_len: 8 })
    },
  ],
  [
    'driver.no-device',
    'ENODEV',
    io => {
      const { fd, id } = io.device('dev1')
      const fault_id = Number(io.done('IOMMU_FAULT_QUEUE_ALLOC').out_fault_id)
      return io.attach(fd, Number(io.hwpt(id, io.ioas(), FAULT_ID, { fault_id }).out?.out_hwpt_id))
    },
  ],
  [
    'driver.fails',
    'ENOMEM',
    io => {
      const { ioas, stdev, dev } = mocked(io, 4)
      const [one, two] = [0, 1].map(() => Number(io.hwpt(dev, ioas, PASID).out?.out_hwpt_id))
      io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: stdev, pt_id: one ?? 0 })
      io.call('TEST_PASID_ATTACH', { stdev_id: stdev, pasid: 1024, pt_id: one ?? 0 })
      return io.call('TEST_PASID_REPLACE', { stdev_id: stdev, pasid: 1024, pt_id: two ?? 0 })
    },
  ],
  ['attach.no-table', 'ENOENT', io => io.attach(io.device('dev1').fd, 99)],
  [
    'attach.table-type',
    'EINVAL',
    io => {
      const { fd, id } = io.device('dev1')
      return io.attach(fd, id)
    },
  ],
  [
    'attach.attached',
    'EBUSY',
    io => {
      const { ioas, stdev, dev } = mocked(io, 4)
      const pt_id = Number(io.hwpt(dev, ioas, PASID).out?.out_hwpt_id)
      io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: stdev, pt_id })
      io.call('TEST_PASID_ATTACH', { stdev_id: stdev, pasid: 5, pt_id })
      return io.call('TEST_PASID_ATTACH', { stdev_id: stdev, pasid: 5, pt_id })
    },
  ],
  [
    'attach.group',
    'EINVAL',
    io => {
      const [one, two] = [io.device('dev1'), io.device('dev2')]
      io.attach(one.fd, io.ioas())
      return io.attach(two.fd, io.ioas())
    },
    GROUPED,
  ],
  [
    'attach.not-attached',
    'EINVAL',
    io => {
      const { ioas, stdev } = mocked(io)
      return io.call('TEST_PASID_REPLACE', { stdev_id: stdev, pasid: 7, pt_id: ioas })
    },
  ],
  ['attach.no-pasid-table', 'EINVAL', io => io.attach(io.device('dev1').fd, io.ioas(), 4)],
  [
    'attach.pasid-range',
    'EINVAL',
    io => {
      const { fd, id } = io.device('dev1')
      const hwpt = Number(io.hwpt(id, io.ioas(), PASID).out?.out_hwpt_id)
      return io.attach(fd, hwpt, 1 << 20)
    },
    TAGGED,
  ],
  ['attach.pasid-number', 'ENOSPC', io => io.attach(io.device('dev1').fd, io.ioas(), 2 ** 31)],
  [
    'attach.other-driver',
    'EINVAL',
    io => {
      const { hwpt } = mocked(io)
      return io.attach(io.device('dev1').fd, hwpt)
    },
  ],
  [
    'attach.no-vdevice',
    'ENOENT',
    io => {
      const at = virtual(io)
      const pt_id = nestedOn(io, at.viommu, at.dev)
      return io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: at.stdev, pt_id })
    },
  ],
  [
    'attach.struct',
    'EINVAL',
    io => io.on(io.device('dev1').fd, 'VFIO_DEVICE_ATTACH_IOMMUFD_PT', { flags: 2 }),
  ],
  [
    'dirty.untracked',
    'EOPNOTSUPP',
    io => io.call('IOMMU_HWPT_SET_DIRTY_TRACKING', { hwpt_id: mocked(io).hwpt, flags: 1 }),
  ],
  [
    'dirty.align',
    'EINVAL',
    io =>
      io.call('IOMMU_HWPT_GET_DIRTY_BITMAP', { hwpt_id: mocked(io).hwpt, iova: 1, length: 1, page_size: 1 }),
  ],
  ['invalidate.entries', 'EINVAL', io => io.call('IOMMU_HWPT_INVALIDATE', { hwpt_id: 1, entry_num: 1 })],
  ['invalidate.object', 'EINVAL', io => io.call('IOMMU_HWPT_INVALIDATE', { hwpt_id: io.ioas() })],
  ['fault-queue.read-size', 'ESPIPE', io => io.readFile(faulting(io).file, 41)],
  ['fault-queue.write-size', 'ESPIPE', io => io.writeFile(faulting(io).file, new Uint8Array(7))],
  ['fault-queue.code', 'EINVAL', io => io.writeFile(faulting(io).file, words(1, 9))],
  ['fault-queue.cookie', 'EINVAL', io => io.writeFile(faulting(io).file, words(1, 0))],
  ['viommu.type', 'EOPNOTSUPP', io => io.call('IOMMU_VIOMMU_ALLOC', { type: 1, dev_id: mocked(io).dev })],
  [
    'viommu.parent',
    'EINVAL',
    io => {
      const { dev, hwpt } = mocked(io)
      return io.call('IOMMU_VIOMMU_ALLOC', { type: SELFTEST.type, dev_id: dev, hwpt_id: hwpt })
    },
  ],
  [
    'viommu.other-iommu',
    'EINVAL',
    io => {
      const { viommu } = virtual(io)
      return io.call('IOMMU_VDEVICE_ALLOC', { viommu_id: viommu, dev_id: io.device('dev1').id })
    },
  ],
  [
    'vdevice.device',
    'EEXIST',
    io => {
      const { viommu, dev } = virtual(io)
      io.call('IOMMU_VDEVICE_ALLOC', { viommu_id: viommu, dev_id: dev })
      return io.call('IOMMU_VDEVICE_ALLOC', { viommu_id: viommu, dev_id: dev, virt_id: 9 })
    },
  ],
  [
    'vdevice.virt-id',
    'EEXIST',
    io => {
      const { viommu, dev, ioas } = virtual(io)
      io.call('IOMMU_VDEVICE_ALLOC', { viommu_id: viommu, dev_id: dev, virt_id: 9 })
      return io.call('IOMMU_VDEVICE_ALLOC', { viommu_id: viommu, dev_id: io.mock(ioas).dev, virt_id: 9 })
    },
  ],
  ['veventq.depth', 'EINVAL', io => io.call('IOMMU_VEVENTQ_ALLOC', { type: 1 })],
  [
    'veventq.type-taken',
    'EEXIST',
    io => {
      const fields = { viommu_id: virtual(io).viommu, type: SELFTEST.events, veventq_depth: 2 }
      io.call('IOMMU_VEVENTQ_ALLOC', fields)
      return io.call('IOMMU_VEVENTQ_ALLOC', fields)
    },
  ],
  [
    'veventq.read-size',
    'EINVAL',
    io => {
      const at = virtual(io)
      const fields = { viommu_id: at.viommu, type: SELFTEST.events, veventq_depth: 2 }
      const file = Number(io.done('IOMMU_VEVENTQ_ALLOC', fields).out_veventq_fd)
      io.call('IOMMU_VDEVICE_ALLOC', { viommu_id: at.viommu, dev_id: at.dev, virt_id: 9 })
      const pt_id = nestedOn(io, at.viommu, at.dev)
      io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: at.stdev, pt_id })
      io.call('TEST_TRIGGER_VEVENT', { dev_id: at.dev })
      return io.readFile(file, 8)
    },
  ],
  ['hw-queue.length', 'EINVAL', io => hwQueue(io, virtual(io).viommu, { length: 0 })],
  ['hw-queue.type', 'EOPNOTSUPP', io => hwQueue(io, virtual(io).viommu, { type: 1 })],
  ['hw-queue.index', 'EINVAL', io => hwQueue(io, virtual(io).viommu, { index: 2 })],
  ['hw-queue.order', 'EIO', io => hwQueue(io, virtual(io).viommu, { index: 1 })],
  [
    'hw-queue.index-taken',
    'EEXIST',
    io => {
      const { viommu } = virtual(io)
      hwQueue(io, viommu)
      return hwQueue(io, viommu)
    },
  ],
  ['file.no-call', 'EINVAL', io => io.readFile(io.fd, 8)],
  ['test.flags', 'EINVAL', io => io.call('TEST_MOCK_DOMAIN', { pt_id: io.ioas(), dev_flags: 2 })],
  [
    'test.check',
    'EINVAL',
    io => {
      const at = virtual(io)
      const hwpt_id = nestedOn(io, at.parent, at.dev)
      return io.call('TEST_MD_CHECK_IOTLB', { hwpt_id, iotlb_id: 0, iotlb: 1 })
    },
  ],
  [
    'test.refs',
    'EIO',
    io => {
      mocked(io)
      return io.call('TEST_MD_CHECK_REFS', { uptr: GIB, length: 0x1000, refs: 2 })
    },
  ],
  ['test.limit', 'EINVAL', io => io.call('TEST_SET_TEMP_MEMORY_LIMIT', { limit: 11 })],
  ['test.not-attached', 'ENOENT', io => io.call('TEST_TRIGGER_VEVENT', { dev_id: mocked(io).dev })],
  [
    'test.no-events',
    'EOPNOTSUPP',
    io => {
      const at = virtual(io)
      io.call('IOMMU_VDEVICE_ALLOC', { viommu_id: at.viommu, dev_id: at.dev, virt_id: 9 })
      const pt_id = nestedOn(io, at.viommu, at.dev)
      io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: at.stdev, pt_id })
      return io.call('TEST_TRIGGER_VEVENT', { dev_id: at.dev })
    },
  ],
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
