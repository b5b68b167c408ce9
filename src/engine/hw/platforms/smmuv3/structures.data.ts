/**
 * SMMUv3 configuration structures, bit by bit: stream table entry, context descriptor, the first levels of both
 * tables, the registers that point to the stream table, and the records of the event and PRI queues.
 *
 * Models IHI 0070, chapters 5 (structures), 6.3 (STRTAB_BASE), 7.3 (events) and 8.1 (PRI queue). Hardware ignores
 * bits in no row. Not modelled: secure and realm state, EL2 and EL3 streams, memory attribute overrides.
 */
import { structLayout } from '../../struct'

export const STE = structLayout(
  'STE',
  8,
  [
    [0, 0, 0, 'V', 'valid'],
    [0, 3, 1, 'Config', '0 abort, 4 bypass, 5 stage 1, 6 stage 2, 7 both'],
    [0, 5, 4, 'S1Fmt', 'CD table: 0 linear, 1 two levels with 4K leaves, 2 two levels with 64K leaves'],
    [0, 51, 6, 'S1ContextPtr', 'CD table: PA, or IPA where Config is 7'],
    [0, 63, 59, 'S1CDMax', 'the CD table covers 2^S1CDMax substreams; 0: one CD'],
    [1, 1, 0, 'S1DSS', 'requests without substream: 0 terminate, 1 bypass stage 1, 2 use CD 0'],
    [1, 3, 2, 'S1CIR', 'CD fetches: inner cacheability'],
    [1, 5, 4, 'S1COR', 'CD fetches: outer cacheability'],
    [1, 7, 6, 'S1CSH', 'CD fetches: shareability'],
    [1, 19, 19, 'MEV', 'events may be merged'],
    [1, 27, 27, 'S1STALLD', 'stage 1 does not stall'],
    [1, 29, 28, 'EATS', 'ATS: 0 not allowed, 1 full, 2 split stages'],
    [1, 31, 30, 'STRW', '0 EL1, 2 EL2'],
    [1, 45, 44, 'SHCFG', '1: shareability as it comes in'],
    [2, 15, 0, 'S2VMID', 'tag of both stages in the TLB'],
    [2, 37, 32, 'S2T0SZ', 'IPA bits = 64 - S2T0SZ'],
    [2, 39, 38, 'S2SL0', 'start level = 2 - S2SL0'],
    [2, 41, 40, 'S2IR0', 'stage 2 walks: inner cacheability'],
    [2, 43, 42, 'S2OR0', 'stage 2 walks: outer cacheability'],
    [2, 45, 44, 'S2SH0', 'stage 2 walks: shareability'],
    [2, 47, 46, 'S2TG', 'granule: 0 is 4K, 1 is 64K, 2 is 16K'],
    [2, 50, 48, 'S2PS', 'output size: 0 to 5 are 32, 36, 40, 42, 44, 48 bits'],
    [2, 51, 51, 'S2AA64', 'AArch64 tables'],
    [2, 52, 52, 'S2ENDI', 'big-endian tables'],
    [2, 53, 53, 'S2AFFD', 'AF = 0 is no fault'],
    [2, 54, 54, 'S2PTW', 'stage 1 walks that meet device memory fault'],
    [2, 55, 55, 'S2HD', 'hardware sets dirty state'],
    [2, 56, 56, 'S2HA', 'hardware sets AF'],
    [2, 57, 57, 'S2S', 'stage 2 faults stall'],
    [2, 58, 58, 'S2R', 'stage 2 faults are recorded'],
    [3, 51, 4, 'S2TTB', 'stage 2 table, PA'],
  ],
  ['S1ContextPtr', 'S2TTB'],
)

export const L1STD = structLayout(
  'L1 stream table descriptor',
  1,
  [
    [0, 4, 0, 'Span', '0 invalid, else 2^(Span-1) STEs'],
    [0, 51, 6, 'L2Ptr', 'STEs, PA'],
  ],
  ['L2Ptr'],
)

