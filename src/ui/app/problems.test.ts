import { describe, expect, it } from 'vitest'
import { createSession } from '../../engine'
import { isProblem, problemFrom } from './problems'

const BROKEN = Array.from(
  { length: 24 },
  (_, n) => `x${n} = ioctl(ioasid_fd, IOASID_ALOC${'C'.repeat(n % 3)});`,
)
const TEXT = ['#dialect rfc-v1', 'ioasid_fd = open("/dev/ioasid", O_RDWR);', ...BROKEN].join('\n')

describe('problems of a text', () => {
  const { diagnostics } = createSession(TEXT)
  const problems = diagnostics.filter(isProblem)

  it('are all reported, each with its place and the near miss as a fix', () => {
    expect(problems).toHaveLength(24)
    expect(new Set(problems.map(({ span }) => span.line)).size).toBe(24)
    for (const { span, fix } of problems) {
      expect(TEXT.slice(span.from, span.to)).toMatch(/^IOASID_ALOC+$/)
      expect(fix).toMatchObject({ insert: 'IOASID_ALLOC', from: span.from, to: span.to })
    }
  })

  it('are gone through in order, round both ends', () => {
    const at = (cursor: number, direction: 1 | -1) => problemFrom(problems, cursor, direction)?.span.line
    expect(at(0, 1)).toBe(3)
    expect(at(problems[0]?.span.from ?? 0, 1)).toBe(4)
    expect(at(TEXT.length, 1)).toBe(3)
    expect(at(0, -1)).toBe(26)
    expect(at(problems[5]?.span.from ?? 0, -1)).toBe(7)
    expect(problemFrom([], 0, 1)).toBeNull()
  })
})
