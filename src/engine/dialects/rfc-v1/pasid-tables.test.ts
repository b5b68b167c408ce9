/** PASID tables that the user writes (v1 5.7; R1, R22 to R25), on the platform whose PASID table is the guest's. */
import { describe, expect, it } from 'vitest'
import { guestPasidSet } from '../../kernel/guest-pasid-tables'
import { guestMap } from '../../kernel/guest-tables'
import { attached, GIB, type V1, type V1Options } from './fixture'

const KIB4 = 0x1000n
/** Of the PASID table and of two first-stage tables, in the guest's memory. */
const PTABLE = 0x3ff0_0000n
const TABLES = [0x3fff_f000n, 0x3fff_e000n] as const

const ARM: V1Options = {
  platform: 'smmuv3',
  devices: [
    { name: 'dev1', pasidBits: 16 },
    { name: 'dev2', rid: '0000:00:04.0', pasidBits: 16 },
  ],
}

const bindTable = (v1: V1, ioasid: number, fields: Record<string, bigint | number> = {}) =>
  v1.ioctl(v1.ctx, 'IOASID_BIND_PASID_TABLE', { ioasid, addr: PTABLE, ...fields })
const bindPage = (v1: V1, ioasid: number, addr: bigint = TABLES[0]) =>
  v1.ioctl(v1.ctx, 'IOASID_BIND_PGTABLE', { ioasid, addr })
const call = (v1: V1, name: string, ioasid: number) => v1.ioctl(v1.ctx, name, { ioasid })

/** gpa maps 1 GiB; a child of it is attached to dev1 by RID, and nothing bound to it yet. */
function child(options: V1Options = ARM) {
  const { v1, gpa } = attached(options)
  v1.map(gpa, 0n, GIB, GIB)
  const table = v1.nest(gpa)
  v1.attach(v1.fd1, table)
  return { v1, gpa, table }
}

/** The layout of 5.7: PASID table bound, a sibling with PASID 5 and a table of its own beneath it. */
function layout(options: V1Options = ARM) {
  const made = child(options)
  const { v1, gpa, table } = made
  expect(bindTable(v1, table)).toMatchObject({ errno: null })
  const gva = v1.nest(gpa)
  expect(v1.attachPasid(v1.fd1, gva, 5)).toMatchObject({ errno: null })
  expect(bindPage(v1, gva)).toMatchObject({ errno: null })
  return { ...made, gva }
}

/** The guest leads a PASID to a table that maps va page 0x1234 onto a page of its memory. */
function guest(v1: V1, pasid: number, page: number, root: bigint = TABLES[0]): void {
  expect(guestPasidSet(v1.machine, { table: PTABLE, pasid: BigInt(pasid), root }).ok).toBe(true)
  expect(guestMap(v1.machine, { root, page: 0x1234, pages: 1, target: page, perm: 3 }).ok).toBe(true)
}

const VA = 0x1234n * KIB4

describe('pasid-table.walk: a PASID table of the guest', () => {
  it('translates PASIDs by what the guest wrote, tracked or not, and the rest by the parent (R1)', () => {
    const { v1 } = layout()
    guest(v1, 5, 7)
    guest(v1, 6, 8, TABLES[1])
    v1.write('dev2', 7n * KIB4, 'seven')
    v1.write('dev2', 8n * KIB4, 'eight')
    expect(v1.read('dev1', VA, 5, 5)).toBe('seven')
    expect(v1.read('dev1', VA, 5, 6)).toBe('eight')
    expect(v1.read('dev1', 8n * KIB4, 5)).toBe('eight')
    expect(v1.read('dev1', VA, 1, 7)).toMatch(/^fault/)
  })

  it('is untouched by the bind of a single table: the kernel keeps track and writes nothing', () => {
    const { v1, gpa, table } = child()
    bindTable(v1, table)
    const gva = v1.nest(gpa)
    v1.attachPasid(v1.fd1, gva, 5)
    const { position } = v1.machine.bulk.journal
    expect(bindPage(v1, gva).errno).toBeNull()
    expect(v1.machine.bulk.journal.position).toBe(position)
    expect(v1.read('dev1', VA, 1, 5)).toMatch(/^fault/)
  })

  it.each([
    ['linear', 1, 8],
    ['two levels of 4 KiB', 2, 16],
    ['two levels of 64 KiB', 3, 16],
  ])('may be %s', (_, format, addr_width) => {
    const { v1, table } = child()
    expect(bindTable(v1, table, { format, addr_width }).errno).toBeNull()
    guest(v1, 200, 7)
    v1.write('dev2', 7n * KIB4, 'seven')
    expect(v1.read('dev1', VA, 5, 200)).toBe('seven')
  })
})

