/** The sample flows of both proposals in our transcription, those that begin "after boot" behind the prelude that hints name. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Dialect } from '../dialects/contract'
import { rfcV1 } from '../dialects/rfc-v1'
import { rfcV2 } from '../dialects/rfc-v2'
import { createSession } from './session'

const read = (name: string) => readFileSync(new URL(`../flow/corpus/${name}`, import.meta.url), 'utf8')
const TEXT = read('v1-section-5.txt')
const TEXT_2 = read('v2-section-4.txt')

const preludeOf = (dialect: Dialect): string =>
  dialect.prelude.find(({ name }) => name.test('gpa_ioasid'))?.lines.join('\n') ?? ''

/** One section of a text without its quote marks. */
function section(text: string, number: string): string {
  const from = text.indexOf(`> ${number}. `)
  const next = text.slice(from + 6).search(/^> \d\.\d\. /m)
  const body = text.slice(from, next < 0 ? undefined : from + 6 + next)
  return body.split('\n').slice(1).join('\n').replace(/^> ?/gm, '')
}

function runText(text: string, platform?: string) {
  const session = createSession(text, platform === undefined ? {} : { platform })
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  return session
}

const run = (number: string, platform?: string) =>
  runText(`${preludeOf(rfcV1)}\n${section(TEXT, number)}`, platform)

const refusals = (session: ReturnType<typeof runText>) => session.steps.filter(step => step.rule !== null)

describe('the sample flows of the proposal', () => {
  it.each(['5.3', '5.4', '5.5'])('%s runs with no refusal', number => {
    expect(refusals(run(number))).toEqual([])
  })

  it('5.4 ends with dev2 walking the table of the guest over gpa_ioasid', () => {
    const [gpa, giova] = run('5.4').state().addressSpaces
    expect(giova).toMatchObject({ kind: 'user-table', parent: gpa?.id, nesting: 'hardware' })
  })

  it('5.5 takes dev1 for a device that ENQCMD is for, and maps its vPASID', () => {
    const session = run('5.5')
    expect(session.steps.find(step => step.call === 'KVM_MAP_PASID')?.ret).toBe(0)
    expect(session.state().addressSpaces.at(-1)?.attachments).toEqual([{ device: 'dev1', pasid: 1 }])
  })

  it("5.7 is refused on VT-d, whose PASID table is the kernel's", () => {
    expect(refusals(run('5.7'))).toMatchObject([{ errno: 'EOPNOTSUPP', rule: 'bind-pasid-table.platform' }])
  })

  it("5.7 runs with no refusal on SMMUv3, whose PASID table is the guest's", () => {
    const session = run('5.7', 'smmuv3')
    expect(refusals(session)).toEqual([])
    const [gpa, table, gva] = session.state().addressSpaces
    expect(table).toMatchObject({ kind: 'user-pasid-table', parent: gpa?.id, nesting: 'hardware' })
    expect(gva).toMatchObject({ kind: 'user-table', attachments: [{ device: 'dev1', pasid: 1 }] })
  })
})

