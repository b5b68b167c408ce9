/**
 * Intel VT-d second-stage paging, 3, 4 and 5 levels: VT-d specification, "Second-Stage Translation", paging entries.
 * Level 0 is the PT, 1 the PD, 2 the PDPT, 3 the PML4, 4 the PML5.
 *
 * There is no present bit: R = W = 0 is not present, and the rights are the AND over all levels.
 *
 * Configuration: `levels` 3 | 4 | 5 (39, 48, 57 bits of input); `maxPageLg2` 12 | 21 | 30, the largest leaf the unit
 * supports (SLLPS); `ad` = SSADE, A and D are set; `snoopControl` = SNP is legal in a leaf; `snoop` = the mapper sets
 * it; `haw` = host address width, bits above it are reserved.
 *
 * Not modelled: execute rights (SLEE = 0, X is ignored), memory typing (EMT, IPAT: ignored bits), TM (bit 62: reserved).
 */
import type { BitField } from '../../bits'
import type { FormatSource, ItemKind, PtConfig } from '../contract'
import { bit, bitField, bitRange, defineFormat, flagIn, numberIn } from '../format'
import { buildGeometry, type LevelSource } from '../geometry'

const R = bit(0)
const W = bit(1)
const PS = bit(7)
const A = bit(8)
const D = bit(9)
const SNP = bit(11)
const TM = bit(62)

const NAMES = ['PT', 'PD', 'PDPT', 'PML4', 'PML5']
const INDEX_LG2 = 9

const LOW_FIELDS: readonly BitField[] = [
  bitField(0, 'R', 'Read; the right is the AND over all levels'),
  bitField(1, 'W', 'Write; the right is the AND over all levels'),
  bitField(2, 'X', 'Execute; ignored, as SLEE is 0'),
  { name: 'IGN', high: 6, low: 3, doc: 'Ignored (EMT and IPAT where memory typing is on)' },
]

const HIGH_FIELDS: readonly BitField[] = [
  { name: 'IGN2', high: 61, low: 52, doc: 'Ignored; software may use it' },
  bitField(62, 'TM', 'Transient mapping hint; reserved here'),
  bitField(63, 'IGN3', 'Ignored'),
]

const AD_FIELDS: readonly BitField[] = [
  bitField(8, 'A', 'Accessed: set by hardware at every level used when SSADE is 1'),
  bitField(9, 'D', 'Dirty: set by hardware in the leaf on a write when SSADE is 1'),
  bitField(10, 'SW', 'Ignored; software may use it'),
]

function fields(level: number, _cfg: PtConfig, kind: ItemKind = level === 0 ? 'leaf' : 'table'): BitField[] {
  const low = kind === 'leaf' ? 12 + INDEX_LG2 * level : 12
  const spare =
    low > 12
      ? [{ name: 'RSVD', high: low - 1, low: 12, doc: 'Reserved, 0: a page is aligned to its size' }]
      : []
  const doc = kind === 'leaf' ? 'Address of the page' : `Address of the ${NAMES[level - 1]}`
  return [
    ...LOW_FIELDS,
    bitField(
      7,
      'PS',
      level === 0 ? 'Ignored in the PT' : '1: this entry maps a page; reserved above the PDPT',
    ),
    ...AD_FIELDS,
    bitField(11, 'SNP', kind === 'leaf' ? 'Snoop: force coherent access' : 'Reserved, 0'),
    ...spare,
    { name: 'ADDR', high: 51, low, doc },
    ...HIGH_FIELDS,
  ]
}

function levelSource(level: number, cfg: PtConfig): LevelSource {
  const aboveHaw = bitRange(51, numberIn(cfg, 'haw', 48)) | TM
  const pageLg2 = 12 + INDEX_LG2 * level
  const isLeafLevel = level === 0 || (level <= 2 && pageLg2 <= numberIn(cfg, 'maxPageLg2', 30))
  const snp = flagIn(cfg, 'snoopControl', true) ? 0n : SNP
  const leaf = {
    mask: level === 0 ? 0n : PS,
    value: level === 0 ? 0n : PS,
    set: (level === 0 ? 0n : PS) | (flagIn(cfg, 'snoop', false) ? SNP : 0n),
    reserved: aboveHaw | snp | bitRange(pageLg2 - 1, 12),
    address: bitRange(51, pageLg2),
  }
  const table = { set: R | W, reserved: aboveHaw | SNP | (isLeafLevel ? 0n : PS) }
  return {
    shift: INDEX_LG2 * level,
    indexLg2: INDEX_LG2,
    leaf: isLeafLevel ? leaf : null,
    table: level === 0 ? null : table,
  }
}

const levelsIn = (cfg: PtConfig): number => numberIn(cfg, 'levels', 4)

const source: FormatSource = {
  id: 'vtd-ss',
  title: 'Intel VT-d second stage',
  spec: {
    title: 'Intel VT-d specification',
    section: 'Second-stage translation, second-stage paging entries',
  },
  notModelled: ['execute rights (SLEE = 0)', 'memory typing (EMT, IPAT)', 'transient mapping hint (TM)'],
  quirks: [
    {
      id: 'no-present-bit',
      what: 'An item with R = W = 0 is not present, whatever its other bits.',
      source: 'VT-d specification, second-stage paging entries',
    },
  ],
  problem(cfg) {
    if (![3, 4, 5].includes(levelsIn(cfg))) return 'levels must be 3, 4 or 5'
    if (![12, 21, 30].includes(numberIn(cfg, 'maxPageLg2', 30))) return 'maxPageLg2 must be 12, 21 or 30'
    if (flagIn(cfg, 'snoop', false) && !flagIn(cfg, 'snoopControl', true)) return 'snoop needs snoopControl'
    const haw = numberIn(cfg, 'haw', 48)
    return haw >= 32 && haw <= 52 ? null : 'haw must be 32 to 52'
  },
  geometry: cfg =>
    buildGeometry({
      levels: NAMES.slice(0, levelsIn(cfg)).map((_, level) => levelSource(level, cfg)),
      basePage: 0,
      pages: 2 ** (INDEX_LG2 * levelsIn(cfg)),
      bigEndian: false,
      freesEmpty: true,
      writeSetsRead: false,
      present: R | W,
      tableAddress: bitRange(51, 12),
      rights: { read: R, write: W, flip: 0n, inTables: R | W },
      accessed: flagIn(cfg, 'ad', false) ? A : 0n,
      dirty: flagIn(cfg, 'ad', false) ? D : 0n,
      canonicalBits: 0,
    }),
  levelNames: cfg => NAMES.slice(0, levelsIn(cfg)),
  fields,
  testConfigs: [
    { levels: 4 },
    { levels: 3 },
    { levels: 5, haw: 52 },
    { levels: 4, maxPageLg2: 21, ad: true },
    { levels: 3, maxPageLg2: 12, snoop: true },
    { levels: 5, ad: true, snoopControl: false },
  ],
}

export const vtdSs = defineFormat(source)
