/**
 * x86-64 paging of 4 and 5 levels as IOMMUs walk it: VT-d calls it the first stage, AMD-Vi guest (v2) tables. VT-d
 * specification, "First-Stage Translation", paging entries. Level 0 is the PT, 1 the PD, 2 the PDPT, 3 the PML4, 4 the PML5.
 *
 * Requests are those of a user: every entry of the path must have U/S set, and R/W set to write. Read is granted by
 * P and U/S together. Hardware always sets A, and D in the leaf on a write; there is no switch.
 *
 * Configuration: `levels` 4 | 5 (48, 57 bits, canonical); 1 to 3 = the lower part of such a table, found through a
 * paging-structure cache, whose input is not canonical; `maxPageLg2` 12 | 21 | 30; `nxe` = XD is legal; `eafe` = EA
 * is set with A; `haw` = address width, bits above it are reserved (52 when the addresses are the guest's: nothing is);
 * `preset` = the mapper sets A, and D where it may be written, as Linux does.
 *
 * Not modelled: supervisor and execute requests (SRE, ERE, WPE, SMEP), protection keys, memory typing (PWT, PCD, PAT).
 */
import type { BitField } from '../../../bits'
import type { FormatSource, ItemKind, PtConfig } from '../../contract'
import { bit, bitField, bitRange, defineFormat, flagIn, numberIn } from '../../format'
import { buildGeometry, type LevelSource } from '../../geometry'

const P = bit(0)
const RW = bit(1)
const US = bit(2)
const A = bit(5)
const D = bit(6)
const PS = bit(7)
const EA = bit(10)
const XD = bit(63)

const NAMES = ['PT', 'PD', 'PDPT', 'PML4', 'PML5']
const INDEX_LG2 = 9

const ACCESS_FIELDS: readonly BitField[] = [
  bitField(0, 'P', 'Present'),
  bitField(1, 'RW', 'Write; the right is the AND over all levels'),
  bitField(2, 'US', 'User; the right is the AND over all levels'),
  bitField(3, 'PWT', 'Write-through; memory typing'),
  bitField(4, 'PCD', 'Cache disable; memory typing'),
  bitField(5, 'A', 'Accessed: set by hardware at every level used'),
]

const HIGH_FIELDS: readonly BitField[] = [
  { name: 'IGN', high: 62, low: 52, doc: 'Ignored; software may use it' },
  bitField(63, 'XD', 'Execute disable; reserved unless NXE is 1'),
]

function lowFields(level: number, leaf: boolean): BitField[] {
  return [
    bitField(6, 'D', leaf ? 'Dirty: set by hardware on a write' : 'Ignored: only a leaf is dirty'),
    level === 0
      ? bitField(7, 'PAT', 'Memory typing')
      : bitField(7, 'PS', '1: this entry maps a page; reserved above the PDPT'),
    bitField(8, 'G', leaf ? 'Global' : 'Ignored'),
    bitField(9, 'SW', 'Ignored; software may use it'),
    bitField(10, 'EA', 'Extended accessed: set by hardware with A when EAFE is 1'),
    bitField(11, 'SW2', 'Ignored; software may use it'),
  ]
}

/** The bits of a large page below its address: PAT, then reserved up to the page size. */
const belowPage = (pageLg2: number): BitField[] => [
  bitField(12, 'PAT', 'Memory typing'),
  { name: 'RSVD', high: pageLg2 - 1, low: 13, doc: 'Reserved, 0: a page is aligned to its size' },
]

function fields(level: number, _cfg: PtConfig, kind: ItemKind = level === 0 ? 'leaf' : 'table'): BitField[] {
  const leaf = kind === 'leaf'
  const low = leaf ? 12 + INDEX_LG2 * level : 12
  const doc = leaf ? 'Address of the page' : `Address of the ${NAMES[level - 1]}`
  return [
    ...ACCESS_FIELDS,
    ...lowFields(level, leaf),
    ...(low > 12 ? belowPage(low) : []),
    { name: 'ADDR', high: 51, low, doc },
    ...HIGH_FIELDS,
  ]
}

function levelSource(level: number, cfg: PtConfig): LevelSource {
  const always = bitRange(51, numberIn(cfg, 'haw', 48)) | (flagIn(cfg, 'nxe', false) ? 0n : XD)
  const pageLg2 = 12 + INDEX_LG2 * level
  const isLeafLevel = level === 0 || (level <= 2 && pageLg2 <= numberIn(cfg, 'maxPageLg2', 30))
  const preset = flagIn(cfg, 'preset', true) ? A : 0n
  const large = level === 0 ? 0n : PS
  const leaf = {
    mask: large,
    value: large,
    set: P | preset | large,
    reserved: always | bitRange(pageLg2 - 1, 13),
    address: bitRange(51, pageLg2),
  }
  const table = { set: P | RW | US | preset, reserved: always | (isLeafLevel ? 0n : PS) }
  return {
    shift: INDEX_LG2 * level,
    indexLg2: INDEX_LG2,
    leaf: isLeafLevel ? leaf : null,
    table: level === 0 ? null : table,
  }
}

const levelsIn = (cfg: PtConfig): number => numberIn(cfg, 'levels', 4)

const paging: Omit<FormatSource, 'id' | 'title' | 'spec'> = {
  notModelled: ['supervisor and execute requests', 'protection keys', 'memory typing (PWT, PCD, PAT)'],
  quirks: [
    {
      id: 'accessed-always',
      what: 'Hardware sets A and D whatever the configuration says.',
      source: 'VT-d specification, first-stage paging entries',
    },
  ],
  problem(cfg) {
    if (![1, 2, 3, 4, 5].includes(levelsIn(cfg))) return 'levels must be 4 or 5, or 1 to 3 for a lower part'
    if (![12, 21, 30].includes(numberIn(cfg, 'maxPageLg2', 30))) return 'maxPageLg2 must be 12, 21 or 30'
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
      writeSetsRead: true,
      present: P,
      tableAddress: bitRange(51, 12),
      rights: { read: P | US, write: P | US | RW, flip: 0n, inTables: P | US | RW },
      writableSet: flagIn(cfg, 'preset', true) ? D : 0n,
      accessed: A | (flagIn(cfg, 'eafe', false) ? EA : 0n),
      dirty: D,
      canonicalBits: levelsIn(cfg) >= 4 ? 12 + INDEX_LG2 * levelsIn(cfg) : 0,
    }),
  levelNames: cfg => NAMES.slice(0, levelsIn(cfg)),
  fields,
  testConfigs: [
    { levels: 4 },
    { levels: 4, maxPageLg2: 12, preset: false, nxe: true },
    { levels: 5, maxPageLg2: 21, eafe: true },
  ],
}

export const vtdFs = defineFormat({
  ...paging,
  id: 'vtd-fs',
  title: 'Intel VT-d first stage (x86-64)',
  spec: { title: 'Intel VT-d specification', section: 'First-stage translation, first-stage paging entries' },
})

export const amdV2 = defineFormat({
  ...paging,
  id: 'amd-v2',
  title: 'AMD-Vi guest table, v2 (x86-64)',
  spec: { title: 'AMD I/O Virtualization Technology specification', section: '2.2.6, guest page tables' },
})
