/** Every rule of the dialect, broken once: the number and the id it answers. Numbers are the rulings'. */
import { describe, expect, it } from 'vitest'
import type { CallAnswer } from '../dispatch'
import { attached, GIB, V1, type V1Options, WITH_PASIDS } from './fixture'

type Broken = readonly [rule: string, errno: string, call: () => CallAnswer]

const KIB4 = 0x1000n
const GROUPED: V1Options = {
  devices: [
    { name: 'dev1', group: 12 },
    { name: 'dev2', rid: '0000:00:03.1', group: 12 },
  ],
}

/** A root with an area of two pages at IOVA 0x10000. */
function mapped(options: V1Options = {}) {
  const { v1, gpa } = attached(options)
  v1.map(gpa, 0x10000n, GIB, 2n * KIB4)
  return { v1, gpa }
}

/** A child of `mapped` with one page at 0x2000 over the parent's 0x10000, dev2 in it. */
function nested(options: V1Options = {}) {
  const { v1, gpa } = mapped(options)
  const giova = v1.nest(gpa)
  v1.attach(v1.fd2, giova)
  v1.map(giova, 0x2000n, 0x10000n, KIB4)
  return { v1, gpa, giova }
}

function registered(options: V1Options = {}) {
  const { v1, gpa } = attached(options)
  v1.register(GIB, 16n * KIB4)
  return { v1, gpa }
}

const enabling = { policy: { activation: 'enable-call' } }

