/** What the rulings say happens when nothing is refused. Each test names the line of SPEC.md it holds. */
import { describe, expect, it } from 'vitest'
import { pinnedPages } from '../../kernel/accounting'
import { tableStats } from '../../pt'
import { costsFrom } from '../../trace/cost-row'
import { attached, GIB, V1, type V1Options } from './fixture'

const KIB4 = 0x1000n
const MIB = 0x10_0000n
const ALL = GIB / KIB4

function chain(options: V1Options = {}) {
  const { v1, gpa } = attached(options)
  v1.map(gpa, 0n, GIB, GIB)
  v1.write('dev1', 0x1000n, 'guest')
  const giova = v1.nest(gpa)
  v1.attach(v1.fd2, giova)
  v1.map(giova, 0x2000n, 0x1000n, KIB4)
  return { v1, gpa, giova }
}

const accounted = (v1: V1) => v1.machine.root.accountedPages
const pinned = ({ machine }: V1) => ({
  now: pinnedPages(machine),
  counted: costsFrom(machine.costs.values, 0).pinnedPages,
})
const space = (v1: V1, id: number) => {
  const found = [...v1.machine.root.spaces.values()].find(one => one.id === id)
  if (found === undefined) throw new Error(`no ioasid ${id}`)
  return found
}

const stats = (v1: V1, id: number) => {
  const [table] = space(v1, id).tables
  if (table === undefined) throw new Error('no table')
  return tableStats(v1.machine.bulk, table.ref)
}

describe('routing', () => {
  it('route.rid: the deepest space routes, a miss there never falls back, and a detach gives the parent back', () => {
    const { v1, giova } = chain()
    expect(v1.read('dev2', 0x2000n, 5)).toBe('guest')
    expect(v1.read('dev2', 0x1000n)).toBe('fault 0x79')
    v1.detach(v1.fd2, giova)
    expect(v1.read('dev2', 0x1000n, 5)).toBe('guest')
  })

  it('route.blocked: unbound is off the bus, bound and unattached is blocked', () => {
    const v1 = new V1()
    // SPT.2: its PASID entry is not present
    expect(v1.read('dev1', 0n)).toBe('fault 0x59')
    v1.must(v1.fd1, 'VFIO_UNBIND_IOASID_FD', { fd: v1.ctx })
    expect(v1.read('dev1', 0n)).toBe('fault bus-master-off')
  })

  it('group.blocks: a group is routed when the last of it attaches, blocked when the first leaves', () => {
    const devices = [
      { name: 'dev1', group: 7 },
      { name: 'dev2', rid: '0000:00:03.1', group: 7 },
    ]
    const { v1, gpa } = attached({ devices })
    v1.map(gpa, 0n, GIB, GIB)
    expect(v1.write('dev1', 0n, 'x').ok).toBe(true)
    v1.detach(v1.fd2, gpa)
    expect(v1.read('dev1', 0n)).toBe('fault 0x59')
    expect(v1.attach(v1.fd2, gpa).errno).toBeNull()
    expect(v1.read('dev2', 0n)).toBe('x')
  })
})

