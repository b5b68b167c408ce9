/** For tests: the machine of vector VTD-NEST-1, laid out word by word, without our mapper. */
import { hi32, lo32 } from '../../../bits'
import type { HwDevice, TranslateRequest, Translation } from '../../contract'
import { Rig, testDevice } from '../../test-rig'
import { vtd } from '.'

export const GVA = 0x555555554010n
const DOMAIN = 6

/** Guest address of the first-stage table of each level, level 0 first. */
export const FIRST = [0x13000, 0x12000, 0x11000, 0x10000]
const FIRST_ITEMS = [0xaa0, 0x550, 0xaa8, 0x550]
/** Host address of the second-stage tables, level 0 first. */
export const SECOND = [0x303000, 0x302000, 0x301000, 0x300000]
export const HOST = 0x8000_0000

export const DEVICE = testDevice({ pasidBits: 20, ats: true, pri: true })

/** Guest pages 0 to 0x1f onto host pages from 0x80000; GVA to guest page 3; `pasid` or none routed to it. */
export class Nest {
  readonly rig: Rig
  readonly pasid: number | null
  readonly device: HwDevice

  constructor(params: Record<string, string> = {}, pasid: number | null = null, device = DEVICE) {
    this.rig = new Rig(vtd, params)
    this.pasid = pasid
    this.device = device
    for (const level of [3, 2, 1]) this.poke(SECOND[level] ?? 0, BigInt(SECOND[level - 1] ?? 0) | 3n)
    for (let page = 0; page < 32; page++) this.second(page, BigInt(HOST + page * 4096) | 3n)
    for (const level of [3, 2, 1]) this.first(level, BigInt(FIRST[level - 1] ?? 0) | 0x27n)
    this.first(0, 0x3067n)
    const table = { id: 1, format: 'vtd-ss', cfg: { levels: 4 }, root: SECOND[3] ?? 0 }
    const guest = { id: 2, format: 'vtd-fs', cfg: { levels: 4 }, root: FIRST[3] ?? 0 }
    const to = { kind: 'nested', tables: [table], guest, domain: DOMAIN } as const
    this.rig.state = vtd.route(this.rig.ctx, this.rig.state as never, { device, pasid, to })
    this.rig.events.length = 0
  }

  poke(hpa: number, value: bigint): void {
    this.rig.bulk.memory.write64(hpa, lo32(value), hi32(value))
  }

  peek(hpa: number): bigint {
    return this.rig.bulk.memory.read64(hpa)
  }

  /** Writes the second-stage leaf of a guest page. */
  second(page: number, value: bigint): void {
    this.poke((SECOND[0] ?? 0) + page * 8, value)
  }

  /** Writes the first-stage entry on the path of GVA at a level. */
  first(level: number, value: bigint): void {
    this.poke(this.firstAt(level), value)
  }

  /** HPA of that entry. */
  firstAt(level: number): number {
    return HOST + (FIRST[level] ?? 0) + (FIRST_ITEMS[level] ?? 0)
  }

  ask(change: Partial<TranslateRequest> = {}): Translation {
    return this.rig.ask(this.device, GVA, { pasid: this.pasid, ...change })
  }
}

/** A fault's code, stage, level and guest address; or the output. */
export function told(found: Translation): unknown {
  if (found.ok) return found.output
  const { code, stage, level, guestAddress } = found.fault
  return [code, stage, level, guestAddress ?? null]
}
