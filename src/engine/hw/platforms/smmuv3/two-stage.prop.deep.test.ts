/** Random two-stage layouts with CD tables in guest memory against the naive walker: answers, references in order. */
import { expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import type { Translation } from '../../contract'
import { encodeStruct } from '../../struct'
import { Rig, testDevice } from '../../test-rig'
import { smmuv3 } from '.'
import { CD, STE } from './structures.data'
import { type Naive, type NaiveAnswer, type NaiveRun, naiveTranslate } from './two-stage.naive.fixture'

const SEED = Number(process.env.IOAS_SEED ?? 0x57a6e2)
const LAYOUTS = 10_000
const DEVICE = testDevice({ pasidBits: 16 })

/** Numbers that a seed decides (mulberry32). */
class Dice {
  private state: number
  constructor(seed: number) {
    this.state = seed | 0
  }
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n)
  }
  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
  chance(percent: number): boolean {
    return this.below(100) < percent
  }
}

interface Layout {
  readonly setup: Naive
  readonly ssid: number
  readonly address: bigint
  readonly write: boolean
}

/** Bits of IPA, and the level a walk starts at, in Arm's numbers. */
const SECOND = [
  [48, 0],
  [44, 0],
  [43, 1],
  [40, 1],
  [39, 1],
  [36, 1],
  [34, 2],
  [30, 2],
] as const
const PS: Readonly<Record<number, number>> = { 32: 0, 36: 1, 40: 2, 42: 3, 44: 4, 48: 5 }

/** Makes a layout: stage 2 first, then whatever the guest keeps, each page of it mapped as it is used. */
class Builder {
  readonly memory = new Map<bigint, bigint>()
  readonly words: bigint[] = []
  private readonly dice: Dice
  private readonly ipaBits: number
  private readonly start: number
  readonly root = 0x100_0000n

  constructor(dice: Dice, [ipaBits, start]: readonly [number, number]) {
    this.dice = dice
    this.ipaBits = ipaBits
    this.start = start
  }

  /** Host address of a guest address, mapped now where it is not yet. */
  host(ipa: bigint): bigint {
    const { dice, memory } = this
    const deepest = dice.one([3, 3, 3, 2, 1])
    let table = this.root
    for (let level = this.start; ; level++) {
      const shift = BigInt(39 - 9 * level)
      const index = level === this.start ? ipa >> shift : (ipa >> shift) & 511n
      const at = table + index * 8n
      const known = memory.get(at)
      const isLeaf = level === 3 || (level >= 1 && level >= deepest)
      if (known === undefined && isLeaf) {
        const page = (BigInt(0x40_0000 + dice.below(0x1_0000)) << 12n) & ~((1n << shift) - 1n)
        const rights = dice.chance(93) ? 0xc0n : dice.one([0x40n, 0x80n, 0n])
        this.put(at, page | rights | 0x73cn | (level === 3 ? 3n : 1n))
      }
      if (known === undefined && !isLeaf) this.put(at, (0x200_0000n + BigInt(memory.size) * 0x1000n) | 3n)
      const value = memory.get(at) ?? 0n
      if (level === 3 || (value & 2n) === 0n)
        return (value & 0xffff_ffff_f000n & ~((1n << shift) - 1n)) + (ipa & ((1n << shift) - 1n))
      table = value & 0xffff_ffff_f000n
    }
  }

  /** Writes a word of the guest's, where its memory is. */
  guest(ipa: bigint, value: bigint): void {
    this.put(this.host(ipa), value)
  }

  /** A page of the guest's, aligned to 2^lg2 pages. */
  page(lg2 = 0): bigint {
    const most = Math.min(this.ipaBits - 13, 24)
    const page = BigInt(this.dice.below(2 ** most))
    return ((page >> BigInt(lg2)) << BigInt(lg2)) << 12n
  }

  private put(hpa: bigint, value: bigint): void {
    this.memory.set(hpa, value)
    this.words.push(hpa)
  }
}

/** Stage 1 tables from a root down to a leaf that leads somewhere. */
function stage1(dice: Dice, build: Builder, root: bigint, inBits: number, input: bigint): void {
  const deepest = dice.one([3, 3, 3, 2, 1])
  let table = root
  for (let level = 4 - Math.floor((inBits - 4) / 9); ; level++) {
    const shift = BigInt(39 - 9 * level)
    const at = table + ((input >> shift) & 511n) * 8n
    const isLeaf = level === 3 || (level >= 1 && level >= deepest)
    const next = isLeaf ? build.page(9 * (3 - level)) & ~((1n << shift) - 1n) : build.page()
    const aps = dice.chance(92) ? 0x40n : dice.one([0xc0n, 0n, 0x80n])
    const low = isLeaf ? aps | 0x704n | dice.one([0n, 0x800n]) | (level === 3 ? 3n : 1n) : 3n
    const high = isLeaf ? 0n : dice.chance(92) ? 0n : BigInt(dice.one([1, 2, 3])) << 61n
    build.guest(at, next | low | high)
    if (isLeaf) {
      build.host(next + (input & ((1n << shift) - 1n)))
      return
    }
    table = next
  }
}

