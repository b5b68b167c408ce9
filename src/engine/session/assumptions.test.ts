/** What a flow leaves unsaid, written into it: the same run follows, and nothing is left to assume. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writtenIn } from '../flow/rewrite'
import { createSession, type FlowSession } from './session'

const file = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const bare = (text: string) =>
  text
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .join('\n')
const SIMPLE = bare(file('../../scenarios/simple.flow'))

const quoted = (text: string) => text.replace(/^/gm, '> > ')
const asMail = (text: string) =>
  `From: a@b.example\nSubject: a flow\n\nOn Thu, b wrote:\n${quoted(text)}\nThanks\nA\n`
const asPrintable = (text: string) =>
  `From: a@b.example\nSubject: a flow\nContent-Transfer-Encoding: quoted-printable\n\n${quoted(text).replaceAll('=', '=3D')}`

const FLOWS: readonly (readonly [string, string])[] = [
  ['a plain flow', SIMPLE],
  ['two devices', bare(file('../../scenarios/multiple-ioasids-no-prereg.flow'))],
  ['a quoted flow', quoted(SIMPLE)],
  ['a mail', asMail(SIMPLE)],
  ['a mail with its encoding', asPrintable(SIMPLE)],
  ['CRLF', SIMPLE.replaceAll('\n', '\r\n')],
  ['a title only', `#title mine\n\n${SIMPLE}`],
  ['the proposal, section 5', file('../flow/corpus/v1-section-5.txt')],
  ['a reply, quoted-printable', file('../flow/corpus/raw-reply-quoted-printable.txt')],
  ['a condition in words', `if (dev1 is fast today) {\n  x = 1;\n}\n${SIMPLE}`],
  ['a banner', `/****** If dev1 is fast today ******/\nnote("fast");\n${SIMPLE}`],
]

const told = ({ steps }: FlowSession) =>
  steps.map(({ text, call, ret, errno, rule, out }) => ({ text, call, ret, errno, rule, out }))
const written = ({ text, assumptions }: FlowSession, chosen = assumptions) =>
  writtenIn(text, chosen, assumptions)

describe.each(FLOWS)('the assumptions of %s', (_name, text) => {
  const before = createSession(text)

  it('can all be written in: the run is the same and none is left', () => {
    const after = createSession(written(before))
    expect(before.assumptions.length).toBeGreaterThan(1)
    expect(after.assumptions).toEqual([])
    const opens = before.program.implicitOpens.length
    expect(told(after).slice(opens)).toEqual(told(before))
    expect(after.ok).toBe(before.ok)
    expect(written(after), 'a second time').toBe(after.text)
  })

  it('can be written in one by one', () => {
    for (const one of before.assumptions) {
      const after = createSession(written(before, [one]))
      const opens = before.program.implicitOpens.length - after.program.implicitOpens.length
      expect(told(after).slice(opens), one.name).toEqual(told(before))
      expect(after.assumptions.length, one.name).toBeLessThan(before.assumptions.length)
    }
  })
})
