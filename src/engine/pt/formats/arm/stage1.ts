/**
 * Arm VMSAv8-64 stage 1, 4 KiB granule, as an SMMUv3 walks it: Arm ARM D8.3, SMMUv3 IHI 0070, 3.4. Level names
 * are Arm's: L3 is level 0 here, L0 level 3.
 *
 * Every request is unprivileged data access: AP[1] grants it, AP[2] takes the write away, and APTable of the levels
 * above takes either away unless HAD is set. There is no write without read.
 *
 * Configuration: `inputBits` 25 to 48, which is 64 - TxSZ; `outputBits` (IPS), addresses beyond are an address size
 * fault; `affd`: AF is not looked at; `had`: APTable is not looked at.
 *
 * Not modelled: privileged and execute access (PXN, XN), memory attributes, the contiguous hint, hardware update of
 * AF and DBM (HTTU), granules of 16 and 64 KiB.
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

/** AP[1]: unprivileged access allowed. AP[2]: read-only. */
const AP_USER = bit(6)
const AP_READ_ONLY = bit(7)
/** MAIR index 1 (write-back), inner shareable, not global: as Linux maps for a coherent device. */
const ATTR_WRITE_BACK = bit(2)
const INNER_SHAREABLE = bit(8) | bit(9)
const NOT_GLOBAL = bit(11)
/** APTable[0] is bit 61, APTable[1] bit 62: down by 23 from the high half they lie where AP[1] and AP[2] do. */
const AP_TABLE = { shift: 23, mask: AP_USER | AP_READ_ONLY }

const LEAF_LOW: readonly BitField[] = [
  { name: 'AttrIndx', high: 4, low: 2, doc: 'Memory attributes: which field of MAIR' },
  bitField(5, 'NS', 'Non-secure'),
  { name: 'AP', high: 7, low: 6, doc: 'AP[2:1]: bit 6 lets unprivileged requests in, bit 7 is read-only' },
  { name: 'SH', high: 9, low: 8, doc: 'Shareability: 0 none, 2 outer, 3 inner' },
  bitField(10, 'AF', 'Access flag: 0 faults unless AFFD is set'),
  bitField(11, 'nG', 'Not global: tagged by ASID'),
]

const LEAF_HIGH: readonly BitField[] = [
  { name: 'IGN3', high: 50, low: 48, doc: 'Ignored' },
  bitField(51, 'DBM', 'Dirty bit modifier; ignored without HTTU'),
  bitField(52, 'Cont', 'Contiguous hint; not used here'),
  bitField(53, 'PXN', 'Privileged execute never'),
  bitField(54, 'XN', 'Execute never'),
  { name: 'SW', high: 58, low: 55, doc: 'Ignored; software may use it' },
  { name: 'IGN4', high: 63, low: 59, doc: 'Ignored' },
]

const TABLE_HIGH: readonly BitField[] = [
  { name: 'IGN3', high: 58, low: 48, doc: 'Ignored' },
  { name: 'XNTable', high: 60, low: 59, doc: 'Execute never for all below' },
  { name: 'APTable', high: 62, low: 61, doc: 'Bit 61: no unprivileged access below; bit 62: no write below' },
  bitField(63, 'NSTable', 'Non-secure below'),
]

const inputBits = (cfg: PtConfig): number => numberIn(cfg, 'inputBits', 48)
const levelsIn = (cfg: PtConfig): number => Math.ceil((inputBits(cfg) - 12) / INDEX_LG2)

function fields(level: number, _cfg: PtConfig, kind: ItemKind = level === 0 ? 'leaf' : 'table'): BitField[] {
  const own = kind === 'leaf' ? LEAF_LOW : [TABLE_IGNORED]
  return [
    ...TYPE_FIELDS,
    ...own,
    ...addressFields(level, kind),
    ...(kind === 'leaf' ? LEAF_HIGH : TABLE_HIGH),
  ]
}

const source: FormatSource = {
  id: 'arm-s1',
  title: 'Arm stage 1 (VMSAv8-64, 4 KiB)',
  spec: {
    title: 'Arm Architecture Reference Manual',
    section: 'D8.3, VMSAv8-64 translation table descriptors',
  },
  notModelled: [
    'privileged and execute access',
    'memory attributes',
    'the contiguous hint',
    'hardware update of AF and DBM',
    'granules of 16 and 64 KiB',
  ],
  quirks: [
    {
      id: 'access-flag',
      what: 'A leaf without AF is a fault of its own, ahead of a missing right.',
      source: 'Arm ARM D8.5, SMMUv3 F_ACCESS',
    },
  ],
  problem(cfg) {
    if (inputBits(cfg) < 25 || inputBits(cfg) > 48) return 'inputBits must be 25 to 48'
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
          leafSet: ATTR_WRITE_BACK | INNER_SHAREABLE | NOT_GLOBAL,
        }),
      ),
      basePage: 0,
      pages: 2 ** (inputBits(cfg) - 12),
      bigEndian: false,
      freesEmpty: true,
      writeSetsRead: true,
      present: PRESENT,
      tableAddress: TABLE_ADDRESS,
      rights: {
        read: AP_USER,
        write: AP_USER | AP_READ_ONLY,
        flip: AP_READ_ONLY,
        inTables: 0n,
        ...(flagIn(cfg, 'had', false) ? {} : { taken: AP_TABLE }),
      },
      accessed: 0n,
      dirty: 0n,
      canonicalBits: 0,
    }),
  levelNames: cfg => NAMES.slice(0, levelsIn(cfg)),
  fields,
  testConfigs: [{}, { inputBits: 39 }, { inputBits: 42, outputBits: 44 }, { inputBits: 30, affd: true }],
}

export const armS1 = defineFormat(source)
