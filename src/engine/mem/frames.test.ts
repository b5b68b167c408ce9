import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBulk, POOL_END, POOL_START } from '.'

const POOL_FRAMES = (POOL_END - POOL_START) / 4096

/** Lowest fit over a set of taken frames. */
class NaiveFrames {
  readonly taken = new Set<number>()
  alloc(count: number, align: number): number {
    for (
      let pfn = Math.ceil(POOL_START / 4096 / align) * align;
      pfn + count <= POOL_END / 4096;
      pfn += align
    ) {
      if (Array.from({ length: count }, (_, k) => pfn + k).some(at => this.taken.has(at))) continue
      for (let k = 0; k < count; k++) this.taken.add(pfn + k)
      return pfn * 4096
    }
    return -1
  }
  free(hpa: number, count: number): void {
    for (let k = 0; k < count; k++) this.taken.delete(hpa / 4096 + k)
  }
}

describe('the frame allocator', () => {
  it('begins at the start of the pool and aligns runs to their size', () => {
    const { frames } = createBulk()
    expect(frames.alloc(1)).toBe(POOL_START)
    expect(frames.alloc(512, 512)).toBe(0x20_0000)
    expect(frames.alloc(1)).toBe(POOL_START + 0x1000)
    expect(frames.freeCount()).toBe(POOL_FRAMES - 514)
  })

  it('gives the lowest fit, as a search through all frames does', () => {
    const request = fc.record({ lg2: fc.nat(6), odd: fc.nat(3), free: fc.boolean(), which: fc.nat(100) })
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), requests => {
        const bulk = createBulk()
        const naive = new NaiveFrames()
        const out: { hpa: number; count: number }[] = []
        const begin = bulk.journal.mark()
        for (const { lg2, odd, free, which } of requests) {
          const [gone] = free && out.length > 0 ? out.splice(which % out.length, 1) : []
          if (gone) {
            bulk.frames.free(gone.hpa, gone.count)
            naive.free(gone.hpa, gone.count)
          } else {
            const count = 2 ** lg2 + odd
            const hpa = bulk.frames.alloc(count, 2 ** lg2)
            expect(hpa).toBe(naive.alloc(count, 2 ** lg2))
            out.push({ hpa, count })
          }
          expect(bulk.frames.freeCount()).toBe(POOL_FRAMES - naive.taken.size)
        }
        bulk.journal.undoTo(begin)
        expect(bulk.frames.freeCount()).toBe(POOL_FRAMES)
      }),
      { seed: 0xf4a, numRuns: 80, verbose: 1 },
    )
  })

  it('goes back to a lower frame when one is freed', () => {
    const { frames } = createBulk()
    const out = Array.from({ length: 200 }, () => frames.alloc(1))
    frames.free(out[3] ?? 0, 1)
    frames.free(out[150] ?? 0, 1)
    expect([frames.alloc(1), frames.alloc(1), frames.alloc(1)]).toEqual([
      out[3],
      out[150],
      (out[199] ?? 0) + 4096,
    ])
  })

  it('says -1 when no run is left, and finds one again when one is freed', () => {
    const { frames } = createBulk()
    const big = frames.alloc(1 << 19, 1 << 18)
    expect(big).toBe(0x4000_0000)
    expect(frames.alloc(1 << 18, 1 << 18)).toBe(-1)
    frames.free(big, 1 << 19)
    expect(frames.alloc(1 << 18, 1 << 18)).toBe(0x4000_0000)
  })

  it('hands out cleared memory', () => {
    const { frames, memory } = createBulk()
    const hpa = frames.alloc(1)
    memory.write64(hpa + 8, -1, -1)
    frames.free(hpa, 1)
    expect(frames.alloc(1)).toBe(hpa)
    expect(memory.read64(hpa + 8)).toBe(0n)
  })

  it('notices a frame that is freed twice', () => {
    const { frames } = createBulk()
    const hpa = frames.alloc(2)
    frames.free(hpa, 2)
    expect(() => frames.free(hpa, 1)).toThrow('twice')
  })
})
