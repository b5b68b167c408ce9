import { describe, expect, it } from 'vitest'
import { createBulk } from '../mem'
import { SILENT } from '../trace/events'
import type { HwContext } from './contract'
import { readStruct, writeStruct } from './memory-struct'
import { structLayout } from './struct'

const LAYOUT = structLayout('thing', 3, [
  [0, 0, 0, 'P', 'present'],
  [1, 63, 0, 'a', 'first'],
  [2, 63, 0, 'b', 'second'],
])

/** A context that notes the words written, and counts. */
function watched(): { ctx: HwContext; written: number[]; counted: number[] } {
  const bulk = createBulk()
  const written: number[] = []
  const counted: number[] = []
  const write64 = bulk.memory.write64.bind(bulk.memory)
  bulk.memory.write64 = (hpa, lo, hi) => {
    written.push(hpa)
    write64(hpa, lo, hi)
  }
  return { ctx: { bulk, events: SILENT, costs: { add: (_, by) => counted.push(by) } }, written, counted }
}

describe('writing a structure', () => {
  it('writes the word with the present bit last', () => {
    const { ctx, written } = watched()
    writeStruct(ctx, LAYOUT, 0x80000, [1n, 2n, 3n])
    expect(written.at(-1)).toBe(0x80000)
    expect(readStruct(ctx, LAYOUT, 0x80000)).toEqual([1n, 2n, 3n])
  })

  it('clears the word with the present bit first', () => {
    const { ctx, written } = watched()
    writeStruct(ctx, LAYOUT, 0x80000, [1n, 2n, 3n])
    written.length = 0
    writeStruct(ctx, LAYOUT, 0x80000, [0n, 0n, 0n])
    expect(written[0]).toBe(0x80000)
  })

  it('counts the words that changed, and writes nothing where none did', () => {
    const { ctx, written, counted } = watched()
    writeStruct(ctx, LAYOUT, 0x80000, [1n, 2n, 3n])
    writeStruct(ctx, LAYOUT, 0x80000, [1n, 2n, 4n])
    expect(counted).toEqual([3, 1])
    written.length = 0
    writeStruct(ctx, LAYOUT, 0x80000, [1n, 2n, 4n])
    expect(written).toEqual([])
  })
})
