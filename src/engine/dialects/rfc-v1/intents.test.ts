/** What a VMM wants, as calls of /dev/ioasid: which, in what order, and what they leave. */
import { describe, expect, it } from 'vitest'
import type { Intent, VmmPlan } from '../contract'
import { carryOut, lowerIntent } from '../intents'
import { GIB, V1, type V1Options, WITH_PASIDS } from './fixture'

const KIB4 = 0x1000n

/** dev1 and dev2 in one root that maps guest memory at 0: the state "after boot" of the proposal. */
function booted(options: V1Options = {}) {
  const v1 = new V1(options)
  const gpa = v1.alloc()
  v1.attach(v1.fd1, gpa)
  v1.attach(v1.fd2, gpa)
  v1.map(gpa, 0n, GIB, GIB)
  return { v1, gpa: uidOf(v1, gpa) }
}

function uidOf(v1: V1, id: number): number {
  const found = [...v1.machine.root.spaces.values()].find(space => space.id === id)
  if (found === undefined) throw new Error(`no ioasid ${id}`)
  return found.uid
}

const commands = (plan: VmmPlan) =>
  'calls' in plan ? plan.calls.map(call => call.command) : plan.noEquivalent
const dev2 = { device: 'dev2', pasid: null }

function lastOf(v1: V1, device: string) {
  const at = v1.machine.device(device).attachments.at(-1)
  if (at === undefined) throw new Error(`${device} is attached nowhere`)
  return v1.machine.space(at.space)
}

function run(v1: V1, intent: Intent) {
  const carried = carryOut(v1.machine, v1.dialect, intent)
  expect(carried.noEquivalent).toBeNull()
  return carried
}

