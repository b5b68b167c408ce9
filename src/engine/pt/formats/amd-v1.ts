/**
 * AMD-Vi host (v1) tables of 1 to 6 levels: AMD I/O Virtualization Technology specification, 2.2.3, I/O page tables.
 * AMD's level 1 is level 0 here.
 *
 * An item says itself what it is: its next-level field is 0 for a page of its level's size, 7 for a page whose size
 * stands in its address (the lowest 0 at or above bit 12 marks half of it), else the level of the table it points to;
 * levels in between are skipped, and what they would have looked at must be 0. A page of several items is in all of them.
 *
 * Configuration: `levels` 1 to 6 (Mode), 9 bits each from 12 up, the sixth 7; `hd` = hardware sets D; `fc` = the mapper
 * sets FC in leaves. The mapper uses any power of two up to 256 GiB, as Linux does up to there.
 *
 * Not modelled: the accessed bit, pages above 256 GiB made by the mapper (they are walked), software bits.
 */
import type { BitField } from '../../bits'
import type { FormatSource, PtConfig } from '../contract'
import { bit, bitField, bitRange, defineFormat, flagIn, numberIn } from '../format'
import { buildGeometry, type LevelSource } from '../geometry'

const PR = bit(0)
const D = bit(6)
const FC = bit(60)
const IR = bit(61)
const IW = bit(62)

const INDEX_LG2 = 9
const MOST_LEVELS = 6
/** Bits 63:57 are left for the sixth level. */
const TOP_INDEX_LG2 = 7
const NEXT_LEVEL = 9
/** AMD's levels whose items the mapper makes pages of: 4 KiB, 2 MiB, 1 GiB and what lies between and above. */
const LEAF_LEVELS = 3

const FIELDS: readonly BitField[] = [
  bitField(0, 'PR', 'Present'),
  { name: 'IGN', high: 4, low: 1, doc: 'Ignored; software may use it' },
  bitField(5, 'A', 'Accessed; not set here'),
  bitField(6, 'D', 'Dirty: set by hardware on a write when HAD says so'),
  { name: 'IGN2', high: 8, low: 7, doc: 'Ignored; software may use it' },
  {
    name: 'NextLevel',
    high: 11,
    low: 9,
    doc: "0: a page of this level's size; 7: a page whose size stands in ADDR; else the level of the next table",
  },
  { name: 'ADDR', high: 51, low: 12, doc: 'Address of the page or of the next table' },
  { name: 'IGN3', high: 58, low: 52, doc: 'Ignored' },
  bitField(59, 'U', 'Untranslated accesses only; ignored'),
  bitField(60, 'FC', 'Force coherent access'),
  bitField(61, 'IR', 'Read; the right is the AND over all levels and the DTE'),
  bitField(62, 'IW', 'Write; the right is the AND over all levels and the DTE'),
  bitField(63, 'IGN4', 'Ignored'),
]

const levelsIn = (cfg: PtConfig): number => numberIn(cfg, 'levels', 3)

function levelSource(level: number, cfg: PtConfig): LevelSource {
  const low = 12 + INDEX_LG2 * level
  // The sixth level holds no page.
  const never = level === MOST_LEVELS - 1 ? PR : 0n
  return {
    shift: INDEX_LG2 * level,
    indexLg2: level === MOST_LEVELS - 1 ? TOP_INDEX_LG2 : INDEX_LG2,
    leaf: {
      mask: 0n,
      value: 0n,
      set: PR | (flagIn(cfg, 'fc', false) ? FC : 0n),
      reserved: never,
      address: bitRange(51, low),
      legal: level < LEAF_LEVELS,
    },
    table: level === 0 ? null : { set: PR | IR | IW | (BigInt(level) << BigInt(NEXT_LEVEL)), reserved: 0n },
  }
}

const source: FormatSource = {
  id: 'amd-v1',
  title: 'AMD-Vi host table, v1',
  spec: {
    title: 'AMD I/O Virtualization Technology specification',
    section: '2.2.3, I/O page tables for host translations',
  },
  notModelled: ['the accessed bit', 'pages above 256 GiB made by the mapper', 'software bits'],
  quirks: [
    {
      id: 'size-in-address',
      what: 'A page of any power of two stands in as many equal items as it covers.',
      source: 'AMD IOMMU specification 2.2.3, next level 7',
    },
    {
      id: 'level-skipping',
      what: 'An item may point to a table more than one level down.',
      source: 'AMD IOMMU specification 2.2.3, next level',
    },
  ],
  problem: cfg => (levelsIn(cfg) >= 1 && levelsIn(cfg) <= MOST_LEVELS ? null : 'levels must be 1 to 6'),
  geometry: cfg =>
    buildGeometry({
      levels: Array.from({ length: levelsIn(cfg) }, (_, level) => levelSource(level, cfg)),
      basePage: 0,
      pages: 2 ** Math.min(INDEX_LG2 * levelsIn(cfg), 52),
      bigEndian: false,
      freesEmpty: true,
      writeSetsRead: false,
      present: PR,
      tableAddress: bitRange(51, 12),
      nextLevel: NEXT_LEVEL,
      rights: { read: IR, write: IW, flip: 0n, inTables: IR | IW },
      accessed: 0n,
      dirty: flagIn(cfg, 'hd', false) ? D : 0n,
      canonicalBits: 0,
    }),
  levelNames: cfg => Array.from({ length: levelsIn(cfg) }, (_, level) => `L${level + 1}`),
  fields: () => [...FIELDS],
  testConfigs: [{}, { levels: 4 }, { levels: 6, hd: true }, { levels: 2 }, { levels: 3, fc: true }],
}

export const amdV1 = defineFormat(source)