describe('pasid-table.stale: caches and the guest', () => {
  it('an invalidation of the PASID table reaches its entries alone, one of a table beneath its translations', () => {
    const { v1, table, gva } = layout()
    guest(v1, 5, 7)
    guest(v1, 6, 8, TABLES[1])
    v1.write('dev2', 7n * KIB4, 'seven')
    v1.write('dev2', 8n * KIB4, 'eight')
    expect(v1.read('dev1', VA, 5, 5)).toBe('seven')
    guestPasidSet(v1.machine, { table: PTABLE, pasid: 5n, root: TABLES[1] })
    expect(v1.read('dev1', VA, 5, 5)).toBe('seven')
    expect(call(v1, 'IOASID_INVALIDATE_CACHE', table).errno).toBeNull()
    expect(v1.read('dev1', VA, 5, 5)).toBe('seven')
    expect(call(v1, 'IOASID_INVALIDATE_CACHE', gva).errno).toBeNull()
    expect(v1.read('dev1', VA, 5, 5)).toBe('eight')
  })

  it("the parent's unmap takes what both stages made", () => {
    const { v1, gpa } = layout()
    guest(v1, 5, 7)
    expect(v1.read('dev1', VA, 1, 5)).not.toMatch(/^fault/)
    expect(v1.unmap(gpa, 0n, GIB).errno).toBeNull()
    expect(v1.read('dev1', VA, 1, 5)).toMatch(/^fault/)
  })

  it('pasid-table.unbind: an empty space of the kernel again, and PASIDs fault', () => {
    const { v1, table, gva } = layout()
    guest(v1, 5, 7)
    v1.read('dev1', VA, 1, 5)
    v1.detachPasid(v1.fd1, gva, 5)
    expect(call(v1, 'IOASID_UNBIND_PASID_TABLE', table).errno).toBeNull()
    expect(v1.read('dev1', VA, 1, 5)).toMatch(/^fault/)
    expect(v1.read('dev1', 0n, 1)).toMatch(/^fault/)
    expect(v1.map(table, VA, 7n * KIB4, KIB4).errno).toBeNull()
    expect(v1.read('dev1', VA, 1)).not.toMatch(/^fault/)
  })

  it('gives everything back when all is closed', () => {
    const { v1 } = layout()
    v1.closeAll()
    expect(v1.machine.root.accountedPages).toBe(0)
    expect([...v1.machine.root.spaces.values()]).toEqual([])
  })
})

