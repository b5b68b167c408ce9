import { describe, expect, it } from 'vitest'
import { type Bulk, createBulk, eachFrame } from '.'

/** A fixed sequence of pseudo-random integers below `bound`. */
function dice(seed: number): (bound: number) => number {
  let state = seed
  return bound => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 0) % bound
  }
}

/** A step of everything bulk state can do: words, runs, frames, ranges of both kinds, counts; in places that drift. */
function act(bulk: Bulk, roll: (bound: number) => number, drift = 0): void {
  const { memory, frames, ranges, overlapping, refRanges } = bulk
  const frame = 0x1000_0000 + (drift * 9 + roll(10)) * 4096
  memory.write64(frame + roll(512) * 8, roll(2 ** 31), roll(2 ** 31))
  if (roll(4) === 0)
    memory.fill64(frame, { count: 1 + roll(512), lo: 3, hi: 0, strideLo: 0x1000, strideHi: 0 })
  if (roll(20) === 0) memory.write64(0x2_0000_0000 + roll(50) * 4096, roll(99), 1)
  const hpa = frames.alloc(1 + roll(3))
  if (roll(2) === 0) frames.free(hpa, 1)
  const first = (drift * 900 + roll(1000)) * 4
  if (ranges.find(1, first) < 0) ranges.insert(1, first, first + roll(4), roll(1000), roll(1000))
  else if (roll(2) === 0) ranges.remove(1, first)
  else ranges.update(ranges.find(1, first), roll(1000), roll(1000))
  overlapping.insert(2, first, first + roll(100), roll(3))
  refRanges.add(3, first, first + roll(50))
}

/** FNV-1a over all that can be seen of bulk state. */
function look({ words, ranges, overlapping, frames }: Bulk): number {
  let hash = 0x811c9dc5
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ (value | 0), 0x01000193)
  }
  const mixWords = (from: number, count: number): void => {
    for (let at = from; at < from + count; at++)
      if (words.data[at] !== 0) mix(at ^ Math.imul(words.data[at] ?? 0, 31))
  }
  mixWords(0, 26 * 1024)
  eachFrame(words, (hpa, offset) => {
    mix(hpa)
    mixWords(offset, 1024)
  })
  for (const tree of [1, 3]) {
    mix(ranges.span(tree))
    for (let at = ranges.firstFrom(tree, 0); at >= 0; at = ranges.next(at))
      for (const value of [ranges.first(at), ranges.last(at), ranges.a(at), ranges.b(at)]) mix(value)
  }
  overlapping.forEachIn(2, 0, 1e9, (first, last, a, b) => [first, last, a, b].forEach(mix))
  mix(frames.freeCount())
  return hash
}

function run(steps: number, options = {}): { bulk: Bulk; marks: number[]; looks: number[] } {
  const bulk = createBulk(options)
  const roll = dice(1)
  const marks = [bulk.journal.mark()]
  const looks = [look(bulk)]
  for (let n = 1; n <= steps; n++) {
    act(bulk, roll, Math.floor(n / 800))
    marks.push(bulk.journal.mark())
    looks.push(n % 97 === 0 ? look(bulk) : 0)
  }
  return { bulk, marks, looks }
}

describe('the journal', () => {
  it('reaches any step again, with and without room for checkpoints', () => {
    for (const checkpointBytes of [256 << 20, 400_000]) {
      const { bulk, marks, looks } = run(9700, { checkpointBytes })
      expect(bulk.journal.checkpointCount).toBeGreaterThan(checkpointBytes > 1e6 ? 3 : 1)
      const roll = dice(7)
      for (let k = 0; k < 60; k++) {
        const n = roll(100) * 97
        bulk.journal.seekTo(marks[n] ?? 0)
        expect([n, look(bulk)]).toEqual([n, n === 0 ? looks[0] : looks[n]])
      }
    }
  })

  it('takes back what was only tried, and keeps the recorded future', () => {
    const { bulk, marks, looks } = run(970)
    for (const n of [97, 485, 970]) {
      bulk.journal.seekTo(marks[n] ?? 0)
      const inside = bulk.journal.scratch(() => {
        const position = bulk.journal.mark()
        act(bulk, dice(n))
        bulk.journal.undoTo(position)
        bulk.journal.dropAfter(position)
        act(bulk, dice(n + 1))
        return look(bulk)
      })
      expect(inside).not.toBe(looks[n])
      expect(look(bulk)).toBe(looks[n])
      bulk.journal.seekTo(marks[970] ?? 0)
      expect(look(bulk)).toBe(looks[970])
    }
  })

  it('takes a failing trial back too', () => {
    const { bulk, looks } = run(97)
    const failing = (): void => {
      act(bulk, dice(3))
      throw new Error('tried')
    }
    expect(() => bulk.journal.scratch(failing)).toThrow('tried')
    expect(look(bulk)).toBe(looks[97])
  })

  it('executes a step again on the same state to the same state', () => {
    const bulk = createBulk()
    act(bulk, dice(5))
    const before = bulk.journal.mark()
    act(bulk, dice(6))
    const after = look(bulk)
    bulk.journal.mark()
    bulk.journal.undoTo(before)
    const again = bulk.journal.scratch(() => {
      act(bulk, dice(6))
      return look(bulk)
    })
    expect(again).toBe(after)
  })

  it('forgets the future when the past is changed, checkpoints of it included', () => {
    const { bulk, marks, looks } = run(3000)
    const count = bulk.journal.checkpointCount
    bulk.journal.seekTo(marks[97] ?? 0)
    act(bulk, dice(9))
    const other = look(bulk)
    const position = bulk.journal.mark()
    expect(bulk.journal.checkpointCount).toBeLessThan(count)
    expect(() => bulk.journal.seekTo(marks[3000] ?? 0)).toThrow('not recorded')
    bulk.journal.seekTo(0)
    expect(look(bulk)).toBe(looks[0])
    bulk.journal.seekTo(position)
    expect(look(bulk)).toBe(other)
  })

  it('drops the future on request, up to a position', () => {
    const { bulk, marks } = run(50)
    bulk.journal.undoTo(marks[10] ?? 0)
    bulk.journal.dropAfter(marks[20] ?? 0)
    expect(() => bulk.journal.redoTo(marks[21] ?? 0)).toThrow('not recorded')
    bulk.journal.redoTo(marks[20] ?? 0)
    expect(bulk.journal.position).toBe(marks[20])
  })

  it('spends 8 bytes on a changed word and none on an unchanged one', () => {
    const { words, journal } = createBulk()
    const block = words.block(16)
    const before = journal.bytes
    for (let k = 0; k < 16; k++) words.set(block + k, k + 1)
    for (let k = 0; k < 16; k++) words.set(block + k, k + 1)
    expect(journal.bytes - before).toBe(16 * 8)
  })
})
