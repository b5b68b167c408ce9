/** The comparison of the four ways, by what the facts say it must come to, and as the README prints it. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMPARED, comparedText, compareFlows, createSession } from '../engine'

const FLOW = readFileSync(new URL('four-ways.flow', import.meta.url), 'utf8')
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

const { runs } = compareFlows(FLOW, [
  { label: 'user shadowing', viommu: 'shadow' },
  { label: 'prereg mirror', viommu: 'mirror', policy: { prereg: 'ioas' } },
  { label: 'software nesting', viommu: 'mirror' },
  { label: 'hardware nesting', viommu: 'nested' },
])

const row = (key: (typeof COMPARED)[number]['key']) => runs.map(run => run.costs[key])

const GUEST_PAGES = 262_144
const TIMES = 1000

describe('the four ways', () => {
  it('all let the same 1,000 DMAs through and stop the same 1,000', () => {
    expect(runs.map(run => [run.ok, run.problems])).toEqual(runs.map(() => [true, []]))
    expect([row('dmas'), row('faults')]).toEqual([Array(4).fill(TIMES), Array(4).fill(TIMES)])
  })

  it('a map and an unmap of the guest cost two calls, but one invalidation where hardware nests', () => {
    expect(row('hotCalls')).toEqual([2 * TIMES, 2 * TIMES, 2 * TIMES, TIMES])
  })

  it('only shadowing charges a page again for each map (R14)', () => {
    expect(row('charged')).toEqual([GUEST_PAGES + TIMES, GUEST_PAGES, GUEST_PAGES, GUEST_PAGES])
    expect(row('accountedPages')).toEqual([GUEST_PAGES + 1, GUEST_PAGES, GUEST_PAGES, GUEST_PAGES])
    expect(row('pinnedPages')).toEqual(Array(4).fill(GUEST_PAGES))
  })

  it('a walk is 4 configuration entries and 4 levels, or 19 references over leaves of 2 MiB (VT-d 3.8)', () => {
    expect(row('cold')).toEqual([4 + 4, 4 + 4, 4 + 4, 4 + 19])
  })

  it('hardware nesting writes the table of guest memory alone: 512 leaves of 2 MiB below two entries', () => {
    expect(row('entriesWritten')[3]).toBe(512 + 2)
    expect(row('tableBytes')[3]).toBe(3 * 4096)
  })

  it('the data lies where the guest meant it to', () => {
    for (const viommu of ['shadow', 'mirror', 'nested'] as const) {
      const session = createSession(
        `${FLOW}\nexpect(dma_read(dev1, 0x200000 + [0...999] * 4KB, 4) == "data");`,
        { viommu },
      )
      expect(session.ok).toBe(true)
    }
  })

  it('are the table of the README', () => {
    const lines = [
      ['', ...runs.map(run => run.label)],
      ['---', ...runs.map(() => '---:')],
      ...COMPARED.map(({ key, title }) => [title, ...runs.map(run => comparedText(run.costs[key]))]),
    ]
    expect(README).toContain(lines.map(cells => `| ${cells.join(' | ')} |`).join('\n'))
  })
})