describe('accounting', () => {
  it('account.root: each map of a root charges again, a child charges nothing', () => {
    const { v1, giova } = chain()
    expect(accounted(v1)).toBe(Number(ALL))
    v1.map(giova, 0x10000n, 0x1000n, 16n * KIB4)
    expect(accounted(v1)).toBe(Number(ALL))
    v1.detach(v1.fd2, giova)
    v1.detach(v1.fd2, 1)
    const other = v1.alloc()
    v1.attach(v1.fd2, other)
    v1.map(other, 0x2000n, GIB + KIB4, KIB4)
    expect(accounted(v1)).toBe(Number(ALL) + 1)
  })

  it('account.prereg: registered memory is charged once, whatever maps it', () => {
    const { v1, gpa } = attached()
    v1.register(GIB, GIB)
    v1.map(gpa, 0n, GIB, GIB)
    expect(accounted(v1)).toBe(Number(ALL))
    v1.unmap(gpa, 0n, GIB)
    expect(accounted(v1)).toBe(Number(ALL))
    expect(v1.unregister(GIB, GIB).errno).toBeNull()
    expect(accounted(v1)).toBe(0)
  })

  it('prereg.late: areas that were there keep their charge until they are unmapped', () => {
    const { v1, gpa } = attached()
    v1.map(gpa, 0n, GIB, 2n * KIB4)
    v1.register(GIB, GIB)
    expect(accounted(v1)).toBe(Number(ALL) + 2)
    expect(v1.unregister(GIB, GIB).errno).toBeNull()
    v1.register(GIB, GIB)
    v1.unmap(gpa, 0n, 2n * KIB4)
    expect(accounted(v1)).toBe(Number(ALL))
  })

  it('prereg.one-range: a map that spans two registered ranges is refused, though both are registered', () => {
    const { v1, gpa } = attached()
    v1.register(GIB, 4n * KIB4)
    v1.register(GIB + 4n * KIB4, 4n * KIB4)
    expect(v1.map(gpa, 0n, GIB + 3n * KIB4, 2n * KIB4).rule).toBe('map.not-preregistered')
    expect(v1.map(gpa, 0n, GIB + 3n * KIB4, KIB4).errno).toBeNull()
  })

  it('pins.distinct: pages pinned are counted once however often they are mapped', () => {
    const { v1, gpa } = attached()
    v1.map(gpa, 0n, GIB, 4n * KIB4)
    v1.map(gpa, 0x100000n, GIB + 2n * KIB4, 4n * KIB4)
    expect(accounted(v1)).toBe(8)
    expect(pinned(v1)).toEqual({ now: 6, counted: 6 })
    v1.unmap(gpa, 0n, 4n * KIB4)
    expect(pinned(v1)).toEqual({ now: 4, counted: 4 })
  })

  it('call.atomic: a refused call leaves nothing behind, though half of its work was done', () => {
    // R6: the attach pins both areas, and the second one passes the limit.
    const v1 = new V1({ policy: { ready: 'any-time' }, memlockPages: 4 })
    const gpa = v1.alloc()
    for (const page of [0n, 8n]) v1.map(gpa, page * KIB4, GIB + page * KIB4, 3n * KIB4)
    const { machine } = v1
    const standing = () => {
      const costs = { ...costsFrom(machine.costs.values, 0), calls: 0 }
      return { root: machine.root, words: machine.bulk.journal.mark(), pinned: pinned(v1), costs }
    }
    const before = standing()
    const told: string[] = []
    machine.events = { on: true, emit: ({ kind }) => told.push(kind) }
    expect(v1.attach(v1.fd1, gpa).rule).toBe('map.memlock')
    expect(told).toEqual(['call', 'return'])
    const after = standing()
    expect(after).toEqual(before)
    expect(after.root).toBe(before.root)
  })
})