function randomLayout(dice: Dice): Layout {
  const [ipaBits, start] = dice.one(SECOND)
  const psBits = dice.one([48, 44, 40].filter(bits => bits >= ipaBits))
  const build = new Builder(dice, [ipaBits, start])
  const format = dice.one([0, 1, 2])
  const bits = format === 0 ? dice.one([4, 8]) : dice.one([10, 12, 16])
  const ssid = 1 + dice.below(2 ** bits - 1)
  const pointer = build.page(4)
  const cds = format === 0 ? pointer : build.page(4)
  if (format !== 0)
    build.guest(pointer + BigInt(Math.floor(ssid / (format === 1 ? 64 : 1024))) * 8n, cds | 1n)
  const cdAt = cds + BigInt(format === 0 ? ssid : ssid % (format === 1 ? 64 : 1024)) * 64n
  const upper = dice.chance(30)
  const inBits = dice.one([48, 42, 39, 36, 30, 25])
  const root = build.page()
  const had = dice.chance(20) ? 1 : 0
  const half = upper
    ? { EPD0: 1, T1SZ: 64 - inBits, TG1: 2, TTB1: root, HAD1: had }
    : { EPD1: 1, T0SZ: 64 - inBits, TTB0: root, HAD0: had }
  const ips = dice.one([5, 5, 4])
  const cd = encodeStruct(CD, {
    V: 1,
    AA64: 1,
    A: 1,
    R: 1,
    IPS: ips,
    ASID: 7,
    AFFD: dice.chance(20) ? 1 : 0,
    ...half,
  })
  for (const k of [0, 1, 2]) build.guest(cdAt + BigInt(k * 8), cd[k] ?? 0n)
  const raw = (BigInt(dice.below(2 ** 24)) << 24n) | BigInt(dice.below(2 ** 24))
  const input = raw & ((1n << BigInt(inBits)) - 1n)
  const address = upper ? ((1n << 64n) - (1n << BigInt(inBits))) | input : input
  stage1(dice, build, root, inBits, input)
  const ste = encodeStruct(STE, {
    V: 1,
    Config: 7,
    S1Fmt: format,
    S1CDMax: bits,
    S1ContextPtr: pointer,
    S1DSS: 1,
    S2VMID: 1,
    S2T0SZ: 64 - ipaBits,
    S2SL0: 2 - start,
    S2PS: PS[psBits] ?? 5,
    S2AA64: 1,
    S2AFFD: dice.chance(20) ? 1 : 0,
    S2R: 1,
    S2TTB: build.root,
  })
  if (dice.chance(35)) {
    const at = dice.one(build.words)
    build.memory.set(at, (build.memory.get(at) ?? 0n) ^ (1n << BigInt(dice.below(64))))
  }
  const off = dice.chance(3) ? 1n << BigInt(dice.below(64)) : 0n
  return { setup: { memory: build.memory, ste }, ssid, address: address ^ off, write: dice.chance(50) }
}

function engineRun(rig: Rig, steAt: number, { setup, ssid, address, write }: Layout): Translation {
  const put = (hpa: number, value: bigint) => rig.bulk.memory.write64(hpa, lo32(value), hi32(value))
  for (const [hpa, value] of setup.memory) put(Number(hpa), value)
  for (const [k, word] of setup.ste.entries()) put(steAt + k * 8, word)
  return rig.ask(DEVICE, address, { pasid: ssid, access: write ? 'write' : 'read' })
}

function outcome(found: Translation): NaiveAnswer {
  if (found.ok)
    return { ok: true, output: BigInt(found.output), perm: found.perm, size: 1n << BigInt(found.pageLg2) }
  const { code, stage, level, guestAddress } = found.fault
  return { ok: false, code, stage, level: level === null ? null : 3 - level, ipa: guestAddress ?? null }
}

/** The first thing that the two do not agree on. */
function differs(found: Translation, naive: NaiveRun): string | null {
  const expected = naive.answer
  const got = outcome(found)
  // Which level a right was missing at is for the reader; the specification has no field for it.
  if (!expected.ok && expected.code === '0x13' && !got.ok) got.level = expected.level
  if (text(got) !== text(expected)) return `${text(got)} instead of ${text(expected)}`
  const reads = found.references.slice(2).map(({ address, value }) => [BigInt(address), value])
  return text(reads) === text(naive.reads) ? null : `read ${text(reads)} instead of ${text(naive.reads)}`
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString(16) : part))

it(`smmu.nested: agrees with the naive walker on ${LAYOUTS} layouts (seed ${SEED}; set IOAS_SEED for another)`, () => {
  const dice = new Dice(SEED)
  const rig = new Rig(smmuv3)
  rig.block(DEVICE)
  const steAt = Number(rig.platform.describe(rig.ctx, rig.state, DEVICE).at(-1)?.hpa)
  const empty = rig.bulk.journal.mark()
  const ends = new Map<string, number>()
  for (let k = 0; k < LAYOUTS; k++) {
    const layout = randomLayout(dice)
    rig.events.length = 0
    const found = engineRun(rig, steAt, layout)
    const naive = naiveTranslate(layout.setup, layout.ssid, layout.address, layout.write)
    const difference = differs(found, naive)
    if (difference !== null) expect.fail(`seed ${SEED}, layout ${k}: ${difference}`)
    const { answer } = naive
    const key = answer.ok ? 'ok' : `${answer.code} ${answer.stage}`
    ends.set(key, (ends.get(key) ?? 0) + 1)
    rig.bulk.journal.undoTo(empty)
  }
  // The layouts reach every end there is, most of them a translation.
  for (const end of ['0x08 config', '0x0a config', '0x10 first', '0x10 second', '0x11 first', '0x11 second'])
    expect(ends.get(end) ?? 0, end).toBeGreaterThan(0)
  for (const end of ['0x12 first', '0x12 second', '0x13 first', '0x13 second'])
    expect(ends.get(end) ?? 0, end).toBeGreaterThan(0)
  expect(ends.get('ok') ?? 0).toBeGreaterThan(LAYOUTS / 4)
})
