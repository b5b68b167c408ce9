/** Whatever a text is: compiling and running it ends, throws nothing and points only into the text. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, type Diagnostic, type Span } from '..'
import { runAll, WORDS } from '../fixture'
import { TRICKY } from './tricky.data'

const FILES = ['v1-section-5.txt', 'v2-section-4.txt', 'raw-reply-quoted-printable.txt'].map(name =>
  readFileSync(new URL(name, import.meta.url), 'utf8'),
)
const CORPUS = [...TRICKY.map(one => one.text), ...FILES.map(text => text.slice(0, 4000))]
const SEED = 20_210_527
const MARKS = [
  '{',
  '}',
  '(',
  ')',
  ';',
  '/*',
  '*/',
  '"',
  "'",
  '=',
  '=3D',
  '=\n',
  '> ',
  '\n',
  '#',
  '...',
  '[1...N]',
  '\\',
  '&',
  '\u202e',
  '\u0000',
  '\ud800',
]

const piece = fc
  .tuple(fc.constantFrom(...CORPUS), fc.nat(4000), fc.nat(400))
  .map(([text, at, length]) => text.slice(at % (text.length + 1)).slice(0, length))
const noise = fc.oneof(fc.constantFrom(...MARKS), fc.string({ unit: 'binary', maxLength: 8 }))
const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: piece }, { weight: 1, arbitrary: noise }), { maxLength: 12 })
  .map(parts => parts.join(''))

const inside = ({ from, to, line, column }: Span, original: string): boolean =>
  from >= 0 &&
  from <= to &&
  to <= original.length &&
  line >= 1 &&
  column >= 1 &&
  line <= original.split('\n').length

function checkDiagnostic({ span, fix, message }: Diagnostic, original: string): void {
  expect(inside(span, original)).toBe(true)
  expect(message).not.toBe('')
  if (fix !== null) expect(fix.from >= 0 && fix.from <= fix.to && fix.to <= original.length).toBe(true)
}

describe('any text', () => {
  it('compiles and runs without throwing, every place inside it', () => {
    fc.assert(
      fc.property(text, original => {
        const program = compile(original, WORDS)
        for (const diagnostic of program.diagnostics) checkDiagnostic(diagnostic, original)
        for (const branch of program.branches) expect(branch.flip.from <= branch.flip.to).toBe(true)
        const run = runAll(program, undefined, { stepLimit: 200 })
        for (const step of run.steps) expect(step.line >= 1).toBe(true)
      }),
      { seed: SEED, numRuns: 800 },
    )
  })

  it('runs up to its first error, and to the end without one', () => {
    fc.assert(
      fc.property(text, original => {
        const program = compile(original, WORDS)
        const { stopped } = runAll(program, undefined, { stepLimit: 200 })
        const errors = program.diagnostics.filter(one => one.severity === 'error')
        if (errors.length === 0)
          expect([null, 'flow.too-long', 'name.unset', 'value.arithmetic']).toContain(stopped)
      }),
      { seed: SEED + 1, numRuns: 250 },
    )
  })

  it('compiles the same every time', () => {
    fc.assert(
      fc.property(text, original => {
        const plain = () => {
          const { diagnostics, assumptions, stage, scenarios, branches } = compile(original, WORDS)
          return { diagnostics, assumptions, stage, scenarios, branches }
        }
        expect(plain()).toEqual(plain())
      }),
      { seed: SEED + 2, numRuns: 100 },
    )
  })
})
