import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../session/compare'
import { FLOW } from '../../session/compare.fixture'
import { comparedText, compareText } from './compare'

describe('a comparison as text', () => {
  it('has a column for each choice, then the partings', () => {
    const prereg = { label: 'prereg=none', policy: { prereg: 'none' } }
    const text = compareText(compareRuns(FLOW, [{ label: 'as written' }, prereg, { label: 'again' }]))
    expect(text).toContain(
      'A  as written (rfc-v1 on vtd, 10 steps)\nB  prereg=none (rfc-v1 on vtd, 10 steps)\n',
    )
    expect(text).toMatch(/^calls +7 +7 +7$/m)
    expect(text).toMatch(/^references per DMA, cold +8 +8 +8$/m)
    expect(text).toContain(
      'B parts from A at step 4, line 7, by its answer: ioctl(ctx, IOASID_REGISTER_MEMORY',
    )
    expect(text).toContain('  A  0\n  B  -ENOTTY register.off\n')
    expect(text).toContain('C does what A does, at the same cost.')
  })

  it('tells a mean by two digits, and a mean of nothing by a dash', () => {
    expect([comparedText(8), comparedText(4.004), comparedText(22.967), comparedText(null)]).toEqual([
      '8',
      '4',
      '22.97',
      '-',
    ])
  })
})
