import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBase64url } from './base64url'
import { crc32 } from './crc32'
import { sealed } from './envelope'
import { madeFlow, scenarioTexts } from './flows.fixture'
import { decodeLink, encodeLink } from './link'
import { linkProblemText } from './problem'
import { DICTIONARY } from './v1/dictionary.data'
import { complete, VERSIONS } from './versions'
import type { LinkView } from './view'

const VIEW: LinkView = {
  step: 7,
  select: 'space:2',
  tab: 'table',
  entry: '2:0:5',
  centre: 'outline',
  zoom: [-12.5, 3, 0.75],
  breaks: [
    { kind: 'line', value: 12 },
    { kind: 'errno', value: 'EBUSY', off: true },
  ],
  pins: ['device:dev1'],
  collapsed: ['context:3'],
  opened: ['bundle:1'],
  toggled: ['1:2:0'],
  notes: [{ step: 2, text: 'here\nit starts' }],
  columns: ['', 'prereg=ioas,viommu=mirror'],
  walk: { device: 'dev1', pasid: '5', address: '0xffffffffffffffff', write: true },
}

const made = (text: string, view: LinkView = {}): string => {
  const link = encodeLink({ text, view })
  if (!link.ok) throw new Error(linkProblemText(link.problem))
  return link.value
}
const sealedBody = (body: Uint8Array, version = 1): string => {
  const link = sealed({ version, body: toBase64url(body) })
  if (!link.ok) throw new Error(linkProblemText(link.problem))
  return link.value
}
/** As v1 packs, by another implementation of deflate. */
const packed = (bytes: Uint8Array | string) =>
  deflateRawSync(bytes, { dictionary: new TextEncoder().encode(DICTIONARY) })
const problemOf = (link: string) => {
  const opened = decodeLink(link)
  return opened.ok ? null : opened.problem
}

describe('a link', () => {
  it.each(scenarioTexts)('carries %s and a view', (_name, text) => {
    expect(decodeLink(made(text, VIEW))).toEqual({ ok: true, value: { text, view: VIEW } })
  })

  it.each([
    ['nothing', ''],
    ['line ends of all kinds', 'a\r\nb\rc\n\n'],
    ['tabs, blanks at line ends, no last line end', '\ta \t\n  b  '],
    ['a byte order mark', '\ufeff#title x'],
    ['astral and combining characters', '\u{1f600} e\u0301 \u{10ffff} \u202e'],
    ['NUL and other controls', '\0\x01\x1b\x7f'],
    ['what looks like a view', '\x01{"step":1}\n'],
  ])('carries %s', (_what, text) => {
    expect(decodeLink(made(text))).toEqual({ ok: true, value: { text, view: {} } })
  })

  it('carries any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
        const link = made(text, { step: text.length })
        expect(encodeURIComponent(link)).toBe(link)
        expect(link).toMatch(/^[A-Za-z0-9._-]*[A-Za-z0-9]$/)
        expect(decodeLink(link)).toEqual({ ok: true, value: { text, view: { step: text.length } } })
      }),
      { seed: 20261122, numRuns: 300 },
    )
  })

  it('is the same for the same', () => {
    expect(made(madeFlow(30), VIEW)).toBe(made(madeFlow(30), VIEW))
  })

  it('refuses what is no text instead of changing it', () => {
    expect(encodeLink({ text: 'ab\ud800c', view: {} })).toMatchObject({
      problem: { kind: 'not-text', at: 2 },
    })
  })
})

describe('length', () => {
  const BASE = 'https://example.org/ioas/#'
  it.each([
    [10, 200],
    [50, 700],
    [100, 1350],
    [200, 2700],
    [1000, 13_100],
  ])('of the address for %i steps is at most %i', (steps, most) => {
    const text = madeFlow(steps)
    expect((BASE + made(text)).length).toBeLessThanOrEqual(most)
    expect(decodeLink(made(text))).toMatchObject({ ok: true, value: { text } })
  })

  it('of every scenario of at most 60 lines fits a chat message of 700', () => {
    // Recordings have a hundred steps and more; their codes are short.
    const most = (name: string, lines: number) =>
      name.startsWith('recorded-') ? 1900 : lines > 60 ? 1100 : 700
    const tooLong = scenarioTexts.filter(
      ([name, text]) => (BASE + made(text, { step: 3 })).length > most(name, text.split('\n').length - 1),
    )
    expect(tooLong.map(([name]) => name)).toEqual([])
  })

  it('grows little by a view', () => {
    const text = madeFlow(20)
    expect(made(text, { step: 12, select: 'space:2', tab: 'table' }).length - made(text).length).toBeLessThan(
      24,
    )
  })
})

