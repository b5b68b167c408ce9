import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SCENARIO_CODES, scenarioName } from './codes.data'

const FILES = readdirSync(new URL('.', import.meta.url)).filter(name => name.endsWith('.flow'))

/** What has been given out. Links and mails name these: a row may be added here, and none may change. */
const GIVEN_OUT: Readonly<Record<string, string>> = {
  'g.1': 'simple',
  'g.2': 'multiple-ioasids',
  'g.3': 'software-nesting',
  'g.4': 'hardware-nesting',
  'g.5': 'vsva',
  'g.6': 'page-fault',
  'g.7': 'prereg-ioas',
  'g.9': 'papr-no-passthrough',
  'g.10': 'group-half-attached',
  'g.13': 'multiple-ioasids-no-prereg',
  'g.14': 'prereg-command',
  'g.15': 'typo-in-the-mail',
  'g.16': 'four-ways',
  'g.17': 'vsva-mdev',
  'g.18': 'pasid-table-refused',
  'g.19': 'sva-process',
  'g.20': 'guest-passthrough',
  'g.21': 'dirty-pages',
  'g.30': 'recorded-dma',
  'g.31': 'recorded-replace',
  'g.32': 'recorded-unmap-partial',
  'g.33': 'recorded-type1-unmap',
  'g.40': 'papr-hypercalls',
  'g.41': 'papr-over-prereg',
  'g.42': 'papr-two-endpoints',
  'g.43': 'papr-fixed-windows',
  'g.44': 'papr-wide-window',
  'g.81': 'linux-simple',
  'g.82': 'linux-multiple',
  'g.83': 'linux-shadow',
  'g.84': 'linux-nesting',
  'g.85': 'linux-vsva',
  'g.86': 'linux-dirty',
  'g.87': 'linux-page-fault',
  'g.101': 'v2-simple',
  'g.102': 'v2-multiple-ioasids',
  'g.103': 'v2-software-nesting',
  'g.104': 'v2-hardware-nesting',
  'g.105': 'v2-vsva',
  'g.106': 'v2-page-fault',
  'g.107': 'v2-pasid-table',
  'g.108': 'v2-prereg-ioas',
  'g.109': 'v2-dummy-root',
  'g.110': 'v2-sva',
  'g.111': 'v2-papr-no-passthrough',
  'g.112': 'v2-group-block-dma',
  'g.113': 'v2-passthrough',
  'g.114': 'v2-two-files',
  'g.115': 'v2-group-not-viable',
  'g.116': 'choices',
  'g.117': 'v2-choices',
  'g.118': 'group-one-by-one',
  'g.119': 'pasid-table-tracked',
  'g.120': 'dummy-root',
  'g.91': 'iommufd-plain',
  'g.92': 'iommufd-nested',
  'g.93': 'iommufd-viommu',
}

describe('short codes', () => {
  it.each(Object.entries(GIVEN_OUT))('%s is %s for ever', (code, name) => {
    expect(scenarioName(code)).toBe(name)
    expect(FILES).toContain(`${name}.flow`)
  })

  it('are one to a flow', () => {
    expect(SCENARIO_CODES.map(row => `${row.name}.flow`).sort()).toEqual([...FILES].sort())
    expect(new Set(SCENARIO_CODES.map(row => row.code)).size).toBe(SCENARIO_CODES.length)
  })

  it('are read with and without their dress', () => {
    for (const written of ['g.2', '2', '#g.2', 'G.2', 'g.multiple-ioasids']) {
      expect(scenarioName(written)).toBe('multiple-ioasids')
    }
    for (const unknown of ['', 'g.', 'g.999', 'g.02', 'x', '__proto__', 'g.2.3']) {
      expect(scenarioName(unknown)).toBeNull()
    }
  })

  it.each(FILES)('%s says in its first lines what it shows', file => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    expect(text).toMatch(/^\/\/ [A-Z][^\n]{20,110}\n#title\s+\S/)
  })
})