describe('software nesting', () => {
  const RIGHTS = [1, 2, 3]
  it.each(RIGHTS.flatMap(parent => RIGHTS.map(child => ({ parent, child }))))(
    'shadow.compose: a child with rights $child over a parent with rights $parent has both',
    rights => {
      const { v1, gpa } = attached()
      v1.map(gpa, 0n, GIB, 16n * KIB4, BigInt(rights.parent))
      const giova = v1.nest(gpa)
      v1.attach(v1.fd2, giova)
      v1.map(giova, 0x2000n, 0x1000n, KIB4, BigInt(rights.child))
      const both = rights.parent & rights.child
      // No right at all is no entry.
      const [noRead, noWrite] = both === 0 ? ['0x79', '0x79'] : ['0x86', '0x85']
      expect(v1.read('dev2', 0x2000n)).toBe(both & 1 ? '\0' : `fault ${noRead}`)
      const write = v1.write('dev2', 0x2000n, 'x')
      expect(write.ok || write.pending ? 'no fault' : write.fault.code).toBe(both & 2 ? 'no fault' : noWrite)
    },
  )

  it('shadow.compose: a page is as small as the smaller of the two', () => {
    const { v1, gpa } = attached()
    v1.map(gpa, 0n, GIB, 4n * MIB)
    const giova = v1.nest(gpa)
    v1.attach(v1.fd2, giova)
    v1.map(giova, 4n * MIB, 0n, 2n * MIB)
    v1.map(giova, 8n * MIB, 2n * MIB + KIB4, 2n * MIB - KIB4)
    expect(stats(v1, gpa)).toMatchObject({ leaves: 2, pages: 1024 })
    // One of 2 MiB, 511 of 4 KiB.
    expect(stats(v1, giova)).toMatchObject({ leaves: 512, pages: 1023 })
  })

  it('shadow.reshadow: the parent unmapped and mapped again, the area stays and the entry goes and returns', () => {
    const { v1, gpa, giova } = chain()
    v1.unmap(gpa, 0n, GIB)
    expect(v1.read('dev2', 0x2000n)).toBe('fault 0x79')
    expect(v1.map(giova, 0x2000n, 0x1000n, KIB4).rule).toBe('map.overlap')
    v1.map(gpa, 0n, GIB, GIB)
    expect(v1.read('dev2', 0x2000n, 5)).toBe('guest')
  })

  it('shadow.depth: a third level follows a change two levels up', () => {
    const { v1, gpa, giova } = chain()
    const third = v1.nest(giova)
    v1.attach(v1.fd2, third)
    v1.map(third, 0x9000n, 0x2000n, KIB4)
    expect(v1.read('dev2', 0x9000n, 5)).toBe('guest')
    v1.unmap(gpa, 0n, GIB)
    expect(v1.read('dev2', 0x9000n)).toBe('fault 0x79')
    v1.map(gpa, 0n, GIB, GIB)
    expect(v1.read('dev2', 0x9000n, 5)).toBe('guest')
  })

  it('prereg.no-table: a prereg space pins and charges, and no table is built for it', () => {
    const v1 = new V1()
    const prereg = v1.must(v1.ctx, 'IOASID_ALLOC', { type: 1 })
    v1.map(prereg, 0n, GIB, GIB)
    expect(accounted(v1)).toBe(Number(ALL))
    expect(space(v1, prereg).tables).toEqual([])
    const rid = v1.nest(prereg)
    expect(v1.attach(v1.fd1, rid).errno).toBeNull()
    v1.map(rid, 0x10000n, 0x5000n, KIB4)
    expect(accounted(v1)).toBe(Number(ALL))
    expect(v1.write('dev1', 0x10000n, 'x').ok).toBe(true)
  })

  it.each([
    ['vtd', 0xfee0_0000n],
    ['papr', 4n * GIB],
  ])('prereg.no-table: on %s it maps where a table could not', (platform, iova) => {
    const v1 = new V1({ platform })
    for (const type of [1, 2]) {
      const memory = v1.must(v1.ctx, 'IOASID_ALLOC', { type })
      expect(v1.map(memory, iova, GIB, KIB4).errno).toBeNull()
    }
    const root = v1.alloc()
    v1.attach(v1.fd1, root)
    expect(v1.map(root, iova, GIB, KIB4).rule).toBe('map.outside-ranges')
  })

  it('prereg.mark: SET_PREREG makes an unused space one', () => {
    const v1 = new V1()
    const plain = v1.alloc()
    v1.must(v1.ctx, 'IOASID_SET_PREREG', { ioasid: plain })
    expect(v1.map(plain, 0n, GIB, KIB4).errno).toBeNull()
    expect(v1.attach(v1.fd1, plain).rule).toBe('attach.prereg')
  })
})

describe('life of things', () => {
  it('ids.lowest: ids are the lowest free from 1 in each context, and are given out again', () => {
    const v1 = new V1()
    expect([v1.alloc(), v1.alloc(), v1.alloc()]).toEqual([1, 2, 3])
    v1.must(v1.ctx, 'IOASID_FREE', { ioasid: 2 })
    expect(v1.alloc()).toBe(2)
    const other = v1.open('/dev/ioasid')
    expect(v1.must(other, 'IOASID_ALLOC')).toBe(1)
  })

  it('space.last-detach: with its last device a space loses table, areas and charges, and is unready', () => {
    const { v1, gpa } = attached()
    v1.map(gpa, 0n, GIB, GIB)
    v1.detach(v1.fd1, gpa)
    expect(accounted(v1)).toBe(Number(ALL))
    v1.detach(v1.fd2, gpa)
    expect(accounted(v1)).toBe(0)
    expect(v1.unmap(gpa, 0n, GIB).rule).toBe('space.unready')
    v1.attach(v1.fd1, gpa)
    expect(v1.read('dev1', 0n)).toBe('fault 0x79')
  })

  it('space.any-time: under ready=any-time areas outlive devices, pins and charges do not', () => {
    const v1 = new V1({ policy: { ready: 'any-time' } })
    const gpa = v1.alloc()
    expect(v1.map(gpa, 0n, GIB, GIB).errno).toBeNull()
    expect(accounted(v1)).toBe(0)
    v1.attach(v1.fd1, gpa)
    expect(accounted(v1)).toBe(Number(ALL))
    expect(v1.read('dev1', 0x1000n)).toBe('\0')
    v1.detach(v1.fd1, gpa)
    expect(accounted(v1)).toBe(0)
    expect(v1.map(gpa, 0n, GIB, GIB).rule).toBe('map.overlap')
  })

  it('close.device: closing a device fd detaches children first, unbinds, and the route is gone', () => {
    const { v1 } = chain()
    v1.close(v1.fd2)
    expect(v1.machine.device('dev2').attachments).toEqual([])
    expect(v1.machine.device('dev2').bindings).toEqual([])
    expect(v1.read('dev2', 0x2000n)).toBe('fault bus-master-off')
  })

  it('close.context: the fd is gone at once, the context when the last bound device fd closes', () => {
    const { v1, gpa } = attached()
    v1.map(gpa, 0n, GIB, GIB)
    v1.close(v1.ctx)
    expect(v1.map(gpa, 0n, GIB, GIB).rule).toBe('fd.bad')
    expect(v1.write('dev1', 0n, 'still').ok).toBe(true)
    v1.close(v1.fd1)
    expect(accounted(v1)).toBe(Number(ALL))
    v1.close(v1.fd2)
    expect(accounted(v1)).toBe(0)
    expect(v1.machine.root.contexts.size).toBe(0)
  })

  it('close.context: without a bound device the context goes with its fd', () => {
    const { v1 } = attached()
    v1.close(v1.fd1)
    v1.close(v1.fd2)
    expect(v1.machine.root.contexts.size).toBe(1)
    v1.close(v1.ctx)
    expect(v1.machine.root.contexts.size).toBe(0)
  })

  it('bind.second-open: a second fd of a device opens, and cannot bind', () => {
    const v1 = new V1()
    const again = v1.open('/dev/vfio/pci/0000:00:03.0')
    expect(v1.ioctl(again, 'VFIO_BIND_IOASID_FD', { fd: v1.ctx }).rule).toBe('bind.taken')
    v1.close(again)
    expect(v1.machine.device('dev1').bindings).toHaveLength(1)
  })
})

