/** What MAP_DMA, UNMAP_DMA and DIRTY_PAGES refuse, and in which order: iommufd facts 7.2 to 7.4. */
import { describe, expect, it } from 'vitest'
import { RULES } from '../../kernel/rules.data'
import { PAGE, Type1, VADDR } from './fixture'

function begun(options: ConstructorParameters<typeof Type1>[0] = {}, version: 1 | 2 = 2): Type1 {
  const type1 = new Type1(options)
  type1.begin(version)
  return type1
}

const GOOD = { vaddr: VADDR, iova: 0x10000, size: PAGE, flags: 3 }
const TOP_PAGE = 0xffff_ffff_ffff_f000n

describe('MAP_DMA', () => {
  /** The first mistake of the list is the one that answers: each row has all the later ones too. */
  const MISTAKES = [
    { rule: 'type1.argument', errno: 'EFAULT', fields: { argp: 0 } },
    { rule: 'type1.argsz', errno: 'EINVAL', fields: { argsz: 31 } },
    { rule: 'type1.flags', errno: 'EINVAL', fields: { flags: 8 } },
    { rule: 'type1.size-zero', errno: 'EINVAL', fields: { size: 0 } },
    { rule: 'type1.wrap', errno: 'EOVERFLOW', fields: { iova: TOP_PAGE + 1n } },
    { rule: 'type1.direction', errno: 'EINVAL', fields: { flags: 0 } },
    { rule: 'type1.align', errno: 'EINVAL', fields: { vaddr: VADDR + 1n } },
    { rule: 'type1.overlap', errno: 'EEXIST', fields: { iova: 0x10000 } },
    { rule: 'type1.outside', errno: 'EINVAL', fields: { iova: 0xfee0_0000 } },
    { rule: 'map.fault', errno: 'EFAULT', fields: { vaddr: 0 } },
  ] as const

  it.each(MISTAKES)('refuses by $rule with -$errno', ({ rule, errno, fields }) => {
    const type1 = begun()
    type1.map(0x10000, PAGE)
    const answer = type1.bench.ioctl(type1.container, 'VFIO_IOMMU_MAP_DMA', {
      ...GOOD,
      iova: 0x20000,
      ...fields,
    })
    expect(answer).toMatchObject({ rule, errno })
    expect(RULES[rule].errno).toBe(errno)
  })

  it('names the first of several mistakes', () => {
    const type1 = begun()
    type1.map(0x10000, PAGE)
    for (let at = 0; at + 1 < MISTAKES.length; at++) {
      const [first, second] = [MISTAKES[at], MISTAKES[at + 1]]
      const fields = { ...GOOD, iova: 0x20000, ...second?.fields, ...first?.fields }
      expect(type1.call('VFIO_IOMMU_MAP_DMA', fields), `${first?.rule} before ${second?.rule}`).toBe(
        first?.rule,
      )
    }
  })

  it('takes a longer struct, and sizeof', () => {
    const type1 = begun()
    expect(type1.map(0x10000, PAGE, { argsz: 64 })).toBe('ok')
    expect(type1.map(0x20000, PAGE, { argsz: 32 })).toBe('ok')
  })

  it('refuses read-only memory to a mapping that writes', () => {
    const type1 = begun({ memory: [{ hva: VADDR, size: 0x10000n, readOnly: true }] })
    expect(type1.map(0, PAGE, { flags: 3 })).toBe('map.read-only')
    expect(type1.map(0, PAGE, { flags: 1 })).toBe('ok')
  })

  it('charges each mapping, the same memory too, up to the limit (type1.charged-each, map.memlock)', () => {
    const type1 = begun({ memlockPages: 2 })
    expect(type1.map(0, PAGE)).toBe('ok')
    expect(type1.map(0x1000, PAGE)).toBe('ok')
    expect(type1.bench.machine.root.accountedPages).toBe(2)
    expect(type1.bench.ioctl(type1.container, 'VFIO_IOMMU_MAP_DMA', { ...GOOD, iova: 0x2000 })).toMatchObject(
      {
        errno: 'ENOMEM',
        rule: 'map.memlock',
      },
    )
    expect(type1.unmap(0, PAGE)).toBe(PAGE)
    expect(type1.map(0x2000, PAGE)).toBe('ok')
  })
})

