/** Spaces that are the process itself (R34, layout 10). */
import { describe, expect, it } from 'vitest'
import { GIB, V1, type V1Options, WITH_PASIDS } from './fixture'

const SVA = 3

function sva(options: V1Options = WITH_PASIDS) {
  const v1 = new V1(options)
  const gpa = v1.alloc()
  v1.attach(v1.fd1, gpa)
  v1.map(gpa, 0n, GIB, 0x10_0000n)
  return { v1, gpa, space: v1.must(v1.ctx, 'IOASID_ALLOC', { type: SVA }) }
}

describe('sva.process: IOVA is the virtual address', () => {
  it('reaches every page of the process with its rights, and charges nothing', () => {
    const memory = [
      { hva: GIB, size: GIB },
      { hva: 4n * GIB, size: 0x1000n, readOnly: true },
    ]
    const { v1, space } = sva({ ...WITH_PASIDS, memory })
    const before = v1.machine.root.accountedPages
    expect(v1.attachPasid(v1.fd1, space, 9)).toMatchObject({ errno: null })
    v1.write('dev1', 0x5000n, 'gpa')
    expect(v1.read('dev1', GIB + 0x5000n, 3, 9)).toBe('gpa')
    expect(v1.write('dev1', GIB + 0x3fff_f000n, 'end', 9).ok).toBe(true)
    expect(v1.read('dev1', 4n * GIB, 1, 9)).not.toMatch(/^fault/)
    expect(v1.write('dev1', 4n * GIB, 'x', 9).ok).toBe(false)
    expect(v1.read('dev1', 8n * GIB, 1, 9)).toMatch(/^fault/)
    expect(v1.machine.root.accountedPages).toBe(before)
  })

  it('shares one table, gone with the last attachment', () => {
    const { v1, space } = sva()
    const second = v1.must(v1.ctx, 'IOASID_ALLOC', { type: SVA })
    v1.attachPasid(v1.fd1, space, 9)
    v1.attachPasid(v1.fd1, second, 10)
    v1.detachPasid(v1.fd1, space, 9)
    expect(v1.read('dev1', GIB, 1, 9)).toMatch(/^fault/)
    expect(v1.read('dev1', GIB, 1, 10)).not.toMatch(/^fault/)
    v1.detachPasid(v1.fd1, second, 10)
    expect(v1.machine.root.processTable).toBeNull()
  })

  it('takes no map, no bind and no child', () => {
    const { v1, space } = sva()
    v1.attachPasid(v1.fd1, space, 9)
    expect(v1.map(space, 0n, GIB, 0x1000n)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'op.table-type' })
    expect(v1.unmap(space, 0n, 0x1000n).rule).toBe('op.table-type')
    const bind = v1.ioctl(v1.ctx, 'IOASID_BIND_PGTABLE', { ioasid: space, addr: 0x1000n })
    expect(bind).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'op.table-type' })
    expect(v1.ioctl(v1.ctx, 'IOASID_CREATE_NESTING', { ioasid: space }).rule).toBe('nest.parent-type')
  })

  it('attach.sva-rid and sva.unsupported', () => {
    const { v1, space } = sva()
    expect(v1.attach(v1.fd2, space)).toMatchObject({ errno: 'EINVAL', rule: 'attach.sva-rid' })
    for (const options of [{ platform: 'papr' }, { params: { mode: 'legacy' } }]) {
      const without = new V1(options)
      const own = without.must(without.ctx, 'IOASID_ALLOC', { type: SVA })
      const answer = without.attachPasid(without.fd1, own, 9)
      expect(answer).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'sva.unsupported' })
    }
  })
})
