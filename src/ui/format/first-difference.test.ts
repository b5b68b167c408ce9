import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type StepRecord } from '../../engine'
import { firstDifference } from './first-difference'

const step = (n: number, more: Partial<StepRecord> = {}): StepRecord => ({
  n,
  line: n + 10,
  lines: [],
  expected: false,
  text: `call ${n}`,
  call: 'IOASID_MAP_DMA',
  ret: 0,
  errno: null,
  rule: null,
  message: null,
  out: null,
  label: { verb: 'MAP', object: '' },
  ...more,
})
const refused = (n: number, errno: string, rule: string): StepRecord => step(n, { ret: -1, errno, rule })

describe('the first difference of two runs', () => {
  it('is none where nothing differs, whatever the lines', () => {
    const steps = [step(1), refused(2, 'EINVAL', 'map.overlap')]
    expect(firstDifference(steps, steps)).toBeNull()
    expect(
      firstDifference(
        steps,
        steps.map(one => ({ ...one, line: one.line + 1 })),
      ),
    ).toBeNull()
    expect(firstDifference([], [])).toBeNull()
  })

  it('names what a call answers now and answered before', () => {
    const after = [step(1), refused(2, 'EINVAL', 'map.overlap'), refused(3, 'EBUSY', 'bind.taken')]
    expect(firstDifference([step(1), step(2), step(3)], after)).toEqual({
      line: 12,
      step: 2,
      what: '-EINVAL instead of 0',
    })
    expect(firstDifference(after, [step(1), step(2), step(3)])?.what).toBe('0 instead of -EINVAL')
    expect(firstDifference([step(1)], [step(1, { ret: 2 })])?.what).toBe('2 instead of 0')
  })

  it('tells one errno by two rules apart', () => {
    expect(
      firstDifference([refused(1, 'EINVAL', 'map.align')], [refused(1, 'EINVAL', 'map.permitted')])?.what,
    ).toBe('-EINVAL by map.permitted instead of map.align')
  })

  it('looks into what a call gives back', () => {
    const before = step(1, { out: { size: 0x1000n, ranges: [1n, 2n] } })
    expect(firstDifference([before], [step(1, { out: { size: 0x2000n, ranges: [1n, 2n] } })])?.what).toBe(
      'size 0x2000 instead of 0x1000',
    )
    expect(firstDifference([before], [step(1, { out: { size: 0x1000n } })])?.what).toBe(
      'ranges none instead of [1, 2]',
    )
  })

  it('tells of an expect that fails now', () => {
    const holds = step(1, { call: 'expect' })
    expect(firstDifference([holds], [step(1, { call: 'expect', ret: -1 })])?.what).toBe(
      'fails instead of holds',
    )
  })

  it('tells where one of them ends or goes another way', () => {
    const three = [step(1), step(2), step(3)]
    expect(firstDifference(three, [step(1, { line: 12 }), step(2, { line: 13 })])).toEqual({
      line: 14,
      step: 2,
      what: 'not reached any more',
    })
    expect(firstDifference([step(1)], three)).toEqual({ line: 12, step: 2, what: 'run now, and not before' })
    expect(firstDifference(three, [step(1), step(2, { text: 'other' })])).toMatchObject({ line: 12, step: 2 })
  })

  it('is at the one step that was changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(30), (count, pick, shift) => {
        const before = Array.from({ length: count }, (_, i) => step(i + 1))
        const at = (pick % count) + 1
        const after = before.map(one => ({ ...one, line: one.line + shift, ret: one.n >= at ? 7 : 0 }))
        expect(firstDifference(before, after)).toMatchObject({ step: at, line: at + 10 + shift })
      }),
      { seed: 20_210_527 },
    )
  })

  it('is found between two policies of a flow', () => {
    const flow = (unmap: string) => `#device dev1 pci 0000:00:03.0
#memory 0x40000000 1GB guest
#policy unmap=${unmap}
fd = open("/dev/vfio/devices/dev1", O_RDWR);
ioasid_fd = open("/dev/ioasid", O_RDWR);
ioctl(fd, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
at = { .ioasid = gpa };
ioctl(fd, VFIO_ATTACH_IOASID, &at);
m = { .ioasid = gpa; .iova = 0; .vaddr = 0x40000000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &m);
u = { .ioasid = gpa; .iova = 0; .size = 8KB; };
ioctl(ioasid_fd, IOASID_UNMAP_DMA, &u);
`
    const [exact, whole] = [createSession(flow('exact')).steps, createSession(flow('type1v2')).steps]
    const found = firstDifference(exact, whole)
    expect(found?.line).toBe(13)
    expect(found?.what).toMatch(/^0 instead of -E[A-Z]+$/)
  })
})
