import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Archive } from './archive'

let archive: Archive
let opened = 0

beforeEach(async () => {
  archive = await Archive.open(`test-${++opened}`)
})
afterEach(() => archive.close())

const save = (id: string, text: string, time: number) => archive.save({ id, text, time }, 'written')

describe('the archive', () => {
  it('is empty at first', async () => {
    expect(await archive.newest()).toBeNull()
    expect(await archive.revisions()).toEqual([])
  })

  it('gives back a document, and the newest of all', async () => {
    await save('a', 'first', 10)
    await save('b', 'second', 20)
    await save('a', 'third', 30)
    expect(await archive.document('b')).toEqual({ id: 'b', text: 'second', time: 20 })
    expect((await archive.newest())?.text).toBe('third')
    expect(await archive.document('none')).toBeNull()
  })

  it('lists revisions newest first, with what changed, and gives back any text', async () => {
    await save('a', '#title T\none', 10)
    await save('a', '#title T\ntwo', 20)
    const [newer, older] = await archive.revisions()
    expect(newer).toMatchObject({ title: 'T', time: 20, changed: { line: 2, text: 'two' } })
    expect(older).toMatchObject({ title: 'T', time: 10, changed: null })
    expect(await archive.text(older?.n ?? -1)).toBe('#title T\none')
    expect(await archive.text(999)).toBeNull()
  })

  it('keeps a state once, though it is saved again or in another tab between', async () => {
    await save('a', 'x', 10)
    await save('b', 'y', 11)
    await save('a', 'x', 12)
    expect(await archive.revisions()).toHaveLength(2)
    await save('a', 'z', 13)
    await save('a', 'x', 14)
    expect(await archive.revisions()).toHaveLength(4)
  })

  it('keeps no empty beginning, but an emptied text', async () => {
    await save('a', '', 10)
    expect(await archive.revisions()).toEqual([])
    await save('a', 'x', 11)
    await save('a', '', 12)
    expect((await archive.revisions()).map(({ chars }) => chars)).toEqual([0, 1])
  })

  it('a fork leaves no revision and is not newer than what it was made from', async () => {
    await save('a', 'x', 10)
    await archive.fork({ id: 'b', text: 'x', time: 10 })
    expect(await archive.revisions()).toHaveLength(1)
    await save('a', 'y', 11)
    expect((await archive.newest())?.id).toBe('a')
    expect((await archive.document('b'))?.text).toBe('x')
  })

  it('keeps a hundred states of a day ago and thins those behind them, texts and all', async () => {
    const dayAgo = 100 * 24 * 3_600_000
    for (let i = 0; i < 320; i++) await save('a', `text ${i}`, dayAgo + i)
    await save('a', 'today', dayAgo + 40 * 3_600_000)
    for (let i = 0; i < 16; i++) await save('a', `today ${i}`, dayAgo + 40 * 3_600_000 + i)
    const kept = await archive.revisions()
    expect(kept.length).toBeGreaterThanOrEqual(100)
    expect(kept.length).toBeLessThan(140)
    for (const { n, chars } of kept) expect((await archive.text(n))?.length).toBe(chars)
    const numbers = new Set(kept.map(({ n }) => n))
    const gone = Array.from({ length: 300 }, (_, i) => i + 1).filter(n => !numbers.has(n))
    expect(gone.length).toBeGreaterThan(100)
    expect(await archive.text(gone[0] ?? 0)).toBeNull()
  })

  it('makes room by letting the older half go', async () => {
    for (let i = 0; i < 10; i++) await save('a', `text ${i}`, i)
    await archive.makeRoom()
    const kept = await archive.revisions()
    expect(kept.map(({ time }) => time)).toEqual([9, 8, 7, 6, 5])
    await save('a', 'more', 11)
    expect((await archive.revisions())[0]?.changed).toEqual({ line: 1, text: 'more' })
  })
})