describe('windows', () => {
  it('window.two-endpoints: a space with devices of two endpoints programs a table for each', () => {
    const { v1, gpa } = attached({ platform: 'papr' })
    v1.map(gpa, 0n, GIB, GIB)
    expect(space(v1, gpa).tables.length).toBe(2)
    v1.write('dev1', 0x2abcn, 'both')
    expect(v1.read('dev2', 0x2abcn, 4)).toBe('both')
    v1.detach(v1.fd2, gpa)
    expect(space(v1, gpa).tables.length).toBe(1)
    expect(v1.read('dev2', 0x2abcn)).toBe('fault no-window')
    expect(v1.read('dev1', 0x2abcn, 4)).toBe('both')
  })

  it('window.named: under initial-attach=papr a device attaches to the space its window names', () => {
    const policy = { 'initial-attach': 'papr' }
    const v1 = new V1({ platform: 'papr', policy, owners: [{ devices: ['dev1'], space: 'ioasid1' }] })
    const named = v1.alloc()
    expect(v1.attach(v1.fd1, named).errno).toBeNull()
    expect(v1.attach(v1.fd2, named).rule).toBe('attach.papr-window')
  })
})

describe('types of space', () => {
  it('space.passthrough: a label on a root that maps like any other', () => {
    const v1 = new V1()
    const guest = v1.must(v1.ctx, 'IOASID_ALLOC', { type: 4 })
    expect(space(v1, guest).kind).toBe('passthrough')
    v1.attach(v1.fd1, guest)
    expect(v1.read('dev1', 0n)).toBe('fault 0x79')
    v1.map(guest, 0n, GIB, GIB)
    expect(v1.read('dev1', 0n)).toBe('\0')
  })
})

