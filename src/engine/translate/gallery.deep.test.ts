/** Every flow of the gallery that is of a proposal, in every other API: it reads, and what it expects holds. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DIALECTS } from '../dialects/registry'
import { createSession } from '../session/session'
import { translateFlow } from '.'

const SOURCES: readonly string[] = ['rfc-v1', 'rfc-v2']

const FLOWS = readdirSync('src/scenarios')
  .filter(name => name.endsWith('.flow'))
  .map(name => ({ name, text: readFileSync(`src/scenarios/${name}`, 'utf8') }))
  .filter(({ text }) => SOURCES.includes(/^#dialect\s+(\S+)/m.exec(text)?.[1] ?? ''))

it('is most of the gallery', () => {
  expect(FLOWS.length).toBeGreaterThan(40)
})

describe.each(FLOWS.filter(({ name }) => name !== 'four-ways.flow'))(
  'translate.claims: $name',
  ({ text }) => {
    const source = createSession(text)
    const others = DIALECTS.map(one => one.id).filter(id => id !== source.dialect.id)

    it.each(others)('as %s', id => {
      const done = translateFlow(text, id)
      if ('problem' in done) throw new Error(`${done.line}: ${done.problem}`)
      const session = createSession(done.text)
      expect(session.diagnostics.filter(one => one.severity !== 'info')).toEqual([])
      expect(session.ok).toBe(true)
      // Every call that a device made is still there, whatever came of it.
      const dmas = (steps: typeof session.steps) =>
        steps.filter(({ call }) => /^dma_(?:read|write)/.test(call))
      expect(dmas(session.steps).map(step => step.text)).toEqual(dmas(source.steps).map(step => step.text))
    })
  },
)
