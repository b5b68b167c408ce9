import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SpaceRecord, SpaceTable } from '../../kernel/state'
import { formatOf, levelsOf, readTable } from '../../pt'
import { createSession, type FlowSession } from '../../session/session'
import type { TableQuery, TreeRow } from './contract'
import { acts, flowOf } from './flows.fixture'
import { inspect } from './inspect'

const ALL = 2 ** 31

function ask(session: FlowSession, space: SpaceRecord, change: Partial<TableQuery> = {}) {
  const table = space.tables[0]?.ref.id ?? 0
  const query = { id: `space:${space.uid}`, table, toggled: [], focus: null, from: 0, count: ALL, ...change }
  const answer = inspect(session, { what: 'table', ...query })
  return answer.what === 'table' ? answer.view : null
}

interface Item {
  readonly level: number
  readonly index: number
  readonly hpa: number
  readonly value: bigint
}

/** Every item of every table, depth first, read with whole numbers. */
function naive(session: FlowSession, table: SpaceTable): readonly Item[] {
  const { ref } = table
  const format = formatOf(ref.format)
  const visit = (hpa: number, level: number): Item[] =>
    readTable(session.machine.bulk, ref, { hpa, level }).flatMap((value, index): Item[] => {
      const item = { level, index, hpa: hpa + index * 8, value }
      const entry = format.decode(value, level, ref.cfg)
      return entry.kind === 'table' ? [item, ...visit(Number(entry.address), level - 1)] : [item]
    })
  return visit(ref.root, levelsOf(format.geometry(ref.cfg)) - 1)
}

/** The items that the rows stand for, runs written out by their stride. */
function unfolded(session: FlowSession, rows: readonly TreeRow[]): readonly Item[] {
  return rows.flatMap(row =>
    Array.from({ length: row.lastIndex - row.index + 1 }, (_, k) => {
      const hpa = Number(row.hpa) + k * 8
      return { level: row.level, index: row.index + k, hpa, value: session.machine.bulk.memory.read64(hpa) }
    }),
  )
}

const spacesOf = (session: FlowSession) =>
  [...session.machine.root.spaces.values()].filter(s => s.tables.length > 0)

describe('a page table by windows', () => {
  it('its rows stand for every item of every table, in order, once', () => {
    fc.assert(
      fc.property(acts, list => {
        const session = createSession(flowOf(list))
        for (const space of spacesOf(session)) {
          const window = ask(session, space)
          const table = space.tables[0]
          if (window === null || table === undefined) throw new Error()
          expect(unfolded(session, window.rows)).toEqual(naive(session, table))
          expect(window.total).toBe(window.rows.length)
        }
      }),
      { seed: 41, numRuns: 5 },
    )
  })

  it('windows put together are the whole, and closing a table takes its rows away', () => {
    const session = createSession(flowOf([{ kind: 'map', space: 1, page: 0, pages: 16, target: 0 }]))
    const [space] = spacesOf(session)
    if (space === undefined) throw new Error()
    const whole = ask(session, space)
    const parts = [0, 7, 14, 21].flatMap(from => ask(session, space, { from, count: 7 })?.rows ?? [])
    expect(parts).toEqual(whole?.rows)
    const leafTable = whole?.rows.find(row => row.level === 1 && row.kind === 'table')
    if (leafTable === undefined || whole === null) throw new Error()
    const closed = ask(session, space, { toggled: [leafTable.key] })
    expect(closed?.rows.filter(row => row.level === 0)).toEqual([])
    const run = whole.rows.find(row => row.level === 0 && row.lastIndex > row.index)
    if (run === undefined) throw new Error()
    const unrun = ask(session, space, { toggled: [run.key] })
    expect(unrun?.total).toBe(whole.total + run.lastIndex - run.index)
  })

  it('marks exactly the words that differ from the step before', () => {
    fc.assert(
      fc.property(acts, list => {
        const session = createSession(flowOf(list))
        for (let n = 10; n <= session.steps.length; n++) {
          session.seek(n)
          for (const space of spacesOf(session)) {
            const table = space.tables[0]
            if (table === undefined) continue
            const now = naive(session, table)
            const was = session.peek(n - 1, () =>
              now.map(item => session.machine.bulk.memory.read64(item.hpa)),
            )
            const expected = now.filter((item, k) => item.value !== was[k]).map(item => item.hpa)
            const marked = (ask(session, space)?.rows ?? []).filter(row => row.mark !== '')
            expect(unfolded(session, marked).map(item => item.hpa)).toEqual(expected)
          }
        }
      }),
      { seed: 42, numRuns: 3 },
    )
  })

  it('finds the entry of an address by its bits, cut out of its run', () => {
    const session = createSession(
      flowOf([{ kind: 'map', space: 1, page: 0, pages: 1024, target: 0 }], '#memory 0x40000000 2GB guest'),
    )
    const small = createSession(
      flowOf([{ kind: 'map', space: 1, page: 3, pages: 200, target: 3 }], '#memory 0x40000000 2GB guest'),
    )
    for (const [run, iova, indexes] of [
      [session, 0x20_1234n, [0, 0, 1]],
      [small, 0x3_2abcn, [0, 0, 0, 50]],
      [small, 0x80_0000_0000n, [1]],
    ] as const) {
      const [space] = spacesOf(run)
      if (space === undefined) throw new Error()
      const window = ask(run, space, { focus: { iova, level: null, exact: true } })
      expect(window?.entry?.path.map(step => step.index)).toEqual(indexes)
      expect(window?.rows[window.focus]?.index).toBe(indexes.at(-1))
      const { entry } = window ?? {}
      expect(entry?.lastIndex).toBe(entry?.index)
      expect(entry !== undefined && entry !== null && entry.iova <= iova && iova <= entry.last).toBe(true)
    }
    const [space] = spacesOf(small)
    if (space === undefined) throw new Error()
    const leaf = ask(small, space, { focus: { iova: 0x3_2000n, level: null, exact: true } })?.entry
    expect(leaf).toMatchObject({ kind: 'leaf', effective: 'rw', hva: 0x4003_2000n })
    expect(leaf?.path.map(step => [step.high, step.low])).toEqual([
      [47, 39],
      [38, 30],
      [29, 21],
      [20, 12],
    ])
  })

  it('shows first what the step wrote', () => {
    const list = [
      { kind: 'map', space: 1, page: 0, pages: 1, target: 0 },
      { kind: 'map', space: 1, page: 0x4_0000, pages: 1, target: 9 },
    ] as const
    const session = createSession(flowOf(list))
    const [space] = spacesOf(session)
    if (space === undefined) throw new Error()
    expect(ask(session, space)?.entry).toMatchObject({ level: 0, iova: 0x4000_0000n, mark: '+' })
  })
})
