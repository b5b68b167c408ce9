/**
 * For tests: translation by an STE with both stages as the specification's text has it, over a Map of 64-bit words.
 * Written apart from the engine and shares nothing with it: bigint throughout, Arm's own level numbers, no geometry.
 */
export interface Naive {
  readonly memory: Map<bigint, bigint>
  /** dw0 to dw3 of the STE, which is valid and has Config 7. */
  readonly ste: readonly bigint[]
}

export type NaiveAnswer =
  | { ok: true; output: bigint; perm: number; size: bigint }
  /** `level` in Arm's numbers, null where no descriptor decided. */
  | { ok: false; code: string; stage: string; level: number | null; ipa: bigint | null }

export interface NaiveRun {
  readonly answer: NaiveAnswer
  /** Address and value of each descriptor, CD (its first word) and first-level CD descriptor read, in order. */
  readonly reads: [bigint, bigint][]
}

const bits = (value: bigint, high: number, low: number): bigint =>
  (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)
const num = (value: bigint, high: number, low: number): number => Number(bits(value, high, low))
const has = (value: bigint, n: number): boolean => bits(value, n, n) === 1n

const SIZES: Record<number, number> = { 0: 32, 1: 36, 2: 40, 3: 42, 4: 44, 5: 48 }
const sizeOf = (code: number): number => SIZES[code] ?? 48

interface Leaf {
  output: bigint
  size: bigint
  read: boolean
  write: boolean
}

class Fault {
  readonly answer: NaiveAnswer
  constructor(code: number, stage: string, level: number | null, ipa: bigint | null = null) {
    this.answer = { ok: false, code: `0x${code.toString(16).padStart(2, '0')}`, stage, level, ipa }
  }
}

