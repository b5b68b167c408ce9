/** Attaching with PASIDs: what tagged DMA reaches, apart from the RID and from each other (R1, R3, R5, R24). */
import { describe, expect, it } from 'vitest'
import { attached, GIB, V1, WITH_PASIDS } from './fixture'

const KIB4 = 0x1000n

/** dev1 and dev2 in gpa; a sibling root with one page, an other process page, at IOVA 0. */
function withChild() {
  const { v1, gpa } = attached(WITH_PASIDS)
  v1.map(gpa, 0n, GIB, 16n * KIB4)
  const child = v1.nest(gpa)
  v1.attachPasid(v1.fd1, child, 5)
  v1.map(child, 0n, 3n * KIB4, KIB4)
  return { v1, gpa, child }
}

describe('pasid.independent: a PASID is routed apart from the RID', () => {
  it('takes tagged DMA to its space and leaves untagged DMA where it was', () => {
    const { v1 } = withChild()
    v1.write('dev1', 3n * KIB4, 'third page')
    expect(v1.read('dev1', 0n, 10, 5)).toBe('third page')
    expect(v1.read('dev1', 0n, 10)).not.toBe('third page')
    expect(v1.read('dev1', KIB4, 1, 5)).toMatch(/^fault/)
  })

  it('lets one space stand behind several PASIDs, and frees a number at its detach', () => {
    const { v1, child } = withChild()
    v1.write('dev1', 3n * KIB4, 'x')
    expect(v1.attachPasid(v1.fd1, child, 6).errno).toBeNull()
    expect(v1.detachPasid(v1.fd1, child, 5).errno).toBeNull()
    expect(v1.read('dev1', 0n, 1, 5)).toMatch(/^fault/)
    expect(v1.read('dev1', 0n, 1, 6)).toBe('x')
    expect(v1.attachPasid(v1.fd1, child, 5).errno).toBeNull()
    expect(v1.read('dev1', 0n, 1, 5)).toBe('x')
  })

  it('is the same number on another device, and another route', () => {
    const { v1, gpa, child } = withChild()
    v1.write('dev1', 3n * KIB4, 'y')
    expect(v1.attachPasid(v1.fd2, gpa, 5).errno).toBeNull()
    expect(v1.read('dev2', 3n * KIB4, 1, 5)).toBe('y')
    expect(v1.attachPasid(v1.fd2, child, 6).errno).toBeNull()
    expect(v1.read('dev2', 0n, 1, 6)).toBe('y')
  })

  it('stays blocked with its whole group while a mate is missing', () => {
    const v1 = new V1({
      devices: [
        { name: 'dev1', group: 3, pasidBits: 20 },
        { name: 'dev2', rid: '0000:00:03.1', group: 3, pasidBits: 20 },
      ],
    })
    const [gpa, other] = [v1.alloc(), v1.alloc()]
    expect(v1.attachPasid(v1.fd1, other, 9).errno).toBeNull()
    v1.map(other, 0n, GIB, KIB4)
    expect(v1.write('dev1', 0n, 'z', 9).ok).toBe(true)
    v1.attach(v1.fd1, gpa)
    expect(v1.read('dev1', 0n, 1, 9)).toMatch(/^fault/)
    v1.attach(v1.fd2, gpa)
    expect(v1.read('dev1', 0n, 1, 9)).toBe('z')
  })
})

describe('attach.parent-first with PASIDs (R3)', () => {
  it('takes an attachment of the parent by any routing', () => {
    const v1 = new V1(WITH_PASIDS)
    const gpa = v1.alloc()
    v1.attachPasid(v1.fd1, gpa, 1)
    const child = v1.nest(gpa)
    expect(v1.attachPasid(v1.fd1, child, 2).errno).toBeNull()
    expect(v1.attachPasid(v1.fd2, child, 2).rule).toBe('attach.parent-first')
    expect(v1.detachPasid(v1.fd1, gpa, 1).rule).toBe('detach.child-first')
  })

  it('lets the parent go by one routing while it keeps another', () => {
    const { v1, gpa } = withChild()
    v1.attachPasid(v1.fd1, gpa, 1)
    expect(v1.detach(v1.fd1, gpa).errno).toBeNull()
    expect(v1.read('dev1', 0n)).toMatch(/^fault/)
    expect(v1.detachPasid(v1.fd1, gpa, 1).rule).toBe('detach.child-first')
  })

  it('close.device: a space entered again after its child is left once the child is', () => {
    const { v1, gpa } = attached(WITH_PASIDS)
    const child = v1.nest(gpa)
    v1.attach(v1.fd1, child)
    const grandchild = v1.nest(child)
    expect(v1.attachPasid(v1.fd1, grandchild, 1).errno).toBeNull()
    expect(v1.attachPasid(v1.fd1, child, 2).errno).toBeNull()
    expect(v1.detach(v1.fd1, child).errno).toBeNull()
    v1.close(v1.fd1)
    expect(v1.machine.device('dev1').attachments).toEqual([])
    v1.closeAll()
    // COST_NAMES: tablesLive, tableBytes.
    expect([v1.machine.costs.values[4], v1.machine.costs.values[5]]).toEqual([0, 0])
  })

  it('without a flag detaches the RID first, then the only PASID', () => {
    const { v1, child } = withChild()
    expect(v1.detach(v1.fd1, child).errno).toBeNull()
    expect(v1.detach(v1.fd1, child).rule).toBe('detach.not-attached')
  })
})