describe('the sample flows of the second proposal', () => {
  const booted = (number: string, platform?: string) =>
    runText(`${preludeOf(rfcV2)}\n${section(TEXT_2, number)}`, platform)

  it('4.1 attaches dev1 and dev2 to one space', () => {
    const session = runText(section(TEXT_2, '4.1'))
    expect(session.scenario.dialect).toBe('rfc-v2')
    expect(refusals(session)).toEqual([])
    expect(session.state()).toMatchObject({
      addressSpaces: [{ name: 'gpa_ioasid', attachments: [{ device: 'dev1' }, { device: 'dev2' }] }],
      accounting: { accountedPages: 262_144 },
    })
  })

  it('4.2 moves dev2 to a root of its own and counts its page twice', () => {
    const session = runText(section(TEXT_2, '4.2'))
    expect(refusals(session)).toEqual([])
    expect(session.state().accounting).toMatchObject({ pinnedPages: 262_144, accountedPages: 262_145 })
  })

  it('4.3 nests in software: nothing is counted twice', () => {
    const session = booted('4.3')
    expect(refusals(session)).toEqual([])
    expect(session.state().addressSpaces.at(-1)).toMatchObject({ nesting: 'software', kind: 'kernel' })
    expect(session.state().accounting.accountedPages).toBe(262_144)
  })

  it("4.4 walks the guest's table over gpa_ioasid, where the platform can", () => {
    const session = booted('4.4')
    expect(refusals(session)).toEqual([])
    expect(session.state().addressSpaces.at(-1)).toMatchObject({ nesting: 'hardware', kind: 'user-table' })
    expect(refusals(booted('4.4', 'papr'))[0]).toMatchObject({ rule: 'bind-pgtable.no-nesting' })
  })

  it("4.5 takes the first half on VT-d, up to the processor's own translation", () => {
    const session = booted('4.5')
    expect(refusals(session)).toEqual([])
    expect(session.steps.at(-1)).toMatchObject({ call: 'KVM_MAP_PASID', ret: 0 })
    expect(session.state().addressSpaces.at(-1)?.attachments).toEqual([{ device: 'dev1', pasid: 1 }])
  })

  it('4.5 on PAPR: the space is refused for want of nesting, and nothing before it', () => {
    const [first] = refusals(booted('4.5', 'papr'))
    expect(first).toMatchObject({ rule: 'bind-pgtable.no-nesting', errno: 'EOPNOTSUPP' })
  })

  it('4.5 takes the other half on SMMUv3: one space stands for all PASIDs of dev1', () => {
    const session = booted('4.5', 'smmuv3')
    expect(refusals(session)).toEqual([])
    expect(session.state().addressSpaces.at(-1)).toMatchObject({
      name: 'pasidtbl_ioasid',
      kind: 'user-pasid-table',
      attachments: [{ device: 'dev1', pasid: null }],
    })
  })
})

describe('the sample flows as a mail has them: heading, quote marks, quoted-printable', () => {
  /** RFC 2045 6.7: `=` as =3D, a blank at the end of a line as =20, lines of 76 characters at the most. */
  const encoded = (line: string): string =>
    line
      .replaceAll('=', '=3D')
      .replace(/ $/, '=20')
      .replace(/.{1,72}(?=.)/g, part => `${part.replace(/=.?$/, '')}=\n${/=.?$/.exec(part)?.[0] ?? ''}`)

  /** One section with its heading, quoted once more. */
  function mailed(text: string, number: string): string {
    const from = text.indexOf(`> ${number}. `)
    const next = text.slice(from + 6).search(/^> \d\.\d\. /m)
    const body = text.slice(from, next < 0 ? undefined : from + 6 + next)
    return body.trimEnd().replace(/^/gm, '> ').split('\n').map(encoded).join('\n')
  }

  const told = (session: ReturnType<typeof runText>) =>
    session.steps.map(({ call, ret, errno, rule }) => ({ call, ret, errno, rule }))

  const CASES = ['vtd', 'smmuv3'].flatMap(platform => [
    ...['5.3', '5.4', '5.5', '5.7'].map(number => ({ number, platform, text: TEXT, dialect: rfcV1 })),
    ...['4.3', '4.4', '4.5'].map(number => ({ number, platform, text: TEXT_2, dialect: rfcV2 })),
  ])

  it.each(CASES)(
    '$number on $platform runs as the plain text does',
    ({ number, platform, text, dialect }) => {
      const before = preludeOf(dialect)
      const plain = runText(`${before}\n${section(text, number)}`, platform)
      const mail = runText(`${before}\n\n${mailed(text, number)}\n`, platform)
      expect(told(mail)).toEqual(told(plain))
      expect(mail.state().addressSpaces).toEqual(plain.state().addressSpaces)
    },
  )
})
