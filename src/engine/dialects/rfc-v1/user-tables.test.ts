/** Tables that the user writes: bound, walked, flushed and taken off (R17, R19 to R23, R25). */
import { describe, expect, it } from 'vitest'
import { guestMap, guestUnmap } from '../../kernel/guest-tables'
import { attached, GIB, type V1, type V1Options, WITH_PASIDS } from './fixture'

const KIB4 = 0x1000n
const TABLE = 0x3fff_f000n

/** gpa maps 1 GiB from 0; gva is its child, attached to dev1 (by RID, or with a PASID). */
function vsva(options: V1Options = WITH_PASIDS, pasid: number | null = 5) {
  const { v1, gpa } = attached(options)
  v1.map(gpa, 0n, GIB, GIB)
  const gva = v1.nest(gpa)
  if (pasid === null) v1.attach(v1.fd1, gva)
  else v1.attachPasid(v1.fd1, gva, pasid)
  return { v1, gpa, gva, pasid }
}

const bind = (v1: V1, ioasid: number, fields: Record<string, bigint | number> = {}) =>
  v1.ioctl(v1.ctx, 'IOASID_BIND_PGTABLE', { ioasid, addr: TABLE, ...fields })

const invalidate = (v1: V1, ioasid: number, fields: Record<string, bigint | number> = {}) =>
  v1.ioctl(v1.ctx, 'IOASID_INVALIDATE_CACHE', { ioasid, ...fields })

/** The guest maps `pages` of its addresses from page `va` onto its memory from page `gpa`. */
function guest(v1: V1, va: number, gpa: number, pages = 1, perm = 3): void {
  const run = { root: TABLE, page: va, pages, target: gpa, perm }
  if (!guestMap(v1.machine, run).ok) throw new Error('the guest could not map')
}

function unguest(v1: V1, va: number, pages = 1): void {
  if (!guestUnmap(v1.machine, { root: TABLE, page: va, pages }).ok)
    throw new Error('the guest could not unmap')
}

/** A table bound, guest page 7 holding text, va page 0x1234 on it. */
function bound(options?: V1Options, pasid: number | null = 5) {
  const made = vsva(options, pasid)
  const { v1, gva } = made
  expect(bind(v1, gva)).toMatchObject({ errno: null })
  guest(v1, 0x1234, 7)
  v1.write('dev2', 7n * KIB4, 'seven')
  return { ...made, va: 0x1234n * KIB4 }
}

describe('nested.walk: a user table over its parent', () => {
  it.each([
    ['with a PASID', 5],
    ['by RID', null],
  ] as const)('is walked %s', (_, pasid) => {
    const { v1, va } = bound(WITH_PASIDS, pasid)
    expect(v1.read('dev1', va, 5, pasid)).toBe('seven')
    expect(v1.read('dev1', va + KIB4, 1, pasid)).toMatch(/^fault/)
  })

  it('grants what both grant', () => {
    const { v1, gpa, gva } = vsva()
    bind(v1, gva)
    v1.map(gpa, 2n * GIB, GIB, KIB4, 1n)
    guest(v1, 0x10, 7, 1, 1)
    guest(v1, 0x11, Number((2n * GIB) / KIB4))
    expect(v1.write('dev1', 0x10n * KIB4, 'x', 5).ok).toBe(false)
    expect(v1.read('dev1', 0x10n * KIB4, 1, 5)).not.toMatch(/^fault/)
    expect(v1.write('dev1', 0x11n * KIB4, 'x', 5).ok).toBe(false)
    expect(v1.read('dev1', 0x11n * KIB4, 1, 5)).not.toMatch(/^fault/)
  })

  it('faults where the parent has nothing, at the time of the DMA and not of the bind (R21)', () => {
    const { v1, gva } = vsva()
    expect(bind(v1, gva, { addr: 0x1_0000_0000n })).toMatchObject({ errno: null })
    expect(v1.read('dev1', 0n, 1, 5)).toMatch(/^fault/)
  })

  it("sits over a merged child too, which is the kernel's table for two levels (R20)", () => {
    const { v1, gpa } = attached(WITH_PASIDS)
    v1.map(gpa, 0n, GIB, GIB)
    const rid = v1.nest(gpa)
    v1.attach(v1.fd1, rid)
    v1.map(rid, 0n, 256n * KIB4, 256n * KIB4)
    v1.map(rid, TABLE - GIB / 2n, TABLE - GIB / 2n, GIB / 2n + KIB4)
    const gva = v1.nest(rid)
    v1.attachPasid(v1.fd1, gva, 5)
    bind(v1, gva)
    guest(v1, 1, 3)
    v1.write('dev2', (256n + 3n) * KIB4, 'through two')
    expect(v1.read('dev1', KIB4, 11, 5)).toBe('through two')
  })
})

