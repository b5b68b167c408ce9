/** For tests: the machine of vector ARM-NEST-1, laid out word by word, without our mapper. */
import { hi32, lo32 } from '../../../bits'
import type { HwDevice, TranslateRequest, Translation } from '../../contract'
import { encodeStruct } from '../../struct'
import { Rig, testDevice } from '../../test-rig'
import { smmuv3 } from '.'
import { cdTableConfig } from './pasid-table-format'
import { contextFields } from './pasid-tables'
import { firstConfig, secondConfig } from './stages'
import { CD, S1FMT } from './structures.data'

export const VA = 0x2010n
/** Stage 2 maps guest pages 0 to 0x1f onto host pages from 0x80000. */
export const HOST = 0x8000_0000
/** PA of the stage 2 table of each level, level 0 first. */
export const SECOND = [0x502000, 0x501000, 0x500000]
/** IPA of the stage 1 table of each level, level 0 first. */
export const FIRST = [0x13000, 0x12000, 0x11000, 0x10000]
/** IPA of the guest's CD table, 16 CDs. */
export const CONTEXTS = 0x1_4000
export const DOMAIN = 1
export const ASID = 7

export const DEVICE = testDevice({ pasidBits: 16 })

export class Nest {
  readonly rig: Rig
  readonly device: HwDevice

  constructor(params: Record<string, string> = {}, device = DEVICE) {
    this.rig = new Rig(smmuv3, { ipa: '39', ...params })
    this.device = device
    for (const level of [2, 1]) this.poke(SECOND[level] ?? 0, BigInt(SECOND[level - 1] ?? 0) | 3n)
    for (let page = 0; page < 32; page++) this.second(page, BigInt(HOST + page * 4096) | 0x7ffn)
    for (const level of [3, 2, 1]) this.first(level, BigInt(FIRST[level - 1] ?? 0) | 3n)
    this.first(0, 0x3f47n)
    this.context(5, { stall: params.stall === 'on' })
    const cfg = secondConfig({ inputBits: 39, startLevel: 1, outputBits: 44, affd: false })
    const tables = [{ id: 1, format: 'arm-s2', cfg, root: SECOND[2] ?? 0 }]
    const table = {
      format: 'arm-cd',
      cfg: cdTableConfig({ format: S1FMT.linear, bits: 4 }),
      root: CONTEXTS,
    }
    const to = { kind: 'pasid-table', tables, table, domain: 9, parentDomain: DOMAIN } as const
    this.rig.state = smmuv3.route(this.rig.ctx, this.rig.state as never, { device, pasid: null, to })
    this.rig.events.length = 0
  }

  poke(hpa: number, value: bigint): void {
    this.rig.bulk.memory.write64(hpa, lo32(value), hi32(value))
  }

  peek(hpa: number): bigint {
    return this.rig.bulk.memory.read64(hpa)
  }

  /** Writes the stage 2 leaf of a guest page. */
  second(page: number, value: bigint): void {
    this.poke((SECOND[0] ?? 0) + page * 8, value)
  }

  /** Writes the stage 1 descriptor on the path of VA at a level. */
  first(level: number, value: bigint): void {
    this.poke(HOST + (FIRST[level] ?? 0) + (level === 0 ? 0x10 : 0), value)
  }

  /** The guest's CD of a substream, leading to the stage 1 tables; `change` replaces fields. */
  context(
    ssid: number,
    { stall = false, ...change }: { stall?: boolean; [field: string]: unknown } = {},
  ): void {
    const cfg = firstConfig(48, 48, { affd: false, had: false })
    const fields = contextFields({ id: 2, format: 'arm-s1', cfg, root: FIRST[3] ?? 0 }, ASID)
    const words = encodeStruct(CD, {
      ...fields,
      ...(stall ? { S: 1 } : {}),
      ...(change as Record<string, number>),
    })
    for (const [k, word] of words.entries()) this.poke(HOST + CONTEXTS + ssid * 64 + k * 8, word)
  }

  ask(change: Partial<TranslateRequest> = {}): Translation {
    return this.rig.ask(this.device, VA, { pasid: 5, ...change })
  }

  dma(change: Partial<TranslateRequest> = {}): Translation {
    return this.ask({ commit: true, cached: true, ...change })
  }
}

/** A fault's code, stage, level and IPA; or the output. */
export function told(found: Translation): unknown {
  if (found.ok) return found.output
  const { code, stage, level, guestAddress } = found.fault
  return [code, stage, level, guestAddress === undefined ? null : Number(guestAddress)]
}
