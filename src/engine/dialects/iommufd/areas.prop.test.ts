/**
 * IOAS calls against a model that knows no trees: a table of small units, each free, reserved, or of one area. What it
 * chooses is found by trying every aligned address from below.
 */
import { describe, expect, it } from 'vitest'
import { allRanges } from '../../kernel/iommu/range-map'
import { GIB } from '../fixture'
import { generator, type Random } from '../generator.fixture'
import { FIXED, Io, MAP_RW } from './fixture'

const UNIT = 0x100n
const UNITS = 1024
const BASE = 0x10000n
const SEEDS = Array.from({ length: 40 }, (_, at) => at + 1)
const CALLS = 120
const READ_ONLY = 4

interface Piece {
  readonly at: number
  readonly units: number
  /** First byte of the memory it shows. */
  readonly memory: bigint
  readonly writable: boolean
}

class Naive {
  pieces: Piece[] = []
  readonly reserved: { at: number; units: number }[] = []

  private meets(at: number, units: number, others: readonly { at: number; units: number }[]): boolean {
    return others.some(other => at < other.at + other.units && other.at < at + units)
  }

  free(at: number, units: number): string | null {
    if (this.meets(at, units, this.reserved)) return 'EINVAL'
    return this.meets(at, units, this.pieces) ? 'EEXIST' : null
  }

  /** The lowest aligned place within the table, or null: memory starts on 64 KiB here, so the length alone aligns. */
  choose(units: number): number | null {
    let align = 1
    while (align < units) align *= 2
    for (let at = 0; at + units <= UNITS; at++) {
      const address = Number(BASE / UNIT) + at
      if (address % align === 0 && this.free(at, units) === null) return at
    }
    return null
  }

  /** Removes ascending until one is cut; answers the units removed, or the error. */
  unmap(at: number, units: number): number | string {
    let gone = 0
    for (const piece of this.sorted()) {
      if (piece.at + piece.units <= at || piece.at >= at + units) continue
      if (piece.at < at || piece.at + piece.units > at + units) return 'ENOENT'
      this.pieces = this.pieces.filter(one => one !== piece)
      gone += piece.units
    }
    return gone === 0 ? 'ENOENT' : gone
  }

  /** The pieces behind a span, cut to it, or null where there is a hole. */
  cover(at: number, units: number): readonly Piece[] | null {
    const found: Piece[] = []
    let from = at
    for (const piece of this.sorted()) {
      if (piece.at + piece.units <= from || piece.at > from || from >= at + units) continue
      const end = Math.min(piece.at + piece.units, at + units)
      const memory = piece.memory + BigInt(from - piece.at) * UNIT
      found.push({ ...piece, at: from, units: end - from, memory })
      from = end
    }
    return from === at + units ? found : null
  }

  sorted(): readonly Piece[] {
    return [...this.pieces].sort((a, b) => a.at - b.at)
  }
}

const address = (at: number): bigint => BASE + BigInt(at) * UNIT
const bytes = (units: number): bigint => BigInt(units) * UNIT

