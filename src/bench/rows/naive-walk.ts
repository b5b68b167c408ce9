/** Two walkers as one would write them without measuring, over a copy of a table. Both give the sum of pages found. */
import type { Mapped } from '../machine'

interface Decoded {
  readonly r: boolean
  readonly w: boolean
  readonly leaf: boolean
  readonly addr: bigint
}

interface Found {
  readonly ok: boolean
  readonly pa: bigint
  readonly level: number
}

/** Memory as a Map from the address of an item to a decoded object; addresses are bigint; a result object a walk. */
export function mapOfObjects(mapped: Mapped): (pages: Int32Array) => number {
  const memory = new Map<bigint, Decoded>()
  eachItem(mapped, (hpa, value, level) => {
    memory.set(BigInt(hpa), {
      r: (value & 1n) !== 0n,
      w: (value & 2n) !== 0n,
      leaf: level === 0,
      addr: value & 0xffffffffff000n,
    })
  })
  const root = BigInt(mapped.ref.root)
  const walk = (iova: bigint): Found => {
    let table = root
    for (let level = 3; level >= 0; level--) {
      const item = memory.get(table + ((iova >> BigInt(12 + 9 * level)) & 511n) * 8n)
      if (item === undefined || !item.r) return { ok: false, pa: 0n, level }
      if (item.leaf) return { ok: true, pa: item.addr | (iova & 0xfffn), level }
      table = item.addr
    }
    return { ok: false, pa: 0n, level: 0 }
  }
  return pages => {
    let sum = 0
    for (const page of pages) sum += Number(walk(BigInt(page) << 12n).pa >> 12n)
    return sum
  }
}

/** Memory as a Map from frame number to a Uint32Array of its 1024 words. */
export function mapOfFrames(mapped: Mapped): (pages: Int32Array) => number {
  const memory = new Map<number, Uint32Array>()
  eachItem(mapped, (hpa, value) => {
    const pfn = Math.floor(hpa / 4096)
    const frame = memory.get(pfn) ?? new Uint32Array(1024)
    frame[(hpa & 4095) >> 2] = Number(value & 0xffffffffn)
    frame[((hpa & 4095) >> 2) + 1] = Number(value >> 32n)
    memory.set(pfn, frame)
  })
  const root = mapped.ref.root / 4096
  return pages => {
    let sum = 0
    for (const page of pages) {
      let pfn = root
      for (let level = 3; level >= 0; level--) {
        const frame = memory.get(pfn)
        if (frame === undefined) break
        const word = ((page / 512 ** level) & 511) * 2
        const lo = frame[word] as number
        if ((lo & 1) === 0) break
        pfn = (lo >>> 12) + (frame[word + 1] as number) * 0x100000
        if (level === 0) sum += pfn
      }
    }
    return sum
  }
}

/** Calls `fn` for every item of a table of 4 KiB pages that is not 0. */
function eachItem({ bulk, ref }: Mapped, fn: (hpa: number, value: bigint, level: number) => void): void {
  const visit = (table: number, level: number): void => {
    for (let hpa = table; hpa < table + 4096; hpa += 8) {
      const value = bulk.memory.read64(hpa)
      if (value === 0n) continue
      fn(hpa, value, level)
      if (level > 0) visit(Number(value & 0xffffffffff000n), level - 1)
    }
  }
  visit(ref.root, 3)
}