describe("pasid-table.walk: on AMD-Vi, whose GCR3 table is the guest's", () => {
  const AMD: V1Options = { ...ARM, platform: 'amd-vi' }

  it('translates PASIDs by what the guest wrote, and the rest by the parent', () => {
    const { v1, table, gva } = layout(AMD)
    guest(v1, 5, 7)
    guest(v1, 300, 8, TABLES[1])
    v1.write('dev2', 7n * KIB4, 'seven')
    v1.write('dev2', 8n * KIB4, 'eight')
    expect(v1.read('dev1', VA, 5, 5)).toBe('seven')
    expect(v1.read('dev1', VA, 5, 300)).toBe('eight')
    expect(v1.read('dev1', 8n * KIB4, 5)).toBe('eight')
    expect(v1.read('dev1', VA, 1, 6)).toMatch(/^fault/)
    guestPasidSet(v1.machine, { table: PTABLE, pasid: 5n, root: TABLES[1] })
    expect(v1.read('dev1', VA, 5, 5)).toBe('seven')
    expect(call(v1, 'IOASID_INVALIDATE_CACHE', table).errno).toBeNull()
    expect(v1.read('dev1', VA, 5, 5)).toBe('eight')
    guestPasidSet(v1.machine, { table: PTABLE, pasid: 5n, root: TABLES[0] })
    expect(call(v1, 'IOASID_INVALIDATE_CACHE', gva).errno).toBeNull()
    expect(v1.read('dev1', VA, 5, 5)).toBe('seven')
  })

  it("the parent's unmap takes what both tables made, and all is given back at the end", () => {
    const { v1, gpa } = layout(AMD)
    guest(v1, 5, 7)
    v1.read('dev1', VA, 1, 5)
    expect(v1.unmap(gpa, 0n, GIB).errno).toBeNull()
    expect(v1.read('dev1', VA, 1, 5)).toMatch(/^fault/)
    v1.closeAll()
    expect([...v1.machine.root.spaces.values()]).toEqual([])
  })

  it('takes GCR3 tables alone, and the process as a guest table of the kernel', () => {
    const { v1, gpa, table } = child(AMD)
    expect(bindTable(v1, table, { format: 1 }).rule).toBe('bind-pasid-table.format')
    expect(bindTable(v1, table, { format: 4, addr_width: 9 }).errno).toBeNull()
    v1.detach(v1.fd2, gpa)
    const sva = v1.must(v1.ctx, 'IOASID_ALLOC', { type: 3 })
    expect(v1.attachPasid(v1.fd2, sva, 5).errno).toBeNull()
    expect(v1.read('dev2', GIB, 1, 5)).not.toMatch(/^fault/)
    expect(v1.read('dev2', GIB, 1)).toMatch(/^fault/)
  })

  it('table.grows: a map beyond three levels puts more on top, for every device and for what nests', () => {
    const { v1, gpa } = layout(AMD)
    guest(v1, 5, 7)
    const far = 1n << 50n
    expect(v1.map(gpa, far, GIB, KIB4).errno).toBeNull()
    v1.write('dev2', far, 'far')
    expect(v1.read('dev1', far, 3)).toBe('far')
    expect(v1.read('dev2', 0n, 3)).toBe('far')
    expect(v1.read('dev1', VA, 1, 5)).not.toMatch(/^fault/)
    expect(v1.map(gpa, 0xfd_0000_0000n, GIB, KIB4).rule).toBe('map.outside-ranges')
    expect(v1.map(gpa, (1n << 64n) - KIB4, GIB, KIB4).errno).toBeNull()
    expect(v1.read('dev2', (1n << 64n) - KIB4, 3)).toBe('far')
    expect(v1.unmap(gpa, far, KIB4).errno).toBeNull()
    expect(v1.read('dev1', far, 1)).toMatch(/^fault/)
  })
})

