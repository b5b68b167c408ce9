/**
 * SMMUv3 commands, bit by bit (IHI 0070 chapter 4). The submission is immediate: no ring, producer or consumer.
 *
 * Not modelled: command errors and GERROR, MSIs and events of SYNC, commands for EL3 and secure streams.
 */
import { type StructLayout, structLayout } from '../../struct'

const OPCODE = [0, 7, 0, 'opcode', 'command number'] as const
const SSV = [0, 11, 11, 'SSV', 'the SubstreamID is valid'] as const
const SSID = [0, 31, 12, 'SSID', 'SubstreamID'] as const
const SID = [0, 63, 32, 'SID', 'StreamID'] as const
const LEAF = [1, 0, 0, 'LEAF', 'only the last level changed'] as const
const ADDR = [1, 63, 12, 'ADDR', 'first address'] as const

const STREAM = [OPCODE, SSV, SSID, SID, LEAF] as const

const TLBI = [
  OPCODE,
  [0, 16, 12, 'NUM', 'range: NUM + 1 times 2^SCALE granules'],
  [0, 24, 20, 'SCALE', 'range: 2^SCALE granules'],
  [0, 47, 32, 'VMID', 'VMID'],
  [0, 63, 48, 'ASID', 'ASID'],
  LEAF,
  [1, 9, 8, 'TTL', 'level of the leaf, 0 unknown'],
  [1, 11, 10, 'TG', '0 one entry, 1 a range of 4K granules'],
  ADDR,
] as const

const tlbi = (name: string): StructLayout => structLayout(name, 2, TLBI, ['ADDR'])

export const PREFETCH_CFG = structLayout('CMD_PREFETCH_CFG', 2, STREAM)
export const CFGI_STE = structLayout('CMD_CFGI_STE', 2, [OPCODE, SID, LEAF])
export const CFGI_STE_RANGE = structLayout('CMD_CFGI_STE_RANGE', 2, [
  OPCODE,
  SID,
  [1, 4, 0, 'RANGE', '2^(RANGE+1) streams; 31: all'],
])
export const CFGI_CD = structLayout('CMD_CFGI_CD', 2, STREAM)
export const CFGI_CD_ALL = structLayout('CMD_CFGI_CD_ALL', 2, [OPCODE, SID])
export const TLBI_NH_ALL = tlbi('CMD_TLBI_NH_ALL')
export const TLBI_NH_ASID = tlbi('CMD_TLBI_NH_ASID')
export const TLBI_NH_VA = tlbi('CMD_TLBI_NH_VA')
export const TLBI_NH_VAA = tlbi('CMD_TLBI_NH_VAA')
export const TLBI_EL2_ALL = tlbi('CMD_TLBI_EL2_ALL')
export const TLBI_EL2_ASID = tlbi('CMD_TLBI_EL2_ASID')
export const TLBI_EL2_VA = tlbi('CMD_TLBI_EL2_VA')
export const TLBI_S12_VMALL = tlbi('CMD_TLBI_S12_VMALL')
export const TLBI_S2_IPA = tlbi('CMD_TLBI_S2_IPA')
export const TLBI_NSNH_ALL = tlbi('CMD_TLBI_NSNH_ALL')
export const ATC_INV = structLayout(
  'CMD_ATC_INV',
  2,
  [
    OPCODE,
    [0, 9, 9, 'GLOBAL', 'every substream'],
    SSV,
    SSID,
    SID,
    [1, 5, 0, 'SIZE', '2^SIZE pages of 4K; 52: all'],
    ADDR,
  ],
  ['ADDR'],
)
export const PRI_RESP = structLayout('CMD_PRI_RESP', 2, [
  OPCODE,
  SSV,
  SSID,
  SID,
  [1, 8, 0, 'PRGI', 'page request group'],
  [1, 13, 12, 'RESP', '0 deny, 1 fail, 2 success'],
])
export const RESUME = structLayout('CMD_RESUME', 2, [
  OPCODE,
  [0, 13, 12, 'RESP', '0 terminate, 1 retry, 2 abort'],
  SID,
  [1, 15, 0, 'STAG', 'names the stalled request'],
])
export const STALL_TERM = structLayout('CMD_STALL_TERM', 2, [OPCODE, SID])
export const SYNC = structLayout('CMD_SYNC', 2, [
  OPCODE,
  [0, 13, 12, 'CS', '0 no signal, 1 interrupt, 2 SEV'],
])

/** The number of each command. */
export const OPCODES: ReadonlyMap<StructLayout, number> = new Map([
  [PREFETCH_CFG, 0x01],
  [CFGI_STE, 0x03],
  [CFGI_STE_RANGE, 0x04],
  [CFGI_CD, 0x05],
  [CFGI_CD_ALL, 0x06],
  [TLBI_NH_ALL, 0x10],
  [TLBI_NH_ASID, 0x11],
  [TLBI_NH_VA, 0x12],
  [TLBI_NH_VAA, 0x13],
  [TLBI_EL2_ALL, 0x20],
  [TLBI_EL2_ASID, 0x21],
  [TLBI_EL2_VA, 0x22],
  [TLBI_S12_VMALL, 0x28],
  [TLBI_S2_IPA, 0x2a],
  [TLBI_NSNH_ALL, 0x30],
  [ATC_INV, 0x40],
  [PRI_RESP, 0x41],
  [RESUME, 0x44],
  [STALL_TERM, 0x45],
  [SYNC, 0x46],
])
