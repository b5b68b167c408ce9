/**
 * What every page-table format must do, whatever it is: run over each registry entry and configuration.
 * The judge is a Map from 4 KiB page to what was asked for; a format's name is never asked.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Bulk, createBulk } from '../mem'
import {
  canLeaf,
  clearRun,
  createTable,
  destroyTable,
  forEachLeaf,
  inputPages,
  levelsOf,
  mapRun,
  type PtConfig,
  type PtFormat,
  readTable,
  shiftOf,
  type TableRef,
  tableStats,
  walkAddress,
} from '.'
import { CANONICAL_BITS, FREES_EMPTY, WRITE_SETS_READ, word } from './geometry'
import { type KeepingSink, keepingSink } from './sink.fixture'

interface Stage {
  readonly bulk: Bulk
  readonly ref: TableRef
  readonly sink: KeepingSink
}

export function conformance(format: PtFormat, cfg: PtConfig): void {
  const geometry = format.geometry(cfg)
  const input = inputPages(geometry)
  const unit = 2 ** shiftOf(geometry, 0)
  const levels = levelsOf(geometry)
  const leafLevels = Array.from({ length: levels }, (_, level) => level).filter(level =>
    canLeaf(geometry, level),
  )
  const TARGET = 2 ** 30 / 4096

  function set(): Stage {
    const bulk = createBulk()
    const sink = keepingSink()
    const ref = createTable(bulk, { id: 9, format: format.id, cfg }, sink)
    if (ref === null) throw new Error('no table')
    return { bulk, ref, sink }
  }

  /** The byte address that stands for an input page: the upper half of a canonical input repeats its top bit. */
  const addressOf = (page: number): bigint => {
    const address = BigInt(page) * 4096n
    const bits = word(geometry, CANONICAL_BITS)
    return bits === 0 || page > input.last ? address : BigInt.asUintN(64, BigInt.asIntN(bits, address))
  }

  const walk = ({ bulk, ref }: Stage, page: number, access: number) =>
    walkAddress(bulk, ref, addressOf(page) + 0xabcn, { access })

  const expectPage = (
    stage: Stage,
    page: number,
    want: { target: number; perm: number } | undefined,
  ): void => {
    const got = walk(stage, page, 1)
    if (want === undefined) {
      expect({ page, got }).toMatchObject({ page, got: { ok: false, reason: 'not-present' } })
      return
    }
    const perm = want.perm & 2 && word(geometry, WRITE_SETS_READ) ? 3 : want.perm
    for (const access of [1, 2, 3]) {
      const expected =
        (perm & access) === access
          ? { ok: true, output: want.target * 4096 + 0xabc, perm }
          : { ok: false, reason: 'permission' }
      expect({ page, access, got: walk(stage, page, access) }).toMatchObject({ page, access, got: expected })
    }
  }

  it('has no problem with its own configuration, and fields that cover all 64 bits once', () => {
    expect(format.problem(cfg)).toBeNull()
    expect(format.levelNames(cfg)).toHaveLength(levels)
    for (let level = 0; level < levels; level++) {
      for (const kind of ['leaf', 'table'] as const) {
        const bits = format.fields(level, cfg, kind).flatMap(({ high, low }) => range(low, high))
        expect(bits.sort((x, y) => x - y)).toEqual(range(0, 63))
      }
    }
  })

  it('translates nothing when empty, at both ends and in the middle', () => {
    const stage = set()
    for (const page of [input.first, input.first + Math.floor((input.last - input.first) / 2), input.last])
      expectPage(stage, page, undefined)
  })

  const top = word(geometry, CANONICAL_BITS) === 0 ? 2 ** 52 - 1 : 2 ** 51
  const beyond = [input.first - 1, input.last + 1, top].filter(
    page => page >= 0 && page < 2 ** 52 && (page < input.first || page > input.last),
  )
  // Six levels of AMD-Vi take every address there is.
  if (beyond.length > 0)
    it('refuses addresses on either side of its input', () => {
      const stage = set()
      for (const page of beyond)
        expect(walk(stage, page, 1)).toEqual({ ok: false, reason: 'address-range', level: null, hpa: null })
    })

  it.each(leafLevels)('maps one page of level %i at the first and last place, with each right', level => {
    const pages = 2 ** shiftOf(geometry, level)
    for (const page of [input.first, input.last + 1 - pages]) {
      for (const perm of [1, 2, 3]) {
        const stage = set()
        const run = { page, pages, target: Math.ceil(TARGET / pages) * pages, perm }
        expect(mapRun(stage.bulk, stage.ref, run, stage.sink)).toBe(true)
        for (const k of new Set([0, pages - 1, Math.floor(pages / 2)]))
          expectPage(stage, page + k, { target: run.target + k, perm })
        if (page > input.first) expectPage(stage, page - 1, undefined)
        if (page + pages <= input.last) expectPage(stage, page + pages, undefined)
        expect(walk(stage, page, perm)).toMatchObject({ pageLg2: shiftOf(geometry, level) + 12, level })
        expect(tableStats(stage.bulk, stage.ref)).toMatchObject({ leaves: 1, pages })
      }
    }
  })

  it('logs one reference a level, top first, each the item that memory holds', () => {
    const stage = set()
    mapRun(stage.bulk, stage.ref, { page: input.first, pages: unit, target: TARGET, perm: 3 }, stage.sink)
    const log: { level: number; hpa: number; value: bigint }[] = []
    walkAddress(stage.bulk, stage.ref, addressOf(input.first), {
      access: 1,
      log: (level, hpa, value) => log.push({ level, hpa, value }),
    })
    expect(log.map(one => one.level)).toEqual(range(0, levels - 1).reverse())
    let table = stage.ref.root
    for (const { level, hpa, value } of log) {
      expect(hpa).toBe(table)
      expect(readTable(stage.bulk, stage.ref, { hpa: table, level, count: 1 })).toEqual([value])
      const entry = format.decode(value, level, cfg)
      expect(entry.kind).toBe(level === 0 ? 'leaf' : 'table')
      table = Number(entry.address)
    }
    expect(table).toBe(TARGET * 4096)
  })

  it('asks for write rights only where the mapping gave them, without changing a word', () => {
    const stage = set()
    mapRun(stage.bulk, stage.ref, { page: input.first, pages: unit, target: TARGET, perm: 1 }, stage.sink)
    const position = stage.bulk.journal.position
    expect(walk(stage, input.first, 2)).toMatchObject({ ok: false, reason: 'permission', level: 0 })
    expect(stage.bulk.journal.position).toBe(position)
  })

  it('agrees with a Map over random runs, splits and clears; undo and redo give the same', () => {
    const window = Math.min(
      input.last - input.first + 1,
      2 ** (Math.max(...leafLevels.map(l => shiftOf(geometry, l))) + 2),
    )
    const op = fc.record({
      at: fc.nat(Math.floor(window / unit) - 1),
      size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(512, 513, 1024, 5000)),
      gap: fc.oneof(fc.constant(0), fc.nat(2000)),
      perm: fc.constantFrom(1, 2, 3),
      clear: fc.boolean(),
      high: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(op, { maxLength: 12 }), ops => {
        const stage = set()
        const shadow = new Map<number, { target: number; perm: number }>()
        const begin = stage.bulk.journal.mark()
        const probes = new Set<number>()
        for (const { at, size, gap, perm, clear, high } of ops) {
          const base = high ? input.last + 1 - window : input.first
          const page = base + at * unit
          const pages = Math.min(size * unit, base + window - page)
          const target = (Math.ceil(page / 2 ** 18) * 2 ** 18 + gap * unit + page - base) % 2 ** 34
          for (const probe of [page, page - 1, page + pages - 1, page + pages, page + 511, page + 512])
            probes.add(probe)
          if (clear) {
            expect(clearRun(stage.bulk, stage.ref, { page, pages }, stage.sink)).toBe(true)
            for (let k = 0; k < pages; k++) shadow.delete(page + k)
          } else if (isFree(shadow, page, pages)) {
            expect(mapRun(stage.bulk, stage.ref, { page, pages, target, perm }, stage.sink)).toBe(true)
            for (let k = 0; k < pages; k++) shadow.set(page + k, { target: target + k, perm })
          }
        }
        const compare = (): void => {
          for (const probe of probes)
            if (probe >= input.first && probe <= input.last) expectPage(stage, probe, shadow.get(probe))
          let pages = 0
          forEachLeaf(stage.bulk, stage.ref, leaf => {
            pages += leaf.pages
            for (const k of [0, leaf.pages - 1])
              expect(shadow.get(leaf.page + k)?.target).toBe(leaf.target + k)
          })
          expect(pages).toBe(shadow.size)
        }
        compare()
        expectCounted(stage)
        const end = stage.bulk.journal.mark()
        stage.bulk.journal.undoTo(begin)
        expect(tableStats(stage.bulk, stage.ref)).toMatchObject({ tables: 1, leaves: 0 })
        stage.bulk.journal.redoTo(end)
        compare()
      }),
      { seed: 0xc0f, numRuns: 25, verbose: 1 },
    )
  })

  it.each(leafLevels.filter(level => level > 0))('splits a page of level %i and keeps the rest', level => {
    const pages = 2 ** shiftOf(geometry, level)
    const stage = set()
    const target = Math.ceil(TARGET / pages) * pages
    mapRun(stage.bulk, stage.ref, { page: input.first, pages, target, perm: 2 }, stage.sink)
    const hole = input.first + Math.floor(pages / 2) + unit
    clearRun(stage.bulk, stage.ref, { page: hole, pages: unit }, stage.sink)
    for (const page of [input.first, hole - unit, hole + unit, input.first + pages - 1])
      expectPage(stage, page, { target: target + page - input.first, perm: 2 })
    expectPage(stage, hole, undefined)
    expect(tableStats(stage.bulk, stage.ref).pages).toBe(pages - unit)
    expectCounted(stage)
  })

  it('frees tables that fall empty exactly when it says so', () => {
    const stage = set()
    const run = { page: input.first, pages: unit * 3, target: TARGET, perm: 3 }
    mapRun(stage.bulk, stage.ref, run, stage.sink)
    const full = tableStats(stage.bulk, stage.ref).tables
    clearRun(stage.bulk, stage.ref, run, stage.sink)
    expect(tableStats(stage.bulk, stage.ref).tables).toBe(word(geometry, FREES_EMPTY) === 1 ? 1 : full)
    expectCounted(stage)
  })

  it('gives every frame back when destroyed', () => {
    const stage = set()
    const fresh = createBulk().frames.freeCount()
    const far = input.last + 1 - unit * 5
    mapRun(
      stage.bulk,
      stage.ref,
      { page: input.first, pages: unit * 700, target: TARGET, perm: 3 },
      stage.sink,
    )
    if (far > input.first + unit * 700)
      mapRun(stage.bulk, stage.ref, { page: far, pages: unit * 5, target: TARGET, perm: 1 }, stage.sink)
    destroyTable(stage.bulk, stage.ref, stage.sink)
    expect(stage.bulk.frames.freeCount()).toBe(fresh)
    expect([stage.sink.cost('tablesLive'), stage.sink.cost('tableBytes')]).toEqual([0, 0])
  })

  it('says when frames run out, and a savepoint takes back what was written', () => {
    const { frames, ...rest } = createBulk()
    let left = 1
    const stingy = {
      alloc: (count: number, align?: number) => (left-- > 0 ? frames.alloc(count, align) : -1),
      free: (hpa: number, count: number) => frames.free(hpa, count),
      freeCount: () => left,
    }
    const bulk = { ...rest, frames: stingy }
    const sink = keepingSink()
    const ref = createTable(bulk, { id: 1, format: format.id, cfg }, sink)
    if (ref === null) throw new Error('no frame for the root')
    const mark = bulk.journal.mark()
    const before = frames.freeCount()
    // A flat table has all its frames from the start.
    const run = { page: input.first, pages: unit, target: TARGET, perm: 3 }
    expect(mapRun(bulk, ref, run, sink)).toBe(levels === 1)
    bulk.journal.undoTo(mark)
    expect([frames.freeCount(), tableStats(bulk, ref).leaves]).toEqual([before, 0])
    expect(createTable(bulk, { id: 2, format: format.id, cfg }, sink)).toBeNull()
  })

  it('tells a long run in a handful of events that add up to its costs', () => {
    const stage = set()
    const pages = Math.min(unit * 2 ** 16, input.last - input.first + 1)
    stage.sink.kept.length = 0
    const before = stage.sink.cost('entriesWritten')
    mapRun(stage.bulk, stage.ref, { page: input.first, pages, target: TARGET + unit, perm: 3 }, stage.sink)
    expect(stage.sink.kept.length).toBeLessThan(24)
    let told = 0
    for (const event of stage.sink.kept) if (event.kind === 'entries-written') told += event.count
    expect(told).toBe(stage.sink.cost('entriesWritten') - before)
  })

  it('notices a run that is not its own: off the page size, outside, or over another', () => {
    const { bulk, ref, sink } = set()
    const run = { page: input.first, pages: unit, target: TARGET, perm: 3 }
    mapRun(bulk, ref, run, sink)
    expect(() => mapRun(bulk, ref, run, sink)).toThrow('mapped already')
    expect(() => mapRun(bulk, ref, { ...run, page: input.last, pages: 2 * unit }, sink)).toThrow('outside')
    expect(() => mapRun(bulk, ref, { ...run, page: input.first + unit, perm: 0 }, sink)).toThrow('right')
    if (unit > 1)
      expect(() => mapRun(bulk, ref, { ...run, page: input.first + unit, pages: 1 }, sink)).toThrow(
        'smallest page',
      )
  })

  /** The costs and the events' tables agree with the page table itself. */
  function expectCounted(stage: Stage): void {
    const { tables, bytes } = tableStats(stage.bulk, stage.ref)
    expect([stage.sink.cost('tablesLive'), stage.sink.cost('tableBytes')]).toEqual([tables, bytes])
    const told = stage.sink.kept.reduce((sum, event) => {
      if (event.kind === 'table-allocated') return sum + event.bytes
      return event.kind === 'table-freed' ? sum - event.bytes : sum
    }, 0)
    expect(told).toBe(bytes)
  }
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k)

function isFree(shadow: ReadonlyMap<number, unknown>, page: number, pages: number): boolean {
  for (let k = 0; k < pages; k++) if (shadow.has(page + k)) return false
  return true
}
