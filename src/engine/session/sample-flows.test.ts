/** The sample flows of /dev/ioasid that begin "after boot", in our transcription, behind the prelude that hints name. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { rfcV1 } from '../dialects/rfc-v1'
import { createSession } from './session'

const TEXT = readFileSync(new URL('../flow/corpus/v1-section-5.txt', import.meta.url), 'utf8')
const PRELUDE = rfcV1.prelude.find(({ name }) => name.test('gpa_ioasid'))?.lines.join('\n') ?? ''

/** One section without its quote marks, after what it takes for granted. */
function section(number: string): string {
  const from = TEXT.indexOf(`> ${number}. `)
  const next = TEXT.slice(from + 6).search(/^> 5\.\d\. /m)
  const body = TEXT.slice(from, next < 0 ? undefined : from + 6 + next)
  return `${PRELUDE}\n${body.split('\n').slice(1).join('\n').replace(/^> ?/gm, '')}`
}

function run(number: string) {
  const session = createSession(section(number))
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  return session
}

describe('the sample flows of the proposal', () => {
  it.each(['5.3', '5.4', '5.5'])('%s runs with no refusal', number => {
    expect(run(number).steps.filter(step => step.rule !== null)).toEqual([])
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

  it('5.7 is refused on VT-d, whose PASID table is the kernel’s', () => {
    const refused = run('5.7').steps.filter(step => step.rule !== null)
    expect(refused).toMatchObject([{ errno: 'EOPNOTSUPP', rule: 'bind-pasid-table.platform' }])
  })
})
