/** A run that goes on with an earlier one's machine is the run that begins anew, to the last bit. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession, startSession } from './session'

const FOLDER = new URL('../../scenarios/', import.meta.url)
const FLOWS = readdirSync(FOLDER)
  .filter(name => name.endsWith('.flow'))
  .map(name => readFileSync(new URL(name, FOLDER), 'utf8'))

/** An edit as an author makes one: of a line, of a number, or of a directive. */
interface Edit {
  readonly kind: 'remove' | 'twice' | 'swap' | 'number' | 'comment' | 'break' | 'call' | 'directive'
  /** Which line, as a share of all. */
  readonly at: number
  readonly by: number
}

const EDIT: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('remove', 'twice', 'swap', 'number', 'comment', 'break', 'call', 'directive'),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  by: fc.nat(5),
})

const CALLS = [
  'dma_read(dev1, 0x1000, 4);',
  'close_all();',
  'note("here");',
  'expect(dma_read(dev1, 0, 1) == fault);',
]
const DIRECTIVES = [
  '#title Another',
  '#memlock 64KB',
  '#policy destroy-in-use=cascade',
  '#device dev9 pci 0000:00:19.0',
]

function edited(text: string, { kind, at, by }: Edit): string {
  const lines = text.split('\n')
  const i = Math.floor(at * lines.length)
  const line = lines[i] ?? ''
  const instead: Record<Edit['kind'], readonly string[]> = {
    remove: [],
    twice: [line, line],
    swap: [lines[i + 1] ?? '', line],
    number: [line.replace(/\b(0x)?\d+\b/, number => `${Number(number) + by}`)],
    comment: ['// said', line],
    break: [`${line} @@ (`],
    call: [line, CALLS[by % CALLS.length] ?? ''],
    directive: [DIRECTIVES[by % DIRECTIVES.length] ?? '', line],
  }
  lines.splice(i, kind === 'swap' ? 2 : 1, ...instead[kind])
  return lines.join('\n')
}

const LIMIT = { stepLimit: 300 }

function hasError({ program }: FlowSession): boolean {
  return program.diagnostics.some(one => one.severity === 'error')
}

/** Around the last step that was taken over, at both ends and in between. */
function stepsToCompare({ steps, shared }: FlowSession): readonly number[] {
  const wanted = [
    0,
    1,
    shared >> 1,
    shared - 1,
    shared,
    shared + 1,
    (shared + steps.length) >> 1,
    steps.length,
  ]
  return [...new Set(wanted)].filter(n => n >= 0 && n <= steps.length)
}

/** All that can be asked of a run. */
function toldBy(session: FlowSession, compared: readonly number[]) {
  const { steps, diagnostics, reading, ok, scenario } = session
  const at = compared.map(n => {
    const costs = session.cost(n)
    const events = n === 0 ? [] : session.explain(n)
    session.seek(n)
    const { assumptions } = session
    return { costs, events, assumptions, state: session.state(), hash: session.canonicalHash() }
  })
  return { steps, diagnostics, reading, ok, scenario, at }
}

describe('a run after an earlier one', () => {
  it('time.continued: is the run that begins anew, after any edits, broken ones among them', () => {
    const texts = fc.tuple(fc.constantFrom(...FLOWS), fc.array(EDIT, { minLength: 1, maxLength: 5 }))
    let shared = 0
    fc.assert(
      fc.property(texts, ([flow, edits]) => {
        let text = flow
        let newest = createSession(text, LIMIT)
        let good = hasError(newest) ? null : newest
        for (const edit of edits) {
          text = edited(text, edit)
          const session = startSession(text, LIMIT, { spare: newest === good ? null : newest, good })
          // In slices, as a worker runs it.
          while (!session.advance(7)) expect(session.steps.length).toBeLessThan(LIMIT.stepLimit)
          expect(session.at).toBe(session.steps.length)
          const compared = stepsToCompare(session)
          expect(toldBy(session, compared)).toEqual(toldBy(createSession(text, LIMIT), compared))
          shared += session.shared
          newest = session
          if (!hasError(session)) good = session
          if (good !== null)
            expect(good.isLive, 'what was good stays until something good follows').toBe(true)
        }
      }),
      { numRuns: 40 },
    )
    expect(shared).toBeGreaterThan(100)
  })
})
