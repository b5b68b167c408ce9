/** What mail programs, gateways, chats and fingers do to a link, and what must still open. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { madeFlow } from './flows.fixture'
import { encodeLink } from './link'
import { linkProblemText } from './problem'
import { openLink } from './transit'

const text = madeFlow(25, 3)
const view = { step: 9, select: 'space:1' }
const encoded = encodeLink({ text, view })
const link = encoded.ok ? encoded.value : ''
const address = `https://example.org/ioas/#${link}`

const wrap = (line: string, width: number, joint: string) =>
  (line.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(joint)
/** RFC 2045: 76 columns with the soft break, `=` and 8-bit characters spelled. */
const quotedPrintable = (lines: string) =>
  lines
    .replace(/[=\u0080-\u00ff]/g, c => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .split('\n')
    .map(line => wrap(line, 75, '=\r\n'))
    .join('\r\n')

const MAIL = `From: A Developer <dev@example.org>
To: iommu@lists.linux.dev
Subject: Re: [RFC] /dev/ioasid
Message-ID: <20210527.v5.14.rc1@example.org>

On v5.13.0 this does not happen. See
  Link: ${address}
for the steps; v1 of the series had it, too.

> earlier words
`

const OPENS: readonly (readonly [what: string, pasted: string])[] = [
  ['as it is', address],
  ['the fragment alone', `#${link}`],
  ['without its #', link],
  ['# as %23', address.replace('#', '%23')],
  ['# as %2523, escaped twice', address.replace('#', '%2523')],
  ['in the ?s= form', `https://example.org/ioas/?s=${link}`],
  ['in the ?s= form, quoted-printable', `https://example.org/?s=3D${wrap(link, 60, '=\n')}`],
  ['in angle brackets', `<${address}>`],
  ['in quotes', `"${address}"`],
  ['with a full stop behind it', `See ${address}.`],
  ['in brackets, with a comma', `(${address}), and so on`],
  [
    'in SafeLinks',
    `https://nam11.safelinks.protection.outlook.com/?url=${encodeURIComponent(address)}&data=05%7C01%7Cv1.2.x&reserved=0`,
  ],
  [
    'in urldefense v2',
    `https://urldefense.proofpoint.com/v2/url?u=${encodeURIComponent(address).replaceAll('-', '-2D').replaceAll('_', '-5F').replaceAll('%', '-').replaceAll('/', '_')}&d=DwIFAg`,
  ],
  ['in urldefense v3', `https://urldefense.com/v3/__${address.replace('#', '*')}__;Iw!!AbCdE!xyz$`],
  ['every character escaped', address.replace(/[\s\S]/g, c => `%${c.charCodeAt(0).toString(16)}`)],
  ['quoted', `> ${address}`],
  ['wrapped hard', wrap(address, 70, '\n')],
  ['wrapped and quoted', `> ${wrap(address, 70, '\n> ')}`],
  ['wrapped and quoted three deep', `>>> ${wrap(address, 66, '\r\n> > > ')}`],
  ['wrapped, with names before the quote', `kevin> ${wrap(address, 60, '\nkevin> ')}`],
  ['wrapped in its first characters', `> https://example.org/ioas/#v1\n> ${link.slice(2)}`],
  ['flowed', wrap(address, 70, ' \r\n')],
  ['quoted-printable', quotedPrintable(`Grüße\n${address}\n`)],
  ['quoted-printable and quoted', `> ${quotedPrintable(address).replaceAll('\r\n', '\r\n> ')}`],
  ['a whole mail', MAIL],
  ['a whole mail, quoted-printable', quotedPrintable(MAIL)],
  ['a whole mail, quoted', MAIL.replace(/^/gm, '> ')],
  ['Markdown', `[the flow](${address})`],
  ['Markdown that escaped', address.replaceAll('_', '\\_')],
  ['with blanks where lines were', wrap(address, 70, ' ')],
  ['with invisible break points', wrap(address, 20, '\u200b')],
  ['with a byte order mark and blanks around', `\ufeff  ${address}\t\n`],
]

describe('a link opens', () => {
  it.each(OPENS)('%s', (_what, pasted) => {
    expect(openLink(pasted)).toEqual({ ok: true, value: { text, view } })
  })

  it('with every -- made a dash', () => {
    const found = Array.from({ length: 400 }, (_, i) =>
      encodeLink({ text: madeFlow(6 + (i % 9), i), view: {} }),
    )
      .flatMap(one => (one.ok ? [one.value] : []))
      .find(one => one.includes('--'))
    if (found === undefined) throw new Error('no link with -- to try')
    expect(openLink(`See #${found.replaceAll('--', '\u2013')}.`).ok).toBe(true)
  })
})

describe('a link beyond repair', () => {
  it.each([
    ['words', 'nothing to see here', 'There is no link in it.'],
    ['no words', '', 'There is no link in it.'],
    ['versions of a kernel', 'since Linux v5.10.42 and v6.1.y.', 'There is no link in it.'],
    ['another page', 'https://example.org/#/page', 'There is no link in it.'],
    [
      'its end cut off',
      address.slice(0, -40),
      `The link is cut: 40 of its ${link.length} characters (bytes) are missing.`,
    ],
    [
      'its end cut off and wrapped',
      wrap(address.slice(0, -40), 70, '\n> '),
      `The link is cut: 40 of its ${link.length} characters (bytes) are missing.`,
    ],
    [
      'cut off in a mail',
      `See ${address.slice(0, -40)}...\n\nand so on: ${'words '.repeat(20)}`,
      /^The link is (?:cut|damaged)/,
    ],
    ['in small letters', address.toLowerCase(), /^The link is damaged/],
  ])('with %s says so', (_what, pasted, says) => {
    const opened = openLink(pasted)
    expect(opened.ok ? '' : linkProblemText(opened.problem)).toMatch(says)
  })

  it('never opens as something else', () => {
    fc.assert(
      fc.property(
        fc.nat(address.length - 1),
        fc.nat(6),
        fc.constantFrom('', 'A', '-', '_', '=', '%', '%41', '\n', '>', '\u2013', '=41', '"', '#v1.'),
        (at, length, put) => {
          const opened = openLink(address.slice(0, at) + put + address.slice(at + length))
          if (opened.ok) expect(opened.value).toEqual({ text, view })
        },
      ),
      { seed: 3, numRuns: 1500 },
    )
  })

  it('takes no time though the paste is hostile', () => {
    const begin = performance.now()
    const hostile = [
      'v1.1.',
      '> ',
      '%23v1.zz.',
      '=',
      ' ',
      '\n ',
      '\n>',
      'a>',
      '\n',
      '%25',
      '\u2013',
      '#v1.zz0.A',
    ]
    for (const part of hostile) expect(openLink(part.repeat(1e6 / part.length)).ok).toBe(false)
    expect(performance.now() - begin).toBeLessThan(8000)
  })
})
