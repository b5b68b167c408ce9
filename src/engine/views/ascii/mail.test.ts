import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession } from '../../session/session'
import { graphView } from '../graph'
import { asciiMail } from './mail'

const SCENARIOS = new URL('../../../scenarios/', import.meta.url).pathname
const FILES = readdirSync(SCENARIOS).filter(name => name.endsWith('.flow'))
const LINK = `https://example.org/#v1.2s.${'A'.repeat(300)}`

function mailOf(text: string, step?: number): string {
  const session = createSession(text)
  if (step !== undefined) session.seek(step)
  return asciiMail({ session, graph: graphView(session), link: LINK })
}
const scenario = (name: string) => readFileSync(SCENARIOS + name, 'utf8')

describe('the block for mail', () => {
  it.each(FILES)('of %s keeps to 74 columns of 7-bit text at any step, the link alone on its line', name => {
    const session = createSession(scenario(name))
    const { length } = session.steps
    const mailAt = (n: number) => {
      session.seek(n)
      return asciiMail({ session, graph: graphView(session), link: LINK })
    }
    for (let n = 0; n <= length; n += Math.max(5, Math.ceil(length / 16))) {
      const mail = mailAt(n)
      expect(mail).toMatch(/^[\x20-\x7e\n]+\n$/)
      const lines = mail.split('\n')
      expect(lines.filter(line => line.length > 74)).toEqual([`Link: ${LINK}`])
      expect(lines.filter(line => /\s$/.test(line))).toEqual([])
      expect(mailAt(n)).toBe(mail)
    }
  })

  it('tells title, dialect, platform, policy and step, and lists the steps up to it', () => {
    const mail = mailOf(scenario('multiple-ioasids.flow'), 8)
    expect(mail).toMatch(/^# Two devices, two IOASIDs, memory registered once/)
    expect(mail).toMatch(/^# rfc-v1 on vtd, after step 8 of \d+$/m)
    expect(mail).toContain('unmap=exact')
    expect(mail).toMatch(/^ {2}1 {2}device_fd1 = open\("\/dev\/vfio\/devices\/dev1", O_RDWR\); {2}= 3$/m)
    expect(mail).toMatch(/^ {5}mem = \{ .vaddr = 0x40000000; .size = 1GB; \};$/m)
    expect(mail).toMatch(/^ {2}8 {2}/m)
    expect(mail).not.toMatch(/^ {2}9 {2}/m)
  })

  it('needs no title, no step and no link', () => {
    const session = createSession('')
    const mail = asciiMail({ session, graph: graphView(session), link: '' })
    expect(mail).toMatch(/^# Untitled flow\n/)
    expect(mail).toContain('No step is done yet.')
    expect(mail).not.toContain('Link')
  })

  it('says that a text has errors', () => {
    expect(mailOf('fd = open("/dev/ioasid", mode);\nioctl(fd IOASID_ALLOC);\n')).toContain(
      '# the text has errors',
    )
  })

  it('leaves out the middle of a long flow, and says how much', () => {
    const mail = mailOf(`${'note("x");\n'.repeat(1000)}`)
    expect(mail).toContain('  ... 880 steps left out ...\n')
    expect(mail.split('\n').length).toBeLessThan(200)
  })

  it('spells what is not 7-bit', () => {
    const mail = mailOf('#title \u00dcber\nnote("\u{1f600}");\n')
    expect(mail).toMatch(/^# \\xdcber\n/)
    expect(mail).toContain('note("\\u{1f600}")')
  })
})
