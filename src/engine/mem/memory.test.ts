import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bulk, createBulk } from '.'

const SEED = { seed: 0x3e3, numRuns: 60, verbose: 1 as const }
/** Frames of the table pool, of low memory, and of either side of 64 MiB and 4 GiB. */
const FRAMES = [
  0x8_0000, 0x8_1000, 0x3ff_f000, 0x400_0000, 0xffff_f000, 0x1_0000_0000, 0x1_0000_1000, 0xf_fedc_ba98_7000,
]

type Op =
  | { kind: 'word'; hpa: number; value: bigint; bigEndian: boolean }
  | { kind: 'fill'; hpa: number; count: number; value: bigint; stride: bigint; bigEndian: boolean }
  | { kind: 'zero'; hpa: number; bytes: number }
  | { kind: 'bytes'; hpa: number; bytes: Uint8Array }

const place = fc.tuple(fc.constantFrom(...FRAMES), fc.nat(511)).map(([frame, item]) => frame + item * 8)
const u64s = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constant('word' as const), hpa: place, value: u64s, bigEndian: fc.boolean() }),
  fc.record({
    kind: fc.constant('fill' as const),
    hpa: place,
    count: fc.integer({ min: 1, max: 700 }),
    value: u64s,
    stride: fc.constantFrom(0n, 0x1000n, 0x20_0000n, 0x1_0000_0000n, 2n ** 64n - 0x1000n),
    bigEndian: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('zero' as const),
    hpa: place,
    bytes: fc.integer({ min: 1, max: 900 }).map(n => n * 8),
  }),
  fc.record({
    kind: fc.constant('bytes' as const),
    hpa: place.map(p => p + 3),
    bytes: fc.uint8Array({ maxLength: 20 }),
  }),
)

const halves = (value: bigint): [number, number] => [
  Number(BigInt.asIntN(32, value)),
  Number(BigInt.asIntN(32, value >> 32n)),
]

function apply({ memory }: Bulk, op: Op): void {
  switch (op.kind) {
    case 'word': {
      const [lo, hi] = halves(op.value)
      if (op.bigEndian) memory.write64be(op.hpa, lo, hi)
      else memory.write64(op.hpa, lo, hi)
      break
    }
    case 'fill': {
      const [lo, hi] = halves(op.value)
      const [strideLo, strideHi] = halves(op.stride)
      memory.fill64(op.hpa, { count: op.count, lo, hi, strideLo, strideHi, bigEndian: op.bigEndian })
      break
    }
    case 'zero':
      memory.zero(op.hpa, op.bytes)
      break
    case 'bytes':
      memory.writeBytes(op.hpa, op.bytes)
      break
  }
}

/** The same memory, one Map entry a byte. */
class Bytes {
  readonly map: Map<number, number>
  constructor(map = new Map<number, number>()) {
    this.map = new Map(map)
  }
  item(hpa: number, value: bigint, bigEndian: boolean): void {
    for (let k = 0; k < 8; k++)
      this.map.set(hpa + (bigEndian ? 7 - k : k), Number((value >> BigInt(8 * k)) & 0xffn))
  }
  apply(op: Op): void {
    if (op.kind === 'word') this.item(op.hpa, op.value, op.bigEndian)
    else if (op.kind === 'fill')
      for (let k = 0; k < op.count; k++)
        this.item(op.hpa + 8 * k, BigInt.asUintN(64, op.value + BigInt(k) * op.stride), op.bigEndian)
    else if (op.kind === 'zero') for (let k = 0; k < op.bytes; k++) this.map.set(op.hpa + k, 0)
    else for (const [k, byte] of op.bytes.entries()) this.map.set(op.hpa + k, byte)
  }
}

function expectEqual(bulk: Bulk, bytes: Bytes, touched: ReadonlySet<number>): void {
  const wrong = [...touched].filter(hpa => bulk.memory.readBytes(hpa, 1)[0] !== (bytes.map.get(hpa) ?? 0))
  expect(wrong).toEqual([])
}

describe('physical memory', () => {
  it('reads zero where nothing was written, and takes no room for it', () => {
    const { memory, words, journal } = createBulk()
    const { live } = words
    expect([memory.read64(0x1234_5678), memory.readBytes(0xf_0000_0000_0ff0, 4)]).toEqual([
      0n,
      new Uint8Array(4),
    ])
    memory.zero(0x4000_0000, 1 << 20)
    expect([words.live, journal.position]).toEqual([live, 0])
  })

  it('agrees with one byte per Map entry, forward, back and forward again', () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 25 }), ops => {
        const bulk = createBulk()
        const states = [new Bytes()]
        const marks = [bulk.journal.mark()]
        for (const one of ops) {
          apply(bulk, one)
          const next = new Bytes(states.at(-1)?.map)
          next.apply(one)
          states.push(next)
          marks.push(bulk.journal.mark())
        }
        const touched = new Set(states.at(-1)?.map.keys())
        for (let n = ops.length; n >= 0; n--) {
          bulk.journal.undoTo(marks[n] ?? 0)
          expectEqual(bulk, states[n] ?? new Bytes(), touched)
        }
        bulk.journal.redoTo(marks.at(-1) ?? 0)
        expectEqual(bulk, states.at(-1) ?? new Bytes(), touched)
      }),
      SEED,
    )
  })

  it('keeps thousands of frames beyond near memory apart, absent ones zero', () => {
    const { memory } = createBulk()
    const at = (k: number): number => 0x1_0000_0000 + ((k * 7919) % 5003) * 4096
    for (let k = 0; k < 3000; k++) memory.write64(at(k), k + 1, -k)
    const read = Array.from({ length: 5003 }, (_, k) => [memory.readLo(at(k)), memory.readHi(at(k))])
    expect(read).toEqual(Array.from({ length: 5003 }, (_, k) => (k < 3000 ? [k + 1, 0 - k] : [0, 0])))
  })

  it('records a table filled in order as one run, not as a thousand words', () => {
    const { memory, journal } = createBulk()
    memory.write64(0x9_0000, 0, 1)
    memory.write64(0x9_0000, 0, 0)
    const before = journal.bytes
    memory.fill64(0x9_0000, { count: 512, lo: 3, hi: 0, strideLo: 0x1000, strideHi: 0 })
    expect(journal.bytes - before).toBe(56)
    memory.zero(0x9_0000, 4096)
    expect(journal.bytes - before).toBe(112)
  })
})
