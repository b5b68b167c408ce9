/**
 * PAPR TCE tables, flat and multi-level: LoPAPR "Translation Control Entry"; multi-level geometry as PowerNV builds it.
 * Level 0 holds the TCEs; a flat table has no other level. Items are big-endian.
 *
 * Configuration: `start` = first bus address of the window in bytes; `windowLg2` = log2 of its bytes; `pageLg2` 12 |
 * 16 | 24; `levels` 1 to 5; `hostPageLg2` = page size of the host, the least size of a table.
 *
 * Not modelled: the old VIO bits (valid 0x800, all-LPAR 0x400); real addresses of 2^52 and above (bits 63:52 are
 * ignored); the TCE cache and its kill register.
 */
import type { BitField } from '../../bits'
import type { FormatSource, ItemKind, PtConfig } from '../contract'
import { bit, bitRange, defineFormat, numberIn } from '../format'
import { buildGeometry, type LevelSource } from '../geometry'

const READ = bit(0)
const WRITE = bit(1)

interface Shape {
  readonly pageLg2: number
  readonly levels: number
  readonly windowLg2: number
  readonly start: number
  /** log2 of the items of each table. */
  readonly indexLg2: number
}

function shapeOf(cfg: PtConfig): Shape {
  const pageLg2 = numberIn(cfg, 'pageLg2', 12)
  const levels = numberIn(cfg, 'levels', 1)
  const windowLg2 = numberIn(cfg, 'windowLg2', 30)
  const tableLg2 = Math.max(Math.ceil((windowLg2 - pageLg2) / levels) + 3, numberIn(cfg, 'hostPageLg2', 12))
  return { pageLg2, levels, windowLg2, start: numberIn(cfg, 'start', 0), indexLg2: tableLg2 - 3 }
}

function levelSource(level: number, shape: Shape): LevelSource {
  const address = bitRange(51, shape.pageLg2)
  return {
    shift: shape.pageLg2 - 12 + shape.indexLg2 * level,
    indexLg2: shape.indexLg2,
    leaf: level === 0 ? { mask: 0n, value: 0n, set: 0n, reserved: 0n, address } : null,
    table: level === 0 ? null : { set: READ | WRITE, reserved: 0n },
  }
}

function fields(level: number, cfg: PtConfig, kind: ItemKind = level === 0 ? 'leaf' : 'table'): BitField[] {
  const low = kind === 'leaf' ? shapeOf(cfg).pageLg2 : 12
  return [
    { name: 'READ', high: 0, low: 0, doc: 'The device may read memory' },
    { name: 'WRITE', high: 1, low: 1, doc: 'The device may write memory' },
    { name: 'IGN', high: low - 1, low: 2, doc: 'Ignored, below the page size' },
    {
      name: 'RPN',
      high: 51,
      low,
      doc: kind === 'leaf' ? 'Real address of the page' : 'Real address of the next table',
    },
    { name: 'IGN2', high: 63, low: 52, doc: 'Real address bits that are not modelled; ignored' },
  ]
}

function problem(cfg: PtConfig): string | null {
  const shape = shapeOf(cfg)
  if (![12, 16, 24].includes(shape.pageLg2)) return 'pageLg2 must be 12, 16 or 24'
  if (![1, 2, 3, 4, 5].includes(shape.levels)) return 'levels must be 1 to 5'
  if (!Number.isInteger(shape.windowLg2)) return 'the window must be a power of two'
  if (shape.windowLg2 < shape.pageLg2) return 'the window is smaller than a page'
  if (shape.start % 2 ** shape.pageLg2 !== 0) return 'the window must start on a page of its own size'
  return shape.indexLg2 * shape.levels + shape.pageLg2 < 60 ? null : 'the levels translate 60 bits or more'
}

const LEVEL_NAMES = ['TCE table', 'TCE level 1', 'TCE level 2', 'TCE level 3', 'TCE level 4']

const source: FormatSource = {
  id: 'papr-tce',
  title: 'PAPR TCE',
  spec: { title: 'LoPAPR', section: 'TCE tables; multi-level geometry as the PowerNV driver builds it' },
  notModelled: ['VIO valid and all-LPAR bits', 'real addresses of 2^52 and above', 'the TCE cache'],
  quirks: [
    {
      id: 'write-sets-read',
      what: 'A write-only mapping also sets READ, because the hardware grants read wherever it grants write.',
      source: 'Linux PowerNV TCE driver',
    },
    {
      id: 'keeps-empty-tables',
      what: 'Tables are never freed before the window is.',
      source: 'Linux PowerNV TCE driver',
    },
  ],
  problem,
  geometry(cfg) {
    const shape = shapeOf(cfg)
    return buildGeometry({
      levels: LEVEL_NAMES.slice(0, shape.levels).map((_, level) => levelSource(level, shape)),
      basePage: shape.start / 4096,
      pages: 2 ** (shape.windowLg2 - 12),
      bigEndian: true,
      freesEmpty: false,
      writeSetsRead: true,
      present: READ | WRITE,
      tableAddress: bitRange(51, 12),
      rights: { read: READ, write: WRITE, flip: 0n, inTables: READ | WRITE },
      accessed: 0n,
      dirty: 0n,
      canonicalBits: 0,
    })
  },
  levelNames: cfg => LEVEL_NAMES.slice(0, shapeOf(cfg).levels),
  fields,
  testConfigs: [
    { windowLg2: 30 },
    { windowLg2: 32, pageLg2: 16, hostPageLg2: 16 },
    { windowLg2: 40, pageLg2: 16, levels: 2, start: 2 ** 59 },
    { windowLg2: 36, pageLg2: 24, start: 2 ** 59 },
    { windowLg2: 40, pageLg2: 12, levels: 3 },
    { windowLg2: 45, pageLg2: 12, levels: 5 },
  ],
}

export const paprTce = defineFormat(source)
