/** SMMUv3 commands as words, and a range of pages as the few commands that name exactly it. Bits: commands.data.ts. */
import { pow2 } from '../../../bits'
import type { Command } from '../../flushing'
import { encodeStruct, type FieldValues, type StructLayout } from '../../struct'
import * as layout from './commands.data'

const command = (of: StructLayout, values: FieldValues = {}): Command => ({
  name: of.name,
  words: encodeStruct(of, { opcode: layout.OPCODES.get(of) ?? 0, ...values }),
})

export const cfgiSte = (sid: number): Command => command(layout.CFGI_STE, { SID: sid, LEAF: 1 })
export const cfgiAll = (): Command => command(layout.CFGI_STE_RANGE, { RANGE: 31 })
export const cfgiCd = (sid: number, ssid: number): Command =>
  command(layout.CFGI_CD, { SID: sid, SSID: ssid, LEAF: 1 })
export const cfgiCdAll = (sid: number): Command => command(layout.CFGI_CD_ALL, { SID: sid })

export const tlbiNhAll = (vmid: number): Command => command(layout.TLBI_NH_ALL, { VMID: vmid })
export const tlbiNhAsid = (vmid: number, asid: number): Command =>
  command(layout.TLBI_NH_ASID, { VMID: vmid, ASID: asid })
export const tlbiS12VmAll = (vmid: number): Command => command(layout.TLBI_S12_VMALL, { VMID: vmid })
export const tlbiNsnhAll = (): Command => command(layout.TLBI_NSNH_ALL)

/** What of a TLB a command by address names: one entry, or (NUM + 1) * 2^SCALE granules of 4 KiB. */
export interface TlbiPages {
  /** Bytes, a multiple of 4096. */
  readonly address: bigint
  readonly leafOnly?: boolean
  readonly range?: { readonly scale: number; readonly num: number; readonly ttl?: number }
}

function pagesOf({ address, leafOnly, range }: TlbiPages): FieldValues {
  const one = { ADDR: address, LEAF: leafOnly === true ? 1 : 0 }
  return range === undefined
    ? one
    : { ...one, TG: 1, SCALE: range.scale, NUM: range.num, TTL: range.ttl ?? 0 }
}

export const tlbiNhVa = (vmid: number, asid: number, pages: TlbiPages): Command =>
  command(layout.TLBI_NH_VA, { VMID: vmid, ASID: asid, ...pagesOf(pages) })
export const tlbiNhVaa = (vmid: number, pages: TlbiPages): Command =>
  command(layout.TLBI_NH_VAA, { VMID: vmid, ...pagesOf(pages) })
export const tlbiS2Ipa = (vmid: number, pages: TlbiPages): Command =>
  command(layout.TLBI_S2_IPA, { VMID: vmid, ...pagesOf(pages) })

const MOST_NUM = 32

/** Ranges that together are exactly `pages` 4 KiB pages from `firstPage`, smallest scale first, as Linux cuts them. */
export function rangesOf(firstPage: number, pages: number): readonly TlbiPages[] {
  const parts: TlbiPages[] = []
  for (let page = firstPage, left = pages; left > 0; ) {
    let scale = 0
    while ((left / pow2(scale)) % 2 === 0) scale++
    const times = Math.floor(left / pow2(scale)) % MOST_NUM
    const taken = times * pow2(scale)
    parts.push({ address: BigInt(page) << 12n, range: { scale, num: times - 1 } })
    page += taken
    left -= taken
  }
  return parts
}

/** A naturally aligned block of 2^pagesLg2 pages, or everything. */
export type AtcBlock = { readonly address: bigint; readonly pagesLg2: number } | 'all'

/** `ssid` null: requests without substream, and with them whatever the device keeps in the block. */
export const atcInv = (sid: number, ssid: number | null, block: AtcBlock): Command =>
  command(layout.ATC_INV, {
    SID: sid,
    ...(ssid === null ? {} : { SSV: 1, SSID: ssid }),
    ...(block === 'all' ? { SIZE: 52 } : { ADDR: block.address, SIZE: block.pagesLg2 }),
  })

const PRI_CODES = { invalid: 0, failure: 1, success: 2 } as const

export const priResp = (
  sid: number,
  ssid: number | null,
  answer: { readonly group: number; readonly code: keyof typeof PRI_CODES },
): Command =>
  command(layout.PRI_RESP, {
    SID: sid,
    ...(ssid === null ? {} : { SSV: 1, SSID: ssid }),
    PRGI: answer.group,
    RESP: PRI_CODES[answer.code],
  })

const RESUME_CODES = { terminate: 0, retry: 1, abort: 2 } as const

export const resume = (sid: number, stag: number, code: keyof typeof RESUME_CODES): Command =>
  command(layout.RESUME, { SID: sid, STAG: stag, RESP: RESUME_CODES[code] })

export const sync = (): Command => command(layout.SYNC)
