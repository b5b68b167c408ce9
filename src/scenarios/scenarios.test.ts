/** Every scenario holds what it expects, and the figures the facts give for its layout. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession } from '../engine'

const HERE = new URL('.', import.meta.url).pathname
const FILES = readdirSync(HERE).filter(name => name.endsWith('.flow'))

const run = (name: string) => createSession(readFileSync(`${HERE}/${name}.flow`, 'utf8'))

describe('scenarios', () => {
  it.each(FILES)('%s holds what it expects', name => {
    const session = run(name.replace('.flow', ''))
    expect(session.diagnostics.filter(one => one.severity !== 'info')).toEqual([])
    const failed = session.steps.filter(step => step.call === 'expect' && step.ret !== 0)
    expect(failed.map(step => `${step.line}: ${step.message}`)).toEqual([])
    expect(session.steps.some(step => step.call === 'expect')).toBe(true)
    expect(session.ok).toBe(true)
  })

  it.each([
    ['multiple-ioasids', 262_144],
    ['multiple-ioasids-no-prereg', 262_145],
    ['software-nesting', 262_144],
    ['hardware-nesting', 262_144],
    ['vsva', 262_144],
    ['pasid-table', 262_144],
    ['prereg-ioas', 262_144],
    ['prereg-command', 262_144],
    ['papr-hypercalls', 262_144],
    ['linux-multiple', 262_144],
    ['linux-nesting', 262_144],
    ['linux-vsva', 262_144],
    ['papr-over-prereg', 262_144],
  ])('%s accounts %i pages', (name, pages) => {
    const { accounting } = run(name).state()
    expect(accounting).toMatchObject({ accountedPages: pages, pinnedPages: 262_144 })
  })
})
