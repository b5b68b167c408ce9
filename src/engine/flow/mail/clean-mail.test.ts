import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TRICKY } from '../corpus/tricky.data'
import { cleanMail } from './clean-mail'
import { QUOTED_PRINTABLE } from './quoted-printable.vectors'

const clean = (text: string): string => cleanMail(text).text

const HEADER = 'From: a@example.org\nSubject: x\nContent-Transfer-Encoding: quoted-printable\n\n'

/** Typographic quotes become plain ones after decoding, as everywhere. */
const plainQuotes = (text: string): string => text.replace(/[\u201c\u201d]/g, '"')

describe('quoted-printable', () => {
  it('decodes what headers declare, as quopri does', () => {
    for (const [encoded, decoded] of QUOTED_PRINTABLE) {
      expect(clean(HEADER + encoded).slice(4)).toBe(plainQuotes(decoded))
    }
  })

  it('decodes an undeclared paragraph that has =3D', () => {
    for (const [encoded, decoded] of QUOTED_PRINTABLE) {
      if (encoded.includes('=3D')) expect(clean(encoded)).toBe(plainQuotes(decoded))
    }
  })

  it('leaves plain code alone, whatever its = look like', () => {
    for (const code of [
      '.size=4096;\n',
      'a=0x20;\n',
      'x =\n  ioctl(fd, X);\n',
      'map =\n{\n};\n',
      'if (a==b) c=3Dx;\n',
    ]) {
      expect(clean(code)).toBe(code)
    }
  })

  it('decides paragraph by paragraph', () => {
    expect(clean('a =3D 1;\n\n.size=4096;\n')).toBe('a = 1;\n\n.size=4096;\n')
  })
})

describe('HTML', () => {
  const body =
    '<html><head><style>pre { x: y }</style></head><body><p>Hi,<br>see:</p><pre>if (a &lt; b)\n  x = 1;</pre></body></html>'
  const header = 'From: a@example.org\nSubject: x\nContent-Type: '
  const lines = (text: string): string[] =>
    clean(text)
      .split('\n')
      .filter(line => line.trim() !== '')

  it('of a web page or of a mail with nothing else is read without its marks', () => {
    const shown = ['Hi,', 'see:', 'if (a < b)', '  x = 1;']
    expect(lines(body)).toEqual(shown)
    expect(lines(`${header}text/html; charset=utf-8\n\n${body}`)).toEqual(shown)
  })

  it('beside a plain part goes', () => {
    const mail = `${header}multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\ny = 2;\n--b\nContent-Type: text/html\n\n${body}\n--b--\n`
    expect(lines(mail)).toEqual(['y = 2;'])
  })

  it('is none where a text only has a < in it', () => {
    expect(clean('<snip>\nif (a <b && c> d) x = 1;\n')).toBe('<snip>\nif (a <b && c> d) x = 1;\n')
  })
})

describe('other envelopes', () => {
  it('decodes base64 bodies as UTF-8', () => {
    const header = 'From: a@example.org\nTo: b@example.org\nContent-Transfer-Encoding: base64\n\n'
    // base64 of "x = 1; // \u00e9\n"
    expect(clean(`${header}eCA9IDE7IC8vIMOpCg==\n`)).toBe('\n\n\nx = 1; // \u00e9\n')
  })

  it('leaves parts out that are not text', () => {
    const mail = [
      'From: a@example.org',
      'Subject: x',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>x = 1;</p>',
      '--b',
      'Content-Type: text/plain',
      '',
      'y = 2;',
      '--b--',
    ].join('\n')
    expect(clean(mail).trim()).toBe('y = 2;')
  })

  it('does not take code that looks like one header for a header block', () => {
    expect(clean('err:\n\tclose(fd);\n')).toBe('err:\n\tclose(fd);\n')
  })
})

describe('quote depth', () => {
  it('counts marks of every kind', () => {
    const { depths } = cleanMail('a\n> b\n>> c\n> > > d\nkevin> e\n\t> f\n')
    expect(depths.slice(0, 6)).toEqual([0, 1, 2, 3, 1, 1])
  })

  it('does not take an arrow or a lone bar for a mark', () => {
    expect(clean('p->iova = 1;\nx = A\n  | B;\n')).toBe('p->iova = 1;\nx = A\n  | B;\n')
  })

  it('does not take a drawing for quoting', () => {
    const drawing = "'a' IOAS\n|\n\\- 'b' IOAS\n"
    expect(clean(drawing)).toBe(drawing)
  })
})

describe('what the clean-up did', () => {
  it('is said once a kind, with the first place', () => {
    const { notes } = cleanMail('x\n> a\n> b\n> c\n')
    expect(notes.map(({ code, count, from }) => ({ code, count, from }))).toEqual([
      { code: 'mail.quoting', count: 3, from: 2 },
    ])
  })

  it('is nothing for a plain flow', () => {
    const { notes, text } = cleanMail('fd = open("/dev/ioasid", mode);\n')
    expect(notes).toEqual([])
    expect(text).toBe('fd = open("/dev/ioasid", mode);\n')
  })
})

const CORPUS = [
  ...TRICKY.map(one => one.text),
  ...['v1-section-5.txt', 'v2-section-4.txt', 'raw-reply-quoted-printable.txt'].map(name =>
    readFileSync(new URL(`../corpus/${name}`, import.meta.url), 'utf8'),
  ),
]

describe('the map back to the author', () => {
  it('points a character that was kept at itself, in order', () => {
    for (const original of CORPUS) {
      const { text, map } = cleanMail(original)
      let last = -1
      for (let i = 0; i < text.length; i++) {
        const { from, to } = map.toOriginal(i, i + 1)
        expect(from).toBeGreaterThanOrEqual(last)
        last = from
        if (to - from === 1 && /[ -~]/.test(original.charAt(from)) && /[A-Za-z0-9]/.test(text.charAt(i)))
          expect(original.slice(from, to)).toBe(text.charAt(i))
      }
    }
  })

  it('stays inside the text for any range', () => {
    const seed = 20_210_602
    const input = fc.tuple(fc.constantFrom(...CORPUS), fc.nat(5000), fc.nat(5000))
    fc.assert(
      fc.property(input, ([original, a, b]) => {
        const { text, map } = cleanMail(original)
        const from = Math.min(a, text.length)
        const to = Math.min(Math.max(a, b), text.length)
        const range = map.toOriginal(from, to)
        expect(range.from).toBeGreaterThanOrEqual(0)
        expect(range.to).toBeGreaterThanOrEqual(range.from)
        expect(range.to).toBeLessThanOrEqual(original.length + 1)
      }),
      { seed, numRuns: 300 },
    )
  })
})
