import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession } from '../../engine'
import { ACTIVE_IN_LINE, shown } from './shown'

describe('text from outside', () => {
  it.each([
    ['a\u202eb', 'a\\u202eb'],
    ['\u0007bell\ttab\n', '\\u0007bell\\u0009tab\\u000a'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['\u2066x\u2069', '\\u2066x\\u2069'],
    ['plain ä 漢 0x10', 'plain ä 漢 0x10'],
  ])('%j', (text, wanted) => expect(shown(text)).toBe(wanted))

  it('keeps nothing that acts, whatever the text', () => {
    const acts = /[\p{Cc}\p{Bidi_Control}]/u
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(acts.test(shown(text))).toBe(false)
        expect(acts.test(text.replaceAll(/[\t\n]/g, '').replaceAll(ACTIVE_IN_LINE, ''))).toBe(false)
      }),
      { seed: 11 },
    )
  })
})

it('what a run says of a flow is escaped by the engine: names, titles, labels, statements', () => {
  const bad = '\u202e\u0007'
  const { steps, scenario, assumptions, diagnostics } = createSession(
    `#title evil${bad}\n#dialect rfc-v1\nfd = open("/dev/vfio/devices/dev${bad}1", mode);\nnote("x${bad}");\nioctl(fd, ${bad});\n`,
  )
  const acting: string[] = []
  const seen = JSON.stringify({ steps, scenario, assumptions, diagnostics }, (_key, value: unknown) => {
    if (typeof value === 'string' && /[\p{Cc}\p{Bidi_Control}]/u.test(value)) acting.push(value)
    return typeof value === 'bigint' ? `${value}` : value
  })
  expect(seen).toContain('evil')
  expect(acting).toEqual([])
})