describe('intents of a VMM in v1', () => {
  it('a root of its own: out of the old one, into a new one, and mapped in terms of process memory (5.2)', () => {
    const { v1, gpa } = booted()
    const plan = lowerIntent(v1.machine, v1.dialect, { kind: 'isolate', ...dev2, over: null })
    expect(commands(plan)).toEqual(['VFIO_DETACH_IOASID', 'IOASID_ALLOC', 'VFIO_ATTACH_IOASID'])
    expect(run(v1, { kind: 'isolate', ...dev2, over: null })).toMatchObject({ calls: 3 })
    const space = lastOf(v1, 'dev2')
    expect(space).toMatchObject({ parent: null, kind: 'kernel' })
    expect(space.uid).not.toBe(gpa)
    v1.write('dev1', 0x1000n, 'x')
    run(v1, { kind: 'map', space: space.uid, iova: 0x2000n, target: GIB + KIB4, size: KIB4, perm: 3 })
    expect(v1.read('dev2', 0x2000n)).toBe('x')
    run(v1, { kind: 'unmap', space: space.uid, iova: 0x2000n, size: KIB4 })
    expect(v1.read('dev2', 0x2000n)).toBe('fault 0x79')
    run(v1, { kind: 'release', ...dev2, space: space.uid })
    expect(v1.machine.device('dev2').attachments).toEqual([])
    expect(v1.machine.root.spaces.has(space.uid)).toBe(false)
  })

  it('a child of guest memory: the parent is kept, as 5.3 has it', () => {
    const { v1, gpa } = booted()
    const plan = lowerIntent(v1.machine, v1.dialect, { kind: 'isolate', ...dev2, over: gpa })
    expect(commands(plan)).toEqual(['IOASID_CREATE_NESTING', 'VFIO_ATTACH_IOASID'])
    run(v1, { kind: 'isolate', ...dev2, over: gpa })
    expect(lastOf(v1, 'dev2').parent).toBe(gpa)
  })

  it('a second child is entered only once the first is left (R2)', () => {
    const { v1, gpa } = booted()
    run(v1, { kind: 'isolate', ...dev2, over: gpa })
    const first = lastOf(v1, 'dev2').uid
    const plan = lowerIntent(v1.machine, v1.dialect, { kind: 'isolate', ...dev2, over: gpa })
    expect(commands(plan)).toEqual(['VFIO_DETACH_IOASID', 'IOASID_CREATE_NESTING', 'VFIO_ATTACH_IOASID'])
    run(v1, { kind: 'isolate', ...dev2, over: gpa })
    expect(lastOf(v1, 'dev2').uid).not.toBe(first)
  })

  it('a parent that the device is not in yet is joined first, a prereg one never (R3)', () => {
    const v1 = new V1()
    const gpa = v1.alloc()
    v1.attach(v1.fd1, gpa)
    const over = uidOf(v1, gpa)
    const joined = lowerIntent(v1.machine, v1.dialect, { kind: 'isolate', ...dev2, over })
    expect(commands(joined)).toEqual(['VFIO_ATTACH_IOASID', 'IOASID_CREATE_NESTING', 'VFIO_ATTACH_IOASID'])
    const prereg = uidOf(v1, v1.must(v1.ctx, 'IOASID_ALLOC', { type: 1 }))
    const below = lowerIntent(v1.machine, v1.dialect, {
      kind: 'isolate',
      device: 'dev1',
      pasid: null,
      over: prereg,
    })
    expect(commands(below)).toEqual(['VFIO_DETACH_IOASID', 'IOASID_CREATE_NESTING', 'VFIO_ATTACH_IOASID'])
  })

  it("the guest's table, with a PASID and without: nested, bound, invalidated (5.4, 5.5)", () => {
    for (const pasid of [null, 5]) {
      const { v1, gpa } = booted(WITH_PASIDS)
      const who = { device: 'dev2', pasid }
      const nest = { kind: 'nest', ...who, over: gpa, table: 0x10_0000n, of: 'page-table' } as const
      expect(commands(lowerIntent(v1.machine, v1.dialect, nest))).toEqual([
        'IOASID_CREATE_NESTING',
        'VFIO_ATTACH_IOASID',
        'IOASID_BIND_PGTABLE',
      ])
      run(v1, nest)
      const space = lastOf(v1, 'dev2')
      expect(space).toMatchObject({ kind: 'user-table', userTable: { root: 0x10_0000n } })
      expect(space.attachments).toEqual([who])
      const all = { kind: 'invalidate', ...who, space: space.uid, range: null } as const
      expect(run(v1, all).answer?.errno).toBeNull()
      const range = { iova: 0x2000n, size: KIB4 }
      expect(run(v1, { ...all, range }).answer?.errno).toBeNull()
    }
  })

  it('into a space and out of it, by RID or by PASID', () => {
    const { v1, gpa } = booted(WITH_PASIDS)
    const tagged = { device: 'dev2', pasid: 7, space: gpa }
    for (const who of [tagged, { ...dev2, space: gpa }]) {
      if (who.pasid === null) run(v1, { kind: 'detach', ...who })
      expect(run(v1, { kind: 'attach', ...who }).answer?.errno).toBeNull()
      expect(v1.machine.device('dev2').attachments).toContainEqual(
        expect.objectContaining({ space: gpa, pasid: who.pasid }),
      )
    }
    expect(run(v1, { kind: 'detach', ...tagged }).answer?.errno).toBeNull()
    expect(v1.machine.device('dev2').attachments.map(at => at.pasid)).toEqual([null])
  })

  it('under activation=enable-call the new space is enabled before it is used (R35)', () => {
    const { v1 } = booted({ policy: { activation: 'enable-call' } })
    const plan = lowerIntent(v1.machine, v1.dialect, { kind: 'isolate', ...dev2, over: null })
    expect(commands(plan)).toContain('IOASID_ENABLE')
    expect(run(v1, { kind: 'isolate', ...dev2, over: null }).answer?.errno).toBeNull()
  })

  it('the first refusal ends a plan and is its answer; what was done stays', () => {
    const { v1, gpa } = booted()
    const nest = { kind: 'nest', ...dev2, over: gpa, table: 0x123n, of: 'page-table' } as const
    const { calls, answer } = run(v1, nest)
    expect([calls, answer?.rule]).toEqual([3, 'bind-pgtable.address'])
    expect(lastOf(v1, 'dev2').parent).toBe(gpa)
  })

  it('a kind without a row has no equivalent, and no call is made', () => {
    const { v1 } = booted()
    const { isolate: _, ...rest } = v1.dialect.intents
    const carried = carryOut(
      v1.machine,
      { ...v1.dialect, intents: rest },
      { kind: 'isolate', ...dev2, over: null },
    )
    expect(carried).toMatchObject({ calls: 0, answer: null })
    expect(carried.noEquivalent).toContain('isolate')
  })
})
