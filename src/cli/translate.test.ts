import { expect, it } from 'vitest'
import { fakeEngine } from './fake-engine.fixture'
import { translate } from './translate'

const engine = fakeEngine({})
const known = engine.dialects[0]?.id ?? ''

it('prints the flow in the other dialect', () => {
  const outcome = translate(engine, { file: 'a.flow', text: 'a' }, known)
  expect(outcome).toEqual({ stdout: `# a in ${known}\n`, stderr: '', code: 0 })
})

it('says where a flow cannot be translated', () => {
  const { stderr, code } = translate(engine, { file: 'a.flow', text: 'broken' }, known)
  expect([stderr, code]).toEqual(['a.flow:4: error: a mistake\n', 2])
})

it('knows its dialects', () => {
  expect(() => translate(engine, { file: 'a.flow', text: 'a' }, 'toaster')).toThrow('toaster')
})
