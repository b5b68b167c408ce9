import { describe, expect, it } from 'vitest'
import { createSession } from '../../session/session'
import type { RefusalView } from './contract'
import { flowOf } from './flows.fixture'
import { inspect } from './inspect'

/** The refusal of the last step of a flow that ends with these lines. */
function refusal(lines: string, ...before: Parameters<typeof flowOf>): RefusalView {
  const session = createSession(`${flowOf(...before)}\n${lines}`)
  const answer = inspect(session, { what: 'refusal' })
  if (answer.what !== 'refusal' || answer.view === null) throw new Error('not refused')
  return answer.view
}

const map = (fields: string) => `m = { ${fields} };\nioctl(ioasid_fd, IOASID_MAP_DMA, &m);`

/** Field texts of MAP that break one rule each, whatever the others say. */
const MISTAKES: readonly { readonly rule: string; readonly fields: Readonly<Record<string, string>> }[] = [
  { rule: 'id.unknown', fields: { ioasid: '99' } },
  { rule: 'map.size-zero', fields: { size: '0' } },
  { rule: 'map.align', fields: { vaddr: '0x40000800' } },
  { rule: 'map.wrap', fields: { iova: '0xfffffffffffff000', size: '0x2000' } },
  { rule: 'map.flags', fields: { flags: '8' } },
  { rule: 'map.outside-ranges', fields: { iova: '0xfee00000' } },
]

const GOOD = { ioasid: 's1', iova: '0x10000000', vaddr: '0x40000000', size: '0x1000' }

describe('a refusal told in full', () => {
  it('of two mistakes in a map the earlier of the list answers, and the later was not reached', () => {
    for (const [at, first] of MISTAKES.entries())
      for (const second of MISTAKES.slice(at + 1)) {
        const fields = { ...GOOD, ...second.fields, ...first.fields }
        const view = refusal(
          map(
            Object.entries(fields)
              .map(([name, value]) => `.${name} = ${value};`)
              .join(' '),
          ),
          [],
        )
        expect(view.rule, `${first.rule} before ${second.rule}`).toBe(first.rule)
        const state = (rule: string) => view.checks.find(check => check.rule === rule)?.state
        expect([state(first.rule), state(second.rule)]).toEqual(['broken', 'not reached'])
        for (const earlier of MISTAKES.slice(0, at)) expect(state(earlier.rule)).toBe('passed')
      }
  })

  it('draws the range asked for beside the area it meets', () => {
    const view = refusal(map('.ioasid = s1; .iova = 0x3000; .vaddr = 0x40000000; .size = 0x4000;'), [
      { kind: 'map', space: 1, page: 1, pages: 5, target: 0 },
    ])
    expect(view.drawing).toEqual({
      space: 'IOVA',
      asked: { first: 0x3000n, last: 0x6fffn, label: 'asked' },
      others: [{ first: 0x1000n, last: 0x5fffn, label: 'area' }],
    })
  })

  it('draws registered memory beside a vaddr that lies in none, and names the knob', () => {
    const view = refusal(map('.ioasid = s1; .iova = 0; .vaddr = 0x41000000; .size = 0x4000;'), [
      { kind: 'register', target: 0, pages: 16 },
    ])
    expect(view.rule).toBe('map.not-preregistered')
    expect(view.drawing).toEqual({
      space: 'HVA',
      asked: { first: 0x4100_0000n, last: 0x4100_3fffn, label: 'asked' },
      others: [{ first: 0x4000_0000n, last: 0x4000_ffffn, label: 'registered' }],
    })
    expect(view.knobs).toContainEqual({ key: 'prereg', value: 'command' })
  })

  it('every rule of a list of checks is a rule, and the broken one stands in it', () => {
    const view = refusal('ioctl(fd1, VFIO_ATTACH_IOASID, s1);', [])
    expect(view.rule).toBe('attach.already')
    expect(view.checks.filter(check => check.state === 'broken').map(check => check.rule)).toEqual([
      'attach.already',
    ])
  })
})
