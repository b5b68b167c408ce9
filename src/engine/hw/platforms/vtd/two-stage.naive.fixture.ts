/**
 * For tests: two-stage translation as the specification's text has it, over a Map of 64-bit words. Written apart from
 * the engine and shares nothing with it: bigint throughout, recursion, no geometry.
 */
export interface Naive {
  readonly memory: Map<bigint, bigint>
  readonly firstRoot: bigint
  readonly firstLevels: number
  readonly secondRoot: bigint
  readonly secondLevels: number
  readonly guestBits: number
  readonly ssade: boolean
  readonly eafe: boolean
  readonly nxe: boolean
}

export type NaiveAnswer =
  | { ok: true; output: bigint; perm: number; size: bigint }
  | { ok: false; code: string; level: number | null }

export interface NaiveRun {
  answer: NaiveAnswer
  /** Host address and value of each entry read, in order. */
  reads: [bigint, bigint][]
  /** What the words are afterwards, where they change. */
  writes: Map<bigint, bigint>
}

interface SecondHit {
  output: bigint
  read: boolean
  write: boolean
  size: bigint
  path: bigint[]
}

const bits = (value: bigint, high: number, low: number): bigint =>
  (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)
const has = (value: bigint, n: number): boolean => bits(value, n, n) === 1n
const fail = (code: string, level: number | null): NaiveAnswer => ({ ok: false, code, level })

export function naiveTranslate(setup: Naive, address: bigint, write: boolean): NaiveRun {
  const reads: [bigint, bigint][] = []
  const writes = new Map<bigint, bigint>()
  const load = (hpa: bigint): bigint => {
    const value = setup.memory.get(hpa) ?? 0n
    reads.push([hpa, value])
    return value
  }
  const set = (hpa: bigint, mask: bigint): void => {
    const value = writes.get(hpa) ?? setup.memory.get(hpa) ?? 0n
    if ((value | mask) !== value) writes.set(hpa, value | mask)
  }

  function second(gpa: bigint, wantWrite: boolean): SecondHit | { fault: string; level: number } {
    let table = setup.secondRoot
    let [read, mayWrite] = [true, true]
    const path: bigint[] = []
    for (let level = setup.secondLevels - 1; ; level--) {
      const low = 12 + 9 * level
      const hpa = table + bits(gpa, low + 8, low) * 8n
      const entry = load(hpa)
      path.push(hpa)
      if (!has(entry, 0) && !has(entry, 1)) return { fault: 'absent', level }
      const leaf = level === 0 || (has(entry, 7) && level <= 2)
      if (bits(entry, 51, 48) !== 0n || has(entry, 62)) return { fault: 'reserved', level }
      if (!leaf && (has(entry, 7) || has(entry, 11))) return { fault: 'reserved', level }
      if (leaf && low > 12 && bits(entry, low - 1, 12) !== 0n) return { fault: 'reserved', level }
      read &&= has(entry, 0)
      mayWrite &&= has(entry, 1)
      if (leaf) {
        if (wantWrite ? !mayWrite : !read) return { fault: 'denied', level }
        const size = 1n << BigInt(low)
        const output = (bits(entry, 47, 12) << 12n) + (gpa % size)
        return { output, read, write: mayWrite, size, path }
      }
      table = bits(entry, 47, 12) << 12n
    }
  }

  const walked = walk()
  return { answer: walked, reads, writes: walked.ok ? writes : new Map() }

  function walk(): NaiveAnswer {
    const width = 12 + 9 * setup.firstLevels
    if (BigInt.asUintN(64, BigInt.asIntN(width, address)) !== address) return fail('0x80', null)
    let table = setup.firstRoot
    let [user, mayWrite] = [true, true]
    const used: { hpa: bigint; path: bigint[]; value: bigint }[] = []
    for (let level = setup.firstLevels - 1; ; level--) {
      const low = 12 + 9 * level
      const gpa = table + bits(address, low + 8, low) * 8n
      if (gpa >> BigInt(setup.guestBits) !== 0n) return fail('0x74', level)
      const top = level === setup.firstLevels - 1
      const page = second(gpa, false)
      if ('fault' in page) {
        if (page.fault === 'reserved') return fail('0x7a', page.level)
        return fail(top ? '0x75' : '0x76', level)
      }
      const entry = load(page.output)
      if (!has(entry, 0)) return fail('0x71', level)
      const leaf = level === 0 || (has(entry, 7) && level <= 2)
      if (has(entry, 63) && !setup.nxe) return fail('0x72', level)
      if (!leaf && has(entry, 7)) return fail('0x72', level)
      if (leaf && low > 12 && bits(entry, low - 1, 13) !== 0n) return fail('0x72', level)
      user &&= has(entry, 2)
      mayWrite &&= has(entry, 1)
      used.push({ hpa: page.output, path: page.path, value: entry })
      if (leaf && !user) return fail('0x81', null)
      if (leaf && write && !mayWrite) return fail('0x85', null)
      const marks = 0x20n | (setup.eafe ? 0x400n : 0n) | (leaf && write ? 0x40n : 0n)
      if ((entry | marks) !== entry && !page.write) return fail('0x77', level)
      if (!leaf) {
        table = bits(entry, 51, 12) << 12n
        continue
      }
      const size = 1n << BigInt(low)
      const guest = (bits(entry, 51, low) << BigInt(low)) + (address % size)
      if (guest >> BigInt(setup.guestBits) !== 0n) return fail('0x84', null)
      const host = second(guest, write)
      if ('fault' in host) {
        const code = { absent: '0x79', reserved: '0x7a', denied: write ? '0x85' : '0x86' }[host.fault]
        return fail(code ?? '', host.fault === 'denied' ? null : host.level)
      }
      if (host.output >= 0xfee00000n && host.output <= 0xfeefffffn) return fail('0x87', null)
      mark(used, host.path, marks)
      const perm = (host.read ? 1 : 0) | (host.write && mayWrite ? 2 : 0)
      return { ok: true, output: host.output, perm, size: size < host.size ? size : host.size }
    }
  }

  function mark(
    used: readonly { hpa: bigint; path: bigint[]; value: bigint }[],
    final: readonly bigint[],
    leafMarks: bigint,
  ): void {
    for (const [k, step] of used.entries()) {
      const isLeaf = k === used.length - 1
      const marks = isLeaf ? leafMarks : leafMarks & ~0x40n
      set(step.hpa, marks)
      if (setup.ssade) markSecond(step.path, (step.value | marks) !== step.value)
    }
    if (setup.ssade) markSecond(final, write)
  }

  function markSecond(path: readonly bigint[], written: boolean): void {
    for (const [k, hpa] of path.entries()) set(hpa, written && k === path.length - 1 ? 0x300n : 0x100n)
  }
}