class Both {
  readonly io = new Io()
  readonly naive = new Naive()
  readonly ioas = this.io.ioas()
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
    this.io.allow(this.ioas, [BASE, address(UNITS) - 1n])
  }

  private span(): { at: number; units: number } {
    const units = 2 + this.random(40)
    return { at: this.random(UNITS - units), units }
  }

  private memory(): bigint {
    return GIB + BigInt(this.random(16)) * 0x10000n
  }

  step(): void {
    const kinds = [
      this.fixed,
      this.fixed,
      this.auto,
      this.auto,
      this.unmap,
      this.unmap,
      this.copy,
      this.reserve,
    ]
    kinds[this.random(kinds.length)]?.call(this)
  }

  private fixed(): void {
    const { at, units } = this.span()
    const memory = this.memory()
    const writable = this.random(4) > 0
    const flags = writable ? MAP_RW : READ_ONLY
    const answer = this.io.map(this.ioas, address(at), memory, bytes(units), flags)
    const expected = this.naive.free(at, units)
    expect(answer.errno).toBe(expected)
    if (expected === null) this.naive.pieces.push({ at, units, memory, writable })
  }

  private auto(): void {
    const units = 2 + this.random(30)
    const memory = this.memory()
    const at = this.naive.choose(units)
    const expected = at === null ? 'ENOSPC' : address(at)
    expect(this.io.auto(this.ioas, memory, bytes(units))).toBe(expected)
    if (at !== null) this.naive.pieces.push({ at, units, memory, writable: true })
  }

  private unmap(): void {
    const pick = this.naive.pieces[this.random(this.naive.pieces.length + 1)]
    const { at, units } = this.random(3) > 0 && pick !== undefined ? pick : this.span()
    const { errno, out } = this.io.unmap(this.ioas, address(at), bytes(units))
    const removed = this.naive.unmap(at, units)
    expect(errno ?? Number(out?.length) / Number(UNIT)).toBe(removed)
  }

  private copy(): void {
    const source = this.naive.pieces[this.random(this.naive.pieces.length + 1)] ?? this.span()
    const skip = this.random(source.units)
    const [from, units] = [source.at + skip, 1 + this.random(source.units - skip + 4)]
    if (units < 1 || units >= UNITS) return
    const to = this.random(UNITS - units)
    const { errno } = this.io.copy(this.ioas, this.ioas, address(from), address(to), bytes(units))
    const cover = this.naive.cover(from, units)
    const taken = this.naive.free(to, units)
    const expected =
      cover === null ? 'ENOENT' : (taken ?? (cover.every(one => one.writable) ? null : 'EPERM'))
    expect(errno).toBe(expected)
    if (expected === null && cover !== null)
      this.naive.pieces.push(...cover.map(piece => ({ ...piece, at: to + (piece.at - from) })))
  }

  private reserve(): void {
    if (this.naive.reserved.length > 3) return
    const { at } = this.span()
    const units = 2
    const { errno } = this.io.reserve(this.ioas, address(at), bytes(units))
    expect(errno).toBe('EADDRINUSE')
    const beyond = UNITS + this.naive.reserved.length * 4
    expect(this.io.reserve(this.ioas, address(beyond), bytes(units)).errno).toBeNull()
    this.naive.reserved.push({ at: beyond, units })
  }

  /** What the kernel has, in the model's terms. */
  found(): unknown {
    const space = [...this.io.machine.root.spaces.values()][0]
    return allRanges(space?.io?.areas ?? null).map(({ first, last }) => [first, last - first + 1n])
  }
}

describe('io.areas: areas, chosen addresses and copies', () => {
  it.each(SEEDS)('are those of a table of units, seed %i', seed => {
    const both = new Both(generator(seed))
    for (let call = 0; call < CALLS; call++) both.step()
    expect(both.found()).toEqual(both.naive.sorted().map(({ at, units }) => [address(at), bytes(units)]))
    both.io.call('IOMMU_DESTROY', { id: both.ioas })
    expect(both.io.machine.root.ioPages).toBeNull()
  })
})

it('a reserved range is not chosen, and not mapped', () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const random = generator(seed)
    const io = new Io()
    const ioas = io.ioas()
    const naive = new Naive()
    for (let n = 0; n < 12; n++) {
      const units = 1 + random(8)
      const at = random(UNITS - units)
      expect(io.reserve(ioas, address(at), bytes(units)).errno).toBeNull()
      naive.reserved.push({ at, units })
    }
    expect(io.reserve(ioas, 0n, BASE).errno).toBeNull()
    for (let n = 0; n < 60; n++) {
      const units = 2 + random(30)
      const at = naive.choose(units)
      const chosen = io.auto(ioas, GIB, bytes(units))
      if (at === null) break
      expect(chosen).toBe(address(at))
      naive.pieces.push({ at, units, memory: GIB, writable: true })
      const other = random(UNITS - 2)
      const fixed = { ioas_id: ioas, iova: address(other), user_va: GIB, length: UNIT, flags: FIXED | MAP_RW }
      const { errno } = io.call('IOMMU_IOAS_MAP', fixed)
      expect(errno).toBe(naive.free(other, 1))
      if (errno === null) naive.pieces.push({ at: other, units: 1, memory: GIB, writable: true })
    }
  }
})