describe('map and unmap', () => {
  it('map.order: the first check that fails answers (R13)', () => {
    const { v1, gpa } = attached({ memlockPages: 0 })
    const bad = (iova: bigint, vaddr: bigint, size: bigint, flags = 3n) =>
      v1.map(gpa, iova, vaddr, size, flags).rule
    expect(v1.map(9, 1n, 1n, 0n).rule).toBe('id.unknown')
    expect(bad(1n, 1n, 0n, 0n)).toBe('map.size-zero')
    expect(bad(1n, 1n, KIB4, 0n)).toBe('map.align')
    expect(bad(0xffff_ffff_ffff_f000n, 0n, 2n * KIB4, 0n)).toBe('map.wrap')
    expect(bad(0xfee0_0000n, 0n, KIB4, 0n)).toBe('map.flags')
    expect(bad(0xfee0_0000n, 0n, KIB4)).toBe('map.outside-ranges')
    expect(bad(0n, 0n, KIB4)).toBe('map.fault')
    expect(bad(0n, GIB, KIB4)).toBe('map.memlock')
  })

  it('unmap.result: the bytes removed come back in size (R18)', () => {
    const { v1, gpa } = attached({ policy: { unmap: 'type1v2' } })
    v1.map(gpa, 0n, GIB, 2n * KIB4)
    v1.map(gpa, 0x4000n, GIB, KIB4)
    expect(v1.unmap(gpa, 0n, 16n * KIB4).out).toEqual({ size: 3n * KIB4 })
    expect(v1.unmap(gpa, 0n, 16n * KIB4).out).toEqual({ size: 0n })
  })

  it('unmap.type1: an area that starts before ends the search, one that ends after goes whole', () => {
    const { v1, gpa } = attached({ policy: { unmap: 'type1' } })
    v1.map(gpa, 0n, GIB, 4n * KIB4)
    v1.map(gpa, 0x4000n, GIB, 4n * KIB4)
    expect(v1.unmap(gpa, 0x2000n, 4n * KIB4).out).toEqual({ size: 0n })
    expect(v1.unmap(gpa, 0n, 5n * KIB4).out).toEqual({ size: 8n * KIB4 })
  })

  it('table.largest-page: 1 GiB in pieces of 2 MiB is 512 leaves of 2 MiB', () => {
    const { v1, gpa } = attached()
    v1.map(gpa, 0n, GIB, GIB)
    expect(stats(v1, gpa)).toMatchObject({ tables: 3, leaves: 512, pages: Number(ALL) })
  })

  it('info.ranges: GET_INFO tells reserved or permitted ranges by the knob', () => {
    const info = (policy: Record<string, string>) => {
      const { v1, gpa } = attached({ policy })
      return v1.ioctl(v1.ctx, 'IOASID_GET_INFO', { ioasid: gpa }).out
    }
    const reserved = { start: 0xfee0_0000n, last: 0xfeef_ffffn }
    expect(info({})).toMatchObject({ ranges: [reserved], nesting: 'hardware', children: 0 })
    const permitted = info({ 'iova-report': 'permitted' })
    expect(permitted).toMatchObject({
      ranges: [
        { start: 0n, last: 0xfedf_ffffn },
        { start: 0xfef0_0000n, last: 0xffff_ffff_ffffn },
      ],
    })
  })

  it('lookup.answer: LOOKUP tells the output address and the rights', () => {
    const { v1, gpa } = attached({ policy: { lookup: 'yes' } })
    v1.map(gpa, 0x10000n, GIB, 2n * KIB4, 1n)
    const asked = v1.ioctl(v1.ctx, 'IOASID_LOOKUP', { ioasid: gpa, iova: 0x11abc })
    expect(asked.out).toEqual({ addr: GIB + 0x1abcn, perm: 'r' })
  })

  it.each<[name: string, extension: number, answers: readonly [vtd: 0 | 1, legacy: 0 | 1, papr: 0 | 1]]>([
    ['EXT_MAP_TYPE1V2', 1, [0, 0, 0]],
    ['EXT_MAP_NEWTYPE', 2, [0, 0, 0]],
    ['EXT_IOASID_NESTING', 3, [1, 1, 1]],
    ['EXT_USER_PAGE_TABLE', 4, [1, 0, 0]],
    ['EXT_USER_PASID_TABLE', 5, [0, 0, 0]],
    ['EXT_MULTIDEV_GROUP', 6, [1, 1, 1]],
    ['EXT_DMA_NO_SNOOP', 7, [0, 0, 0]],
    ['EXT_MEMORY_PREREG', 9, [1, 1, 1]],
    ['no extension', 99, [0, 0, 0]],
  ])('extension.truth: %s is what policy and platform have', (_name, extension, answers) => {
    const check = (options: V1Options) =>
      new V1(options).ioctl(5, 'IOASID_CHECK_EXTENSION', { extension }).ret
    const platforms = [{}, { params: { mode: 'legacy' } }, { platform: 'papr' }]
    expect(platforms.map(check)).toEqual(answers)
    const byKnob = check({ policy: { unmap: 'type1v2', prereg: 'none' } })
    expect(byKnob).toBe(extension === 1 ? 1 : extension === 9 ? 0 : answers[0])
  })

  it('vtd.caching-mode: the kernel flushes what it maps, for what was not there may be cached', () => {
    for (const params of [{}, { cm: '1' }, { cm: '1', mode: 'legacy' }]) {
      const { v1, gpa } = attached({ params })
      expect(v1.read('dev1', 0x5000n)).toMatch(/^fault/)
      v1.map(gpa, 0x5000n, GIB, KIB4)
      expect(v1.read('dev1', 0x5000n), JSON.stringify(params)).toBe('\0')
    }
  })
})