export const CD = structLayout(
  'CD',
  8,
  [
    [0, 5, 0, 'T0SZ', 'VA bits of TTB0 = 64 - T0SZ'],
    [0, 7, 6, 'TG0', 'granule of TTB0: 0 is 4K'],
    [0, 9, 8, 'IR0', 'walks of TTB0: inner cacheability'],
    [0, 11, 10, 'OR0', 'walks of TTB0: outer cacheability'],
    [0, 13, 12, 'SH0', 'walks of TTB0: shareability'],
    [0, 14, 14, 'EPD0', 'TTB0 is not walked'],
    [0, 15, 15, 'ENDI', 'big-endian tables'],
    [0, 21, 16, 'T1SZ', 'VA bits of TTB1 = 64 - T1SZ'],
    [0, 23, 22, 'TG1', 'granule of TTB1: 2 is 4K'],
    [0, 30, 30, 'EPD1', 'TTB1 is not walked'],
    [0, 31, 31, 'V', 'valid'],
    [0, 34, 32, 'IPS', 'output size: 0 to 5 are 32, 36, 40, 42, 44, 48 bits'],
    [0, 35, 35, 'AFFD', 'AF = 0 is no fault'],
    [0, 38, 38, 'TBI0', 'the top byte is ignored where TTB0 is walked'],
    [0, 39, 39, 'TBI1', 'the top byte is ignored where TTB1 is walked'],
    [0, 41, 41, 'AA64', 'AArch64 tables'],
    [0, 42, 42, 'HD', 'hardware sets dirty state'],
    [0, 43, 43, 'HA', 'hardware sets AF'],
    [0, 44, 44, 'S', 'faults stall'],
    [0, 45, 45, 'R', 'faults are recorded'],
    [0, 46, 46, 'A', 'terminated requests abort'],
    [0, 47, 47, 'ASET', 'the ASID is not shared with processors'],
    [0, 63, 48, 'ASID', 'tag of stage 1 in the TLB'],
    [1, 1, 1, 'HAD0', 'APTable of TTB0 is ignored'],
    [1, 51, 4, 'TTB0', 'stage 1 table of low addresses; an IPA under stage 2'],
    [2, 1, 1, 'HAD1', 'APTable of TTB1 is ignored'],
    [2, 51, 4, 'TTB1', 'stage 1 table of high addresses; an IPA under stage 2'],
    [3, 63, 0, 'MAIR', 'memory attributes by AttrIndx'],
  ],
  ['TTB0', 'TTB1'],
)

export const L1CD = structLayout(
  'L1 CD descriptor',
  1,
  [
    [0, 0, 0, 'V', 'valid'],
    [0, 51, 12, 'L2Ptr', 'CDs; an IPA under stage 2'],
  ],
  ['L2Ptr'],
)

export const STRTAB_BASE = structLayout(
  'SMMU_STRTAB_BASE, offset 0x80',
  1,
  [[0, 51, 6, 'ADDR', 'stream table, PA']],
  ['ADDR'],
)

export const STRTAB_BASE_CFG = structLayout('SMMU_STRTAB_BASE_CFG, offset 0x88', 1, [
  [0, 5, 0, 'LOG2SIZE', 'the table covers 2^LOG2SIZE streams'],
  [0, 10, 6, 'SPLIT', 'bits of a StreamID that the second level takes'],
  [0, 17, 16, 'FMT', '0 linear, 1 two levels'],
])

/** Streams behind one entry of the first level: 2^SPLIT, as in Linux one PCI bus. */
export const SPLIT = 8
/** StreamIDs are requester ids. */
export const SID_BITS = 16

export const CONFIG = { abort: 0, bypass: 4, stage1: 5, stage2: 6, nested: 7 } as const
export const S1DSS = { terminate: 0, bypass: 1, cd0: 2 } as const
export const S1FMT = { linear: 0, leaves4K: 1, leaves64K: 2 } as const

/** Bits of an address by IPS and S2PS code. */
export const SIZE_BITS: readonly number[] = [32, 36, 40, 42, 44, 48]

export const EVENT = structLayout(
  'event record',
  4,
  [
    [0, 7, 0, 'id', 'event number'],
    [0, 11, 11, 'SSV', 'the request had a substream'],
    [0, 31, 12, 'SSID', 'substream'],
    [0, 63, 32, 'SID', 'stream'],
    [1, 15, 0, 'STAG', 'names a stalled request'],
    [1, 31, 31, 'STALL', 'the request is held until RESUME'],
    [1, 33, 33, 'PnU', 'privileged'],
    [1, 34, 34, 'InD', 'instruction fetch'],
    [1, 35, 35, 'RnW', '1 read, 0 write'],
    [1, 39, 39, 'S2', 'stage 2 faulted'],
    [1, 41, 40, 'CLASS', 'what was translated: 0 a CD, 1 a table, 2 the input'],
    [2, 63, 0, 'InputAddr', 'address of the request'],
    [3, 51, 12, 'IPA', 'what stage 2 was asked for'],
  ],
  ['IPA'],
)

export const CLASS = { CD: 0, TT: 1, IN: 2 } as const

export const PRI_ENTRY = structLayout(
  'page request',
  2,
  [
    [0, 31, 0, 'SID', 'stream'],
    [0, 51, 32, 'SSID', 'substream'],
    [0, 58, 58, 'PRIV', 'privileged'],
    [0, 59, 59, 'X', 'execute asked for'],
    [0, 60, 60, 'R', 'read asked for'],
    [0, 61, 61, 'W', 'write asked for'],
    [0, 62, 62, 'LAST', 'last page of its group'],
    [0, 63, 63, 'SSV', 'the request has a substream'],
    [1, 8, 0, 'PRGI', 'page request group'],
    [1, 63, 12, 'ADDR', 'address of the page'],
  ],
  ['ADDR'],
)