export function naiveTranslate(setup: Naive, ssid: number, va: bigint, write: boolean): NaiveRun {
  const reads: [bigint, bigint][] = []
  const [ste0 = 0n, , ste2 = 0n, ste3 = 0n] = setup.ste
  const word = (address: bigint): bigint => setup.memory.get(address) ?? 0n
  const load = (address: bigint): bigint => {
    reads.push([address, word(address)])
    return word(address)
  }

  function stage2(ipa: bigint, wantWrite: boolean): Leaf {
    const start = 2 - num(ste2, 39, 38)
    const outBits = sizeOf(num(ste2, 50, 48))
    if (ipa >> BigInt(64 - num(ste2, 37, 32)) !== 0n) throw new Fault(0x10, 'second', null, ipa)
    let table = bits(ste3, 51, 4) << 4n
    for (let level = start; ; level++) {
      const shift = BigInt(39 - 9 * level)
      const index = level === start ? ipa >> shift : (ipa >> shift) & 511n
      const found = descriptor(load(table + index * 8n), level, outBits)
      if (typeof found === 'number') throw new Fault(found, 'second', level, ipa)
      if (found.table !== null) {
        table = found.table
        continue
      }
      if (!has(found.value, 10) && !has(ste2, 53)) throw new Fault(0x12, 'second', level, ipa)
      const [read, mayWrite] = [has(found.value, 6), has(found.value, 7)]
      if (wantWrite ? !mayWrite : !read) throw new Fault(0x13, 'second', level, ipa)
      const size = 1n << shift
      return { output: found.address - (found.address % size) + (ipa % size), size, read, write: mayWrite }
    }
  }

  /** A descriptor as a table, a leaf, or the number of the event it is. */
  function descriptor(value: bigint, level: number, outBits: number) {
    if (!has(value, 0)) return 0x10
    if (!has(value, 1) && (level === 0 || level === 3)) return 0x10
    const address = bits(value, 47, 12) << 12n
    if (address >> BigInt(outBits) !== 0n) return 0x11
    return { value, address, table: level < 3 && has(value, 1) ? address : null }
  }

  /** Where the guest's structure lies, by stage 2. */
  const place = (ipa: bigint): bigint => stage2(ipa, false).output

  function contextDescriptor(): bigint[] {
    const pointer = bits(ste0, 51, 6) << 6n
    const format = num(ste0, 5, 4)
    if (ssid >= 2 ** num(ste0, 63, 59)) throw new Fault(0x08, 'config', null)
    let at = pointer + BigInt(ssid) * 64n
    if (format !== 0) {
      const leaf = format === 1 ? 64 : 1024
      const first = load(place(pointer + BigInt(Math.floor(ssid / leaf)) * 8n))
      if (!has(first, 0)) throw new Fault(0x08, 'config', null)
      at = (bits(first, 51, 12) << 12n) + BigInt(ssid % leaf) * 64n
    }
    const hpa = place(at)
    load(hpa)
    return [0n, 8n, 16n].map(offset => word(hpa + offset))
  }

  function stage1(): NaiveAnswer {
    const [cd0 = 0n, cd1 = 0n, cd2 = 0n] = contextDescriptor()
    const outBits = sizeOf(num(cd0, 34, 32))
    const halfBad = (
      off: number,
      sizeLow: number,
      granule: number,
      wanted: number,
      root: bigint,
    ): boolean => {
      if (has(cd0, off)) return false
      const size = num(cd0, sizeLow + 5, sizeLow)
      return (
        size < 16 || size > 39 || num(cd0, granule + 1, granule) !== wanted || root >> BigInt(outBits) !== 0n
      )
    }
    const [low, high] = [bits(cd1, 51, 4) << 4n, bits(cd2, 51, 4) << 4n]
    const must = has(cd0, 31) && has(cd0, 41) && has(cd0, 46)
    const never = has(cd0, 15) || has(cd0, 42) || has(cd0, 43) || has(cd0, 44)
    if (!must || never || halfBad(14, 0, 6, 0, low) || halfBad(30, 16, 22, 2, high))
      throw new Fault(0x0a, 'config', null)
    const top = has(va, 55)
    if (has(cd0, top ? 30 : 14)) throw new Fault(0x10, 'first', null)
    const inBits = 64 - num(cd0, top ? 21 : 5, top ? 16 : 0)
    const whole = has(cd0, top ? 39 : 38) ? BigInt.asUintN(64, BigInt.asIntN(56, va)) : va
    const above = whole >> BigInt(inBits)
    if (above !== (top ? (1n << BigInt(64 - inBits)) - 1n : 0n)) throw new Fault(0x10, 'first', null)
    const input = whole & ((1n << BigInt(inBits)) - 1n)
    let table = top ? high : low
    let [user, mayWrite] = [true, true]
    for (let level = 4 - Math.floor((inBits - 4) / 9); ; level++) {
      const shift = BigInt(39 - 9 * level)
      const value = load(place(table + ((input >> shift) & 511n) * 8n))
      const found = descriptor(value, level, outBits)
      if (typeof found === 'number') throw new Fault(found, 'first', level)
      if (found.table !== null) {
        if (!has(top ? cd2 : cd1, 1)) {
          user &&= !has(value, 61)
          mayWrite &&= !has(value, 62)
        }
        table = found.table
        continue
      }
      if (!has(value, 10) && !has(cd0, 35)) throw new Fault(0x12, 'first', level)
      user &&= has(value, 6)
      mayWrite &&= user && !has(value, 7)
      if (write ? !mayWrite : !user) throw new Fault(0x13, 'first', level)
      const size = 1n << shift
      const host = stage2(found.address - (found.address % size) + (input % size), write)
      const perm = (host.read && user ? 1 : 0) | (host.write && mayWrite ? 2 : 0)
      return { ok: true, output: host.output, perm, size: size < host.size ? size : host.size }
    }
  }

  try {
    return { answer: stage1(), reads }
  } catch (fault) {
    if (fault instanceof Fault) return { answer: fault.answer, reads }
    throw fault
  }
}