describe('nested.stale: caches and the guest', () => {
  it('keeps what the guest took away until the invalidation that names it', () => {
    const { v1, gva, va } = bound()
    guest(v1, 0x1300, 7)
    v1.read('dev1', va, 1, 5)
    v1.read('dev1', 0x1300n * KIB4, 1, 5)
    unguest(v1, 0x1234)
    unguest(v1, 0x1300)
    expect(v1.read('dev1', va, 5, 5)).toBe('seven')
    expect(invalidate(v1, gva, { iova: va, size: KIB4 })).toMatchObject({ errno: null })
    expect(v1.read('dev1', va, 1, 5)).toMatch(/^fault/)
    expect(v1.read('dev1', 0x1300n * KIB4, 5, 5)).toBe('seven')
    expect(invalidate(v1, gva)).toMatchObject({ errno: null })
    expect(v1.read('dev1', 0x1300n * KIB4, 1, 5)).toMatch(/^fault/)
  })

  it('nested.parent-flush: the kernel flushes children when it unmaps the parent', () => {
    const { v1, gpa, va } = bound()
    expect(v1.read('dev1', va, 5, 5)).toBe('seven')
    expect(v1.unmap(gpa, 0n, GIB)).toMatchObject({ errno: null })
    expect(v1.read('dev1', va, 1, 5)).toMatch(/^fault/)
  })

  it('nested.unbind: leaves an empty space of the kernel, which takes a map again', () => {
    const { v1, gva, va } = bound()
    v1.read('dev1', va, 1, 5)
    expect(v1.ioctl(v1.ctx, 'IOASID_UNBIND_PGTABLE', { ioasid: gva })).toMatchObject({ errno: null })
    expect(v1.read('dev1', va, 1, 5)).toMatch(/^fault/)
    expect(v1.map(gva, va, 7n * KIB4, KIB4)).toMatchObject({ errno: null })
    expect(v1.read('dev1', va, 5, 5)).toBe('seven')
  })

  it('gives every frame and number back when all is closed', () => {
    const { v1 } = bound()
    v1.closeAll()
    expect(v1.machine.root.accountedPages).toBe(0)
    expect([...v1.machine.root.spaces.values()]).toEqual([])
  })
})

describe('refusals', () => {
  it('bind-pgtable.root', () => {
    const { v1, gpa } = vsva()
    expect(bind(v1, gpa)).toMatchObject({ errno: 'EINVAL', rule: 'bind-pgtable.root' })
  })

  it('bind-pgtable.busy: areas, children or a table there', () => {
    const { v1, gva } = vsva()
    v1.map(gva, 0n, 0n, KIB4)
    expect(bind(v1, gva)).toMatchObject({ errno: 'EBUSY', rule: 'bind-pgtable.busy' })
    v1.unmap(gva, 0n, KIB4)
    const below = v1.nest(gva)
    expect(bind(v1, gva).rule).toBe('bind-pgtable.busy')
    v1.ioctl(v1.ctx, 'IOASID_FREE', { ioasid: below })
    expect(bind(v1, gva).errno).toBeNull()
    expect(bind(v1, gva).rule).toBe('bind-pgtable.busy')
  })

  it('bind-pgtable.no-nesting: PAPR, VT-d in legacy mode', () => {
    for (const options of [{ platform: 'papr' }, { params: { mode: 'legacy' } }]) {
      const { v1, gva } = vsva({ ...options }, null)
      expect(bind(v1, gva)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'bind-pgtable.no-nesting' })
    }
  })

  it('bind-pgtable.format and bind-pgtable.address', () => {
    const { v1, gva } = vsva()
    expect(bind(v1, gva, { format: 77 })).toMatchObject({ errno: 'EINVAL', rule: 'bind-pgtable.format' })
    expect(bind(v1, gva, { addr_width: 39 }).rule).toBe('bind-pgtable.format')
    expect(bind(v1, gva, { addr: 0x1008n })).toMatchObject({ errno: 'EINVAL', rule: 'bind-pgtable.address' })
    expect(bind(v1, gva, { addr: 1n << 50n }).rule).toBe('bind-pgtable.address')
    expect(bind(v1, gva, { format: 1, addr_width: 48 }).errno).toBeNull()
  })

  it('unbind-pgtable.not-bound, bind-pasid-table.platform', () => {
    const { v1, gva } = vsva()
    const call = (name: string) => v1.ioctl(v1.ctx, name, { ioasid: gva })
    expect(call('IOASID_UNBIND_PGTABLE')).toMatchObject({ errno: 'EINVAL', rule: 'unbind-pgtable.not-bound' })
    expect(call('IOASID_BIND_PASID_TABLE')).toMatchObject({
      errno: 'EOPNOTSUPP',
      rule: 'bind-pasid-table.platform',
    })
  })

  it('op.table-type and nest.parent-type on a user table', () => {
    const { v1, gva } = bound()
    expect(v1.map(gva, 0n, 0n, KIB4)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'op.table-type' })
    expect(v1.unmap(gva, 0n, KIB4).rule).toBe('op.table-type')
    expect(v1.ioctl(v1.ctx, 'IOASID_CREATE_NESTING', { ioasid: gva }).rule).toBe('nest.parent-type')
  })

  it('invalidate.type: the kernel flushes its own, unless the knob lets anybody ask', () => {
    const { v1, gpa } = vsva()
    expect(invalidate(v1, gpa)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'invalidate.type' })
    const asked = vsva({ ...WITH_PASIDS, policy: { 'invalidate-scope': 'any-ioasid' } })
    expect(invalidate(asked.v1, asked.gpa)).toMatchObject({ errno: null })
    expect(invalidate(asked.v1, asked.gpa, { iova: KIB4, size: KIB4 })).toMatchObject({ errno: null })
  })

  it('invalidate.wrap', () => {
    const { v1, gva } = bound()
    expect(invalidate(v1, gva, { iova: 0xffff_ffff_ffff_f000n, size: 2n * KIB4 })).toMatchObject({
      errno: 'EINVAL',
      rule: 'invalidate.wrap',
    })
  })
})