describe('refusals', () => {
  it('bind-pasid-table.root, bind-pasid-table.busy', () => {
    const { v1, gpa, table } = child()
    expect(bindTable(v1, gpa)).toMatchObject({ errno: 'EINVAL', rule: 'bind-pasid-table.root' })
    v1.map(table, 0n, 0n, KIB4)
    expect(bindTable(v1, table)).toMatchObject({ errno: 'EBUSY', rule: 'bind-pasid-table.busy' })
    v1.unmap(table, 0n, KIB4)
    expect(bindTable(v1, table).errno).toBeNull()
    expect(bindTable(v1, table).rule).toBe('bind-pasid-table.busy')
  })

  it('bind-pasid-table.one-device, attach.pasid-table: one device, by its RID', () => {
    const { v1, table } = child()
    v1.attach(v1.fd2, table)
    expect(bindTable(v1, table)).toMatchObject({ errno: 'EINVAL', rule: 'bind-pasid-table.one-device' })
    v1.detach(v1.fd2, table)
    bindTable(v1, table)
    expect(v1.attach(v1.fd2, table)).toMatchObject({ errno: 'EINVAL', rule: 'attach.pasid-table' })
    expect(v1.attachPasid(v1.fd1, table, 9).rule).toBe('attach.pasid-table')
  })

  it('bind-pasid-table.format, bind-pasid-table.address', () => {
    const { v1, table } = child()
    expect(bindTable(v1, table, { format: 9 })).toMatchObject({
      errno: 'EINVAL',
      rule: 'bind-pasid-table.format',
    })
    expect(bindTable(v1, table, { addr_width: 17 }).rule).toBe('bind-pasid-table.format')
    expect(bindTable(v1, table, { addr: PTABLE + 64n })).toMatchObject({
      errno: 'EINVAL',
      rule: 'bind-pasid-table.address',
    })
    expect(bindTable(v1, table, { addr: 1n << 50n }).rule).toBe('bind-pasid-table.address')
  })

  it('bind-pasid-table.platform, unbind-pasid-table.not-bound', () => {
    const { v1, table } = child({ ...ARM, platform: 'vtd' })
    expect(bindTable(v1, table)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'bind-pasid-table.platform' })
    expect(call(v1, 'IOASID_UNBIND_PASID_TABLE', table)).toMatchObject({
      errno: 'EINVAL',
      rule: 'unbind-pasid-table.not-bound',
    })
  })

  it('unbind-pasid-table.in-use, detach.child-first: PASIDs beneath go first', () => {
    const { v1, table } = layout()
    expect(call(v1, 'IOASID_UNBIND_PASID_TABLE', table)).toMatchObject({
      errno: 'EBUSY',
      rule: 'unbind-pasid-table.in-use',
    })
    expect(v1.detach(v1.fd1, table)).toMatchObject({ errno: 'EBUSY', rule: 'detach.child-first' })
  })

  it('bind-pgtable.pasid-table: a single table lies beneath a PASID table (R25)', () => {
    const { v1, gpa } = child()
    const lone = v1.nest(gpa)
    v1.attach(v1.fd2, lone)
    expect(bindPage(v1, lone)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'bind-pgtable.pasid-table' })
  })

  it('pasid.whole-device: PASIDs of the kernel and a PASID table of the user exclude each other', () => {
    const { v1, gpa, table } = child()
    const gva = v1.nest(gpa)
    expect(v1.attachPasid(v1.fd1, gva, 5).errno).toBeNull()
    expect(bindTable(v1, table)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'pasid.whole-device' })
    v1.detachPasid(v1.fd1, gva, 5)
    expect(bindTable(v1, table).errno).toBeNull()
    const sva = v1.must(v1.ctx, 'IOASID_ALLOC', { type: 3 })
    expect(v1.attachPasid(v1.fd1, sva, 5).rule).toBe('pasid.whole-device')
    const second = v1.nest(gpa)
    expect(v1.attachPasid(v1.fd2, sva, 5).errno).toBeNull()
    expect(v1.attach(v1.fd2, second).errno).toBeNull()
    expect(bindTable(v1, second).rule).toBe('pasid.whole-device')
  })

  it('guest-table.pasid', () => {
    const { v1 } = layout()
    const outcome = guestPasidSet(v1.machine, { table: PTABLE, pasid: 1n << 16n, root: TABLES[0] })
    expect(outcome).toMatchObject({ ok: false, rule: 'guest-table.pasid' })
  })

  it('nest.parent-type: nothing nests under a PASID table', () => {
    const { v1, table } = layout()
    expect(v1.ioctl(v1.ctx, 'IOASID_CREATE_NESTING', { ioasid: table }).rule).toBe('nest.parent-type')
  })
})