describe('VADDR', () => {
  it('is taken away from whole mappings, once, and DMA goes on (type1.vaddr-gone)', () => {
    const type1 = begun()
    type1.map(0x10000, 2 * PAGE)
    expect(type1.unmap(0x10000, 2 * PAGE, { flags: 4 })).toBe(2 * PAGE)
    expect(type1.call('VFIO_IOMMU_UNMAP_DMA', { iova: 0x10000, size: 2 * PAGE, flags: 4 })).toBe(
      'type1.vaddr-gone',
    )
    expect(type1.bench.read('dev1', 0x10000n)).not.toMatch(/^fault/)
    expect(type1.unmap(0x10000, 2 * PAGE)).toBe(2 * PAGE)
  })

  it('is given back to exactly one mapping that lost it', () => {
    const type1 = begun()
    type1.map(0x10000, 2 * PAGE)
    const give = (iova: number, size: number) => type1.map(iova, size, { flags: 4 })
    expect(give(0x40000, PAGE)).toBe('type1.no-mapping')
    expect(give(0x10000, 2 * PAGE)).toBe('type1.vaddr-valid')
    type1.unmap(0x10000, 2 * PAGE, { flags: 4 })
    expect(give(0x10000, PAGE)).toBe('type1.vaddr-exact')
    expect(give(0x10000, 2 * PAGE)).toBe('ok')
    expect(type1.map(0x50000, PAGE, { flags: 5 })).toBe('type1.direction')
  })
})

describe('DIRTY_PAGES', () => {
  const bitmap = { flags: 4, iova: 0x10000, size: 4 * PAGE, pgsize: PAGE, bitmap_size: 8 }
  const dirty = (type1: Type1, fields: Record<string, number | bigint>) =>
    type1.bench.ioctl(type1.container, 'VFIO_IOMMU_DIRTY_PAGES', fields)

  it('needs the second generation and one flag (type1.dirty-v1)', () => {
    expect(dirty(begun({}, 1), { flags: 1 })).toMatchObject({ rule: 'type1.dirty-v1', errno: 'EACCES' })
    for (const flags of [0, 3, 8]) expect(dirty(begun(), { flags }).rule).toBe('type1.flags')
    expect(dirty(begun(), { flags: 1, argsz: 7 }).rule).toBe('type1.argsz')
    expect(dirty(begun(), { ...bitmap, argsz: 8 }).rule).toBe('type1.argsz')
  })

  it('reports every mapped page while logging is on (type1.dirty-all, type1.dirty-off)', () => {
    const type1 = begun()
    type1.map(0x10000, 4 * PAGE)
    type1.map(0x20000, 4 * PAGE, { flags: 1 })
    expect(dirty(type1, bitmap).rule).toBe('type1.dirty-off')
    for (const _ of [1, 2]) expect(dirty(type1, { flags: 1 }).errno).toBe(null)
    expect(dirty(type1, bitmap).out).toEqual({ bitmap: '0f00000000000000' })
    expect(dirty(type1, { ...bitmap, size: 0x14 * PAGE }).out).toEqual({ bitmap: '0f000f0000000000' })
    expect(dirty(type1, { ...bitmap, iova: 0x30000 }).out).toEqual({ bitmap: '0000000000000000' })
    expect(dirty(type1, { flags: 2 }).errno).toBe(null)
    expect(dirty(type1, bitmap).rule).toBe('type1.dirty-off')
  })

  it.each([
    { rule: 'type1.dirty-wrap', fields: { iova: TOP_PAGE, size: PAGE } },
    { rule: 'type1.dirty-bitmap', fields: { bitmap_size: 4 } },
    { rule: 'type1.dirty-bitmap', fields: { size: 0 } },
    { rule: 'type1.dirty-page', fields: { pgsize: 2 * PAGE } },
    { rule: 'type1.align', fields: { iova: 0x10001 } },
    { rule: 'type1.bisect', fields: { size: 2 * PAGE } },
    { rule: 'type1.bisect', fields: { iova: 0x11000 } },
  ])('refuses by $rule where $fields', ({ rule, fields }) => {
    const type1 = begun()
    type1.map(0x10000, 4 * PAGE)
    dirty(type1, { flags: 1 })
    expect(dirty(type1, { ...bitmap, ...fields })).toMatchObject({ rule, errno: 'EINVAL' })
  })

  it('goes with an unmap that asks for it', () => {
    const type1 = begun()
    type1.map(0x10000, 4 * PAGE)
    const asked = { ...bitmap, flags: 1 }
    const unmap = (fields: Record<string, number>) =>
      type1.bench.ioctl(type1.container, 'VFIO_IOMMU_UNMAP_DMA', fields)
    expect(unmap(asked).rule).toBe('type1.dirty-off')
    dirty(type1, { flags: 1 })
    expect(unmap({ ...asked, flags: 3 }).rule).toBe('type1.flags')
    expect(unmap({ ...asked, argsz: 24 }).rule).toBe('type1.argsz')
    expect(unmap({ ...asked, bitmap_size: 0 }).rule).toBe('type1.dirty-bitmap')
    expect(unmap(asked).out).toEqual({ size: 0x4000n, bitmap: '0f00000000000000' })
    expect(type1.unmap(0x10000, 4 * PAGE)).toBe(0)
  })
})
