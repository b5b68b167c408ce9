/**
 * Arm VMSAv8-64 stage 2, 4 KiB granule, as an SMMUv3 walks it: Arm ARM D8.3, SMMUv3 IHI 0070, 3.4. Level names are
 * Arm's: L3 is level 0 here, L0 level 3.
 *
 * The start level may be up to 16 tables side by side (concatenated), so that one level fewer is walked; they are one
 * top table here, aligned to its size. Rights stand in the leaf alone.
 *
 * Configuration: `inputBits` 25 to 48, which is 64 - S2T0SZ; `startLevel` 0 to 2 (2 - SL0), absent: the lowest that
 * takes the input with concatenation, as Linux chooses; `outputBits` (S2PS), addresses beyond are an address size
 * fault; `affd`: AF is not looked at.
 *
 * Not modelled: execute rights (XN), memory attributes and their merging with stage 1 (S2FWB), the contiguous hint,
 * hardware update of AF and DBM (HTTU), granules of 16 and 64 KiB.
 */
import type { BitField } from '../../../bits'
import type { FormatSource, ItemKind, PtConfig } from '../../contract'
import { bit, bitField, defineFormat, flagIn, numberIn } from '../../format'
import { buildGeometry } from '../../geometry'
import {
  addressFields,
  INDEX_LG2,
  levelSource,
  NAMES,
  PRESENT,
  TABLE_ADDRESS,
  TABLE_IGNORED,
  TYPE_FIELDS,
} from './vmsa'

/** S2AP. */
const READ = bit(6)
const WRITE = bit(7)
/** MemAttr 0xf (write-back), inner shareable. */
const LEAF_SET = (0xfn << 2n) | (3n << 8n)
/** log2 of how many tables may lie side by side at the start level. */
const CONCATENATED_LG2 = 4

const LEAF_LOW: readonly BitField[] = [
  { name: 'MemAttr', high: 5, low: 2, doc: 'Memory attributes: 0xf write-back, 5 non-cacheable, 1 device' },
  { name: 'S2AP', high: 7, low: 6, doc: 'Bit 6 grants read, bit 7 grants write' },
  { name: 'SH', high: 9, low: 8, doc: 'Shareability: 0 none, 2 outer, 3 inner' },
  bitField(10, 'AF', 'Access flag: 0 faults unless S2AFFD is set'),
  bitField(11, 'nG', 'Reserved at stage 2, ignored'),
]

const HIGH: readonly BitField[] = [
  { name: 'IGN3', high: 50, low: 48, doc: 'Ignored' },
  bitField(51, 'DBM', 'Dirty bit modifier; ignored without HTTU'),
  bitField(52, 'Cont', 'Contiguous hint; not used here'),
  { name: 'XN', high: 54, low: 53, doc: 'Execute never' },
  { name: 'SW', high: 58, low: 55, doc: 'Ignored; software may use it' },
  { name: 'IGN4', high: 63, low: 59, doc: 'Ignored' },
]

const inputBits = (cfg: PtConfig): number => numberIn(cfg, 'inputBits', 48)

/** The level a walk starts at, in Arm's numbers: as high as concatenation allows. */
export const startLevelFor = (bits: number): number =>
  4 - Math.ceil((bits - CONCATENATED_LG2 - 12) / INDEX_LG2)

const levelsIn = (cfg: PtConfig): number => 4 - numberIn(cfg, 'startLevel', startLevelFor(inputBits(cfg)))

/** Bits that index the start level, log2 of the tables side by side included. */
const topIndex = (cfg: PtConfig): number => inputBits(cfg) - 12 - INDEX_LG2 * (levelsIn(cfg) - 1)

function fields(level: number, _cfg: PtConfig, kind: ItemKind = level === 0 ? 'leaf' : 'table'): BitField[] {
  const own = kind === 'leaf' ? LEAF_LOW : [TABLE_IGNORED]
  return [...TYPE_FIELDS, ...own, ...addressFields(level, kind), ...HIGH]
}

const source: FormatSource = {
  id: 'arm-s2',
  title: 'Arm stage 2 (VMSAv8-64, 4 KiB)',
  spec: {
    title: 'Arm Architecture Reference Manual',
    section: 'D8.3, VMSAv8-64 translation table descriptors',
  },
  notModelled: [
    'execute rights',
    'memory attributes',
    'the contiguous hint',
    'hardware update of AF and DBM',
    'granules of 16 and 64 KiB',
  ],
  quirks: [
    {
      id: 'concatenated',
      what: 'The start level may be up to 16 tables side by side.',
      source: 'Arm ARM D8.2, concatenated translation tables',
    },
  ],
  problem(cfg) {
    if (inputBits(cfg) < 25 || inputBits(cfg) > 48) return 'inputBits must be 25 to 48'
    if (![2, 3, 4].includes(levelsIn(cfg))) return 'startLevel must be 0, 1 or 2'
    if (topIndex(cfg) < 1) return 'the start level has nothing to index'
    if (topIndex(cfg) > INDEX_LG2 + CONCATENATED_LG2) return 'more than 16 tables side by side'
    const output = numberIn(cfg, 'outputBits', 48)
    return output >= 32 && output <= 48 ? null : 'outputBits must be 32 to 48'
  },
  geometry: cfg =>
    buildGeometry({
      levels: NAMES.slice(0, levelsIn(cfg)).map((_, level) =>
        levelSource(level, {
          levels: levelsIn(cfg),
          inputBits: inputBits(cfg),
          outputBits: numberIn(cfg, 'outputBits', 48),
          accessFlag: !flagIn(cfg, 'affd', false),
          leafSet: LEAF_SET,
        }),
      ),
      basePage: 0,
      pages: 2 ** (inputBits(cfg) - 12),
      bigEndian: false,
      freesEmpty: true,
      writeSetsRead: false,
      present: PRESENT,
      tableAddress: TABLE_ADDRESS,
      rights: { read: READ, write: WRITE, flip: 0n, inTables: 0n },
      accessed: 0n,
      dirty: 0n,
      canonicalBits: 0,
    }),
  levelNames: cfg => NAMES.slice(0, levelsIn(cfg)),
  fields,
  testConfigs: [
    {},
    { inputBits: 39, startLevel: 1, outputBits: 44 },
    { inputBits: 40 },
    { inputBits: 34, affd: true },
  ],
}

export const armS2 = defineFormat(source)
