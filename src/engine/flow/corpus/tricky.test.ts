import { describe, expect, it } from 'vitest'
import { compile } from '..'
import { asked, found, runAll, WORDS } from '../fixture'
import { TRICKY } from './tricky.data'

describe('the tricky inputs of the language', () => {
  it('has a case for each of the 22 kinds', () => {
    const kinds = new Set(TRICKY.map(one => one.kind))
    expect([...kinds].sort((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1))
  })

  for (const { kind, name, text, ...expected } of TRICKY) {
    it(`${kind}: ${name}`, () => {
      const program = compile(text, WORDS)
      const run = runAll(program)
      expect(found(program, 'error')).toEqual(expected.errors ?? [])
      expect(asked(run)).toEqual(expected.asked)
      if (expected.lines) expect(run.steps.map(step => step.line)).toEqual(expected.lines)
      if (expected.warnings) expect(found(program, 'warning')).toEqual(expected.warnings)
      expect(found(program, 'info')).toEqual(expect.arrayContaining([...(expected.infos ?? [])]))
      expect(run.steps.map(step => step.text)).toEqual(expect.arrayContaining([...(expected.texts ?? [])]))
    })
  }
})