const BROKEN: readonly Broken[] = [
  ['fd.bad', 'EBADF', () => new V1().ioctl(77, 'IOASID_ALLOC')],
  ['fd.wrong-command', 'ENOTTY', () => new V1().ioctl(3, 'IOASID_ALLOC')],
  ['fd.wrong-file', 'EBADFD', () => new V1().ioctl(3, 'VFIO_BIND_IOASID_FD', { fd: 4 })],
  ['open.no-device', 'ENOENT', () => new V1().tryOpen('/dev/vfio/devices/dev9')],
  ['open.no-file', 'ENOENT', () => new V1().tryOpen('/dev/iommu')],
  [
    'open.too-many',
    'EMFILE',
    () => {
      const v1 = new V1()
      for (let fd = 0; fd < 4093; fd++) v1.open('/dev/ioasid')
      return v1.tryOpen('/dev/ioasid')
    },
  ],
  ['id.unknown', 'ENOENT', () => new V1().ioctl(5, 'IOASID_FREE', { ioasid: 9 })],
  [
    'alloc.too-many',
    'ENOSPC',
    () => {
      const v1 = new V1()
      for (let id = 0; id < 4096; id++) v1.alloc()
      return v1.ioctl(5, 'IOASID_ALLOC')
    },
  ],
  ['alloc.type', 'EINVAL', () => new V1().ioctl(5, 'IOASID_ALLOC', { type: 99 })],
  [
    'alloc.no-space',
    'ENOMEM',
    () => {
      const { v1, gpa } = attached({ memory: [{ hva: GIB, size: 1n << 42n, pages: '4K' }] })
      return v1.map(gpa, 0x1_0000_0000n, GIB, 1n << 41n)
    },
  ],
  ['bind.taken', 'EBUSY', () => new V1().ioctl(3, 'VFIO_BIND_IOASID_FD', { fd: 5 })],
  [
    'bind.not-bound',
    'EINVAL',
    () => {
      const v1 = new V1()
      const second = v1.open('/dev/vfio/devices/dev1')
      return v1.attach(second, v1.alloc())
    },
  ],
  [
    'bind.other-context',
    'EINVAL',
    () => {
      const v1 = new V1()
      return v1.ioctl(v1.fd1, 'VFIO_UNBIND_IOASID_FD', { fd: v1.open('/dev/ioasid') })
    },
  ],
  [
    'unbind.attached',
    'EBUSY',
    () => {
      const { v1 } = attached()
      return v1.ioctl(v1.fd1, 'VFIO_UNBIND_IOASID_FD', { fd: v1.ctx })
    },
  ],
  [
    'space.unready',
    'ENODEV',
    () => {
      const v1 = new V1()
      return v1.map(v1.alloc(), 0n, GIB, KIB4)
    },
  ],
  [
    'space.busy',
    'EBUSY',
    () => {
      const { v1, gpa } = attached()
      return v1.ioctl(v1.ctx, 'IOASID_FREE', { ioasid: gpa })
    },
  ],
  [
    'enable.off',
    'ENOTTY',
    () => {
      const { v1, gpa } = attached()
      return v1.ioctl(v1.ctx, 'IOASID_ENABLE', { ioasid: gpa })
    },
  ],
  [
    'enable.before',
    'ENODEV',
    () => {
      const { v1, gpa } = attached(enabling)
      return v1.map(gpa, 0n, GIB, KIB4)
    },
  ],
  [
    'enable.late-attach',
    'EBUSY',
    () => {
      const v1 = new V1(enabling)
      const gpa = v1.alloc()
      v1.attach(v1.fd1, gpa)
      v1.must(v1.ctx, 'IOASID_ENABLE', { ioasid: gpa })
      return v1.attach(v1.fd2, gpa)
    },
  ],
  [
    'enable.twice',
    'EBUSY',
    () => {
      const { v1, gpa } = attached(enabling)
      v1.must(v1.ctx, 'IOASID_ENABLE', { ioasid: gpa })
      return v1.ioctl(v1.ctx, 'IOASID_ENABLE', { ioasid: gpa })
    },
  ],
  [
    'attach.already',
    'EBUSY',
    () => {
      const { v1, gpa } = attached()
      return v1.attach(v1.fd1, gpa)
    },
  ],
  [
    'attach.rid-taken',
    'EBUSY',
    () => {
      const { v1 } = attached()
      return v1.attach(v1.fd1, v1.alloc())
    },
  ],
  [
    'attach.parent-first',
    'EINVAL',
    () => {
      const v1 = new V1()
      const gpa = v1.alloc()
      v1.attach(v1.fd1, gpa)
      return v1.attach(v1.fd2, v1.nest(gpa))
    },
  ],
  [
    'attach.prereg',
    'EINVAL',
    () => {
      const v1 = new V1()
      return v1.attach(v1.fd1, v1.must(v1.ctx, 'IOASID_ALLOC', { type: 1 }))
    },
  ],
  [
    'attach.stranded-area',
    'EINVAL',
    () => {
      const wide = { liobn: 0x80000000, start: 0n, size: 2n * GIB, pageSize: KIB4, levels: 1 }
      const narrow = { ...wide, liobn: 0x80000001, size: GIB }
      const windows = [
        { ...wide, devices: ['dev1'] },
        { ...narrow, devices: ['dev2'] },
      ]
      const v1 = new V1({ platform: 'papr', windows })
      const gpa = v1.alloc()
      v1.attach(v1.fd1, gpa)
      v1.map(gpa, GIB, GIB, KIB4)
      return v1.attach(v1.fd2, gpa)
    },
  ],
  [
    'attach.papr-window',
    'EPERM',
    () => {
      const v1 = new V1({ platform: 'papr', policy: { 'initial-attach': 'papr' } })
      return v1.attach(v1.fd1, v1.alloc())
    },
  ],
  [
    'attach.flags',
    'EINVAL',
    () => {
      const v1 = new V1()
      return v1.ioctl(v1.fd1, 'VFIO_ATTACH_IOASID', { ioasid: v1.alloc(), flag: 8 })
    },
  ],
  [
    'detach.not-attached',
    'ENOENT',
    () => {
      const v1 = new V1()
      return v1.detach(v1.fd1, v1.alloc())
    },
  ],
  [
    'pasid.none',
    'EOPNOTSUPP',
    () => {
      const { v1, gpa } = attached()
      return v1.attachPasid(v1.fd1, gpa, 1)
    },
  ],
  [
    'pasid.range',
    'EINVAL',
    () => {
      const { v1, gpa } = attached(WITH_PASIDS)
      expect(v1.attachPasid(v1.fd1, gpa, 0).rule).toBe('pasid.range')
      expect(v1.attachPasid(v1.fd1, gpa, (1 << 20) - 1).rule).toBeNull()
      return v1.attachPasid(v1.fd1, gpa, 1 << 20)
    },
  ],
  [
    'pasid.taken',
    'EBUSY',
    () => {
      const { v1, gpa } = attached(WITH_PASIDS)
      v1.attachPasid(v1.fd1, gpa, 7)
      return v1.attachPasid(v1.fd1, v1.nest(gpa), 7)
    },
  ],
  [
    'detach.which',
    'EINVAL',
    () => {
      const { v1, gpa } = attached(WITH_PASIDS)
      v1.attachPasid(v1.fd1, gpa, 7)
      v1.attachPasid(v1.fd1, gpa, 8)
      v1.detach(v1.fd1, gpa)
      return v1.detach(v1.fd1, gpa)
    },
  ],
  [
    'detach.child-first',
    'EBUSY',
    () => {
      const { v1, gpa } = nested()
      return v1.detach(v1.fd2, gpa)
    },
  ],
  [
    'group.partial',
    'EBUSY',
    () => {
      const v1 = new V1(GROUPED)
      const gpa = v1.alloc()
      v1.attach(v1.fd1, gpa)
      return v1.map(gpa, 0n, GIB, KIB4)
    },
  ],
  [
    'group.split',
    'EINVAL',
    () => {
      const v1 = new V1(GROUPED)
      v1.attach(v1.fd1, v1.alloc())
      return v1.attach(v1.fd2, v1.alloc())
    },
  ],
  ['map.size-zero', 'EINVAL', () => attached().v1.map(1, 0n, GIB, 0n)],
  ['map.align', 'EINVAL', () => attached().v1.map(1, 0x800n, GIB, KIB4)],
  ['map.wrap', 'EINVAL', () => attached().v1.map(1, 0xffff_ffff_ffff_f000n, GIB, 2n * KIB4)],
  ['map.flags', 'EINVAL', () => attached().v1.map(1, 0n, GIB, KIB4, 0n)],
  ['map.outside-ranges', 'EINVAL', () => attached().v1.map(1, 0xfee0_0000n, GIB, KIB4)],
  ['map.overlap', 'EEXIST', () => mapped().v1.map(1, 0x11000n, GIB, KIB4)],
  ['map.not-preregistered', 'EINVAL', () => registered().v1.map(1, 0n, GIB + (16n << 12n), KIB4)],
  ['map.not-in-parent', 'EFAULT', () => nested().v1.map(2, 0x8000n, 0x9000n, KIB4)],
  ['map.fault', 'EFAULT', () => attached().v1.map(1, 0n, 4n * GIB, KIB4)],
  [
    'map.read-only',
    'EFAULT',
    () => {
      const { v1, gpa } = attached({ memory: [{ hva: GIB, size: GIB, readOnly: true }] })
      return v1.map(gpa, 0n, GIB, KIB4)
    },
  ],
  [
    'map.backing',
    'EPERM',
    () => {
      const windows = [{ liobn: 1, start: 0n, size: GIB, pageSize: 0x10000n, levels: 1, devices: [] }]
      const { v1, gpa } = attached({
        platform: 'papr',
        windows,
        memory: [{ hva: GIB, size: GIB, pages: '4K' }],
      })
      return v1.map(gpa, 0n, GIB, 0x10000n)
    },
  ],
  ['map.memlock', 'ENOMEM', () => attached({ memlockPages: 3 }).v1.map(1, 0n, GIB, 4n * KIB4)],
  ['unmap.not-exact', 'EINVAL', () => mapped().v1.unmap(1, 0x10000n, KIB4)],
  ['unmap.bisect', 'EINVAL', () => mapped({ policy: { unmap: 'type1v2' } }).v1.unmap(1, 0x10000n, KIB4)],
  ['unmap.cut', 'ENOENT', () => mapped({ policy: { unmap: 'iommufd' } }).v1.unmap(1, 0x10000n, KIB4)],
  ['unmap.nothing', 'ENOENT', () => mapped().v1.unmap(1, 0x20000n, KIB4)],
  [
    'unmap.child-depends',
    'EBUSY',
    () => nested({ policy: { 'parent-change': 'refuse' } }).v1.unmap(1, 0x10000n, 2n * KIB4),
  ],
  ['register.off', 'ENOTTY', () => new V1({ policy: { prereg: 'none' } }).register(GIB, KIB4)],
  ['register.align', 'EINVAL', () => new V1().register(GIB + 1n, KIB4)],
  ['register.wrap', 'EINVAL', () => new V1().register(0xffff_ffff_ffff_f000n, 2n * KIB4)],
  ['register.overlap', 'EEXIST', () => registered().v1.register(GIB, KIB4)],
  ['register.fault', 'EFAULT', () => new V1().register(8n * GIB, KIB4)],
  ['register.memlock', 'ENOMEM', () => new V1({ memlockPages: 1 }).register(GIB, 2n * KIB4)],
  ['unregister.not-exact', 'ENOENT', () => registered().v1.unregister(GIB, KIB4)],
  [
    'unregister.mapped',
    'EBUSY',
    () => {
      const { v1, gpa } = registered()
      v1.map(gpa, 0n, GIB, KIB4)
      return v1.unregister(GIB, 16n * KIB4)
    },
  ],
  [
    'prereg.off',
    'EOPNOTSUPP',
    () => new V1({ policy: { prereg: 'none' } }).ioctl(5, 'IOASID_ALLOC', { type: 1 }),
  ],
  [
    'prereg.in-use',
    'EBUSY',
    () => {
      const { v1, gpa } = attached()
      return v1.ioctl(v1.ctx, 'IOASID_SET_PREREG', { ioasid: gpa })
    },
  ],
  [
    'lookup.off',
    'ENOTTY',
    () => {
      const { v1, gpa } = mapped()
      return v1.ioctl(v1.ctx, 'IOASID_LOOKUP', { ioasid: gpa, iova: 0x10000 })
    },
  ],
  [
    'lookup.hole',
    'ENOENT',
    () => {
      const { v1, gpa } = mapped({ policy: { lookup: 'yes' } })
      return v1.ioctl(v1.ctx, 'IOASID_LOOKUP', { ioasid: gpa, iova: 0x20000 })
    },
  ],
]

describe('each rule, broken once', () => {
  it.each(BROKEN)('%s answers -%s', (rule, errno, call) => {
    const answer = call()
    expect({ rule: answer.rule, errno: answer.errno, ret: answer.ret }).toEqual({ rule, errno, ret: -1 })
    expect(answer.message).not.toMatch(/[{}?]/)
  })
})