describe('limits', () => {
  it('says what is too large to send, both ways to be so', () => {
    const noise = Array.from({ length: 90_000 }, (_, i) =>
      String.fromCharCode(33 + (crc32(`${i}`) % 90)),
    ).join('')
    expect(encodeLink({ text: noise, view: {} })).toMatchObject({ problem: { kind: 'link-too-long' } })
    expect(encodeLink({ text: 'x'.repeat(1_048_576), view: {} })).toMatchObject({
      problem: { kind: 'text-too-large', bytes: 1_048_577 },
    })
    expect(made('x'.repeat(1_048_575)).length).toBeLessThan(2000)
  })

  it('stops a bomb before it has grown', () => {
    const bomb = sealedBody(deflateRawSync(new Uint8Array(48 * 2 ** 20), { level: 9 }))
    expect(bomb.length).toBeLessThan(65_536)
    const begin = performance.now()
    expect(problemOf(bomb)).toMatchObject({ kind: 'text-too-large' })
    expect(performance.now() - begin).toBeLessThan(1000)
  })

  it('does not look at more than a link may be', () => {
    expect(problemOf(`v1.zzzz.${'A'.repeat(2_000_000)}`)).toMatchObject({ kind: 'link-too-long' })
  })
})

describe('a broken link', () => {
  const text = madeFlow(12)
  const link = made(text, VIEW)

  it('says how much of it is missing', () => {
    for (const missing of [1, 2, 7, 50, link.length - 8])
      expect(problemOf(link.slice(0, -missing))).toEqual({ kind: 'cut', missing, length: link.length })
  })

  it('never opens with a character changed, added or left out', () => {
    const letters = 'ABCXYZabcxyz0189-_'
    fc.assert(
      fc.property(fc.nat(link.length - 1), fc.nat(letters.length - 1), fc.nat(2), (at, letter, how) => {
        const put = how === 2 ? '' : letters.charAt(letter)
        const broken = link.slice(0, at) + put + link.slice(how === 0 ? at : at + 1)
        if (broken.startsWith(link)) return
        expect(decodeLink(broken).ok).toBe(false)
      }),
      { seed: 7, numRuns: 3000 },
    )
  })

  it('never opens with two parts exchanged, or in another case', () => {
    for (let at = 6; at + 1 < link.length; at++) {
      const swapped = link.slice(0, at) + link.charAt(at + 1) + link.charAt(at) + link.slice(at + 2)
      if (swapped !== link) expect(decodeLink(swapped).ok).toBe(false)
    }
    expect(problemOf(link.toLowerCase())).toMatchObject({ kind: 'damaged' })
  })

  it('with any bytes in a good envelope is a problem or a text, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        const opened = decodeLink(sealedBody(bytes))
        if (!opened.ok) expect(['unreadable', 'newer', 'text-too-large']).toContain(opened.problem.kind)
      }),
      { seed: 11, numRuns: 3000 },
    )
  })

  it.each([
    ['no bytes', '', 'there is nothing in it'],
    ['a view without end', '\x01{"step":1}', 'no end'],
    ['a view that is no JSON', '\x01{step}\n', 'no JSON'],
    ['a field nobody knows', '\x01{"step":1,"spet":2}\n', 'makes no sense'],
    ['a step of the wrong kind', '\x01{"step":"1"}\n', 'makes no sense'],
    ['a prototype as a field', '\x01{"__proto__":{"step":1}}\n', 'makes no sense'],
    ['a list where a word belongs', '\x01{"walk":{"device":["d"]}}\n', 'makes no sense'],
  ])('with %s is unreadable', (_what, bytes, why) => {
    expect(problemOf(sealedBody(packed(bytes)))).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining(why),
    })
  })

  it('with bytes that are no UTF-8 is unreadable', () => {
    expect(problemOf(sealedBody(packed(new Uint8Array([0, 0xc3]))))).toMatchObject({ kind: 'unreadable' })
  })
})

describe('versions', () => {
  it('says the first revision of the view that has its fields, so that older pages open what they know', () => {
    const revision = (view: LinkView) => {
      const body = made('text', view).split('.')[2]?.slice(0, -6) ?? ''
      return inflateRawSync(Buffer.from(body, 'base64url'), {
        dictionary: new TextEncoder().encode(DICTIONARY),
      })[0]
    }
    expect([revision({}), revision({ step: 1 }), revision({ columns: ['', 'prereg=ioas'] })]).toEqual([
      0, 1, 2,
    ])
  })

  it('a link of a newer build says so and opens nothing', () => {
    expect(problemOf(sealedBody(packed('\0text'), 2))).toEqual({ kind: 'newer', form: 'v2' })
    expect(problemOf(sealedBody(packed('\x03{"new":1}\ntext')))).toMatchObject({ kind: 'newer' })
  })

  it('opens what another implementation of deflate packed', () => {
    const opened = decodeLink(sealedBody(packed('\x01{"step":3}\nopen();')))
    expect(opened).toEqual({ ok: true, value: { text: 'open();', view: { step: 3 } } })
  })

  it('are complete, or nothing starts', () => {
    const [v1] = VERSIONS
    expect(() => complete([v1, { ...v1, version: 3 }])).toThrow('v2')
    expect(() => complete([])).toThrow()
    expect(complete([v1, { ...v1, version: 2 }])).toHaveLength(2)
  })
})

it('the checksum is that of zip', () => {
  // The check value of CRC-32/ISO-HDLC.
  expect(crc32('123456789')).toBe(0xcbf43926)
  expect(crc32('')).toBe(0)
})
