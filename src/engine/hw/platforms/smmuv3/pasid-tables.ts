/**
 * Tables of context descriptors in a guest's memory (IHI 0070 5.4): how the platform takes one that a user names, and
 * what a guest's driver writes into it. The kernel reads them for the ASID of what it invalidates, and never else.
 *
 * The guest writes CDs as Linux does, and takes the SubstreamID for the ASID of the table it leads to. It makes CDs
 * stall where the unit can (`stall=on`).
 */
import { hex, pow2 } from '../../../bits'
import type { TableRef } from '../../../pt'
import type {
  GuestMemory,
  HwDevice,
  PasidTable,
  PasidTableEntry,
  PasidTables,
  PasidTableWish,
} from '../../contract'
import { encodeStruct, type FieldValues, structField } from '../../struct'
import type { SmmuConfig } from './config'
import {
  CD_BYTES,
  CD_TABLE,
  cdTableConfig,
  L1_BYTES,
  leafLg2,
  shapeOf,
  standardShape,
} from './pasid-table-format'
import { CD, L1CD, S1FMT, SIZE_BITS } from './structures.data'

/** `arm-cd` leaves the shape to the platform; the others say it. */
const FORMATS: Readonly<Record<string, number | null>> = {
  [CD_TABLE]: null,
  'arm-cd-linear': S1FMT.linear,
  'arm-cd-4k': S1FMT.leaves4K,
  'arm-cd-64k': S1FMT.leaves64K,
}

function table(
  config: SmmuConfig,
  device: HwDevice | null,
  wish: PasidTableWish,
): Omit<PasidTable, 'root'> | { readonly problem: string } {
  const most = device === null ? config.ssidBits : Math.min(device.pasidBits ?? 0, config.ssidBits)
  const bits = wish.pasidBits ?? most
  const format = FORMATS[wish.format ?? CD_TABLE]
  if (most === 0) return { problem: 'the device has no substreams' }
  if (format === undefined)
    return { problem: `${wish.format} is not a format of CD tables: ${Object.keys(FORMATS).join(', ')}` }
  if (bits < 1 || bits > most)
    return { problem: `a CD table takes 1 to ${most} bits of SubstreamID, not ${bits}` }
  const shape = format === null ? standardShape(bits) : { format, bits }
  return { format: CD_TABLE, cfg: cdTableConfig(shape) }
}

/** All of a linear table, the first level of another; at least 64 bytes. */
function bytesOf({ cfg }: Omit<PasidTable, 'root'>): number {
  const { format, bits } = shapeOf(cfg)
  const leaf = leafLg2(format)
  return leaf === null ? pow2(bits) * CD_BYTES : Math.max(CD_BYTES, pow2(Math.max(0, bits - leaf)) * L1_BYTES)
}

/** A CD for one table, with the fields that Linux sets. */
export function contextFields({ cfg, root }: TableRef, asid: number): FieldValues {
  return {
    T0SZ: 64 - Number(cfg.inputBits),
    IR0: 1,
    OR0: 1,
    SH0: 3,
    EPD1: 1,
    V: 1,
    IPS: SIZE_BITS.indexOf(Number(cfg.outputBits ?? 48)),
    AA64: 1,
    R: 1,
    A: 1,
    ASET: 1,
    ASID: asid,
    TTB0: root,
    MAIR: 0x04ff44n,
  }
}

function set(
  config: SmmuConfig,
  memory: GuestMemory,
  of: PasidTable,
  { pasid, to }: { readonly pasid: number; readonly to: TableRef | null },
): 'done' | 'no-memory' {
  const at = cdAddress(memory, of, pasid, to !== null)
  if (at === 'absent') return 'done'
  if (at === 'no-memory') return 'no-memory'
  const stall = config.stall ? { S: 1 } : {}
  const words = encodeStruct(CD, to === null ? {} : { ...contextFields(to, pasid), ...stall })
  const what = to === null ? `CD ${pasid} invalid` : `CD ${pasid} to the table at ${hex(BigInt(to.root))}`
  // The word with V goes last, and first where it is cleared.
  const order = to === null ? [0, 1, 2, 3] : [3, 2, 1, 0]
  return order.every(k => memory.write64(at + k * 8, words[k] ?? 0n, what)) ? 'done' : 'no-memory'
}

/** Guest address of a CD; makes the leaf it lies in where `make` says so. */
function cdAddress(
  memory: GuestMemory,
  { cfg, root }: PasidTable,
  pasid: number,
  make: boolean,
): number | 'absent' | 'no-memory' {
  const leaf = leafLg2(shapeOf(cfg).format)
  if (leaf === null) return root + pasid * CD_BYTES
  const l1 = root + Math.floor(pasid / pow2(leaf)) * L1_BYTES
  const word = memory.read64(l1)
  if (word === null) return 'no-memory'
  const index = (pasid % pow2(leaf)) * CD_BYTES
  if (structField(L1CD, [word], 'V') === 1n) return Number(structField(L1CD, [word], 'L2Ptr')) + index
  if (!make) return 'absent'
  const made = memory.take(pow2(leaf) * CD_BYTES)
  if (made < 0) return 'no-memory'
  const [descriptor = 0n] = encodeStruct(L1CD, { V: 1, L2Ptr: made })
  return memory.write64(l1, descriptor, `leaf of ${pow2(leaf)} CDs`) ? made + index : 'no-memory'
}

function entries(
  memory: Pick<GuestMemory, 'read64'>,
  { cfg, root }: PasidTable,
  most: number,
): readonly PasidTableEntry[] {
  const { format, bits } = shapeOf(cfg)
  const leaf = leafLg2(format)
  const found: PasidTableEntry[] = []
  const scan = (base: number, first: number, count: number): void => {
    for (let k = 0; k < count && found.length < most; k++) {
      const entry = entryAt(memory, base + k * CD_BYTES, first + k)
      if (entry !== null) found.push(entry)
    }
  }
  if (leaf === null) scan(root, 0, pow2(bits))
  else
    for (let k = 0; k < pow2(Math.max(0, bits - leaf)); k++) {
      const word = memory.read64(root + k * L1_BYTES) ?? 0n
      if (structField(L1CD, [word], 'V') === 1n)
        scan(Number(structField(L1CD, [word], 'L2Ptr')), k * pow2(leaf), pow2(Math.min(leaf, bits)))
    }
  return found
}

function entryAt(
  memory: Pick<GuestMemory, 'read64'>,
  address: number,
  pasid: number,
): PasidTableEntry | null {
  const first = memory.read64(address) ?? 0n
  if (structField(CD, [first], 'V') === 0n) return null
  const words = Array.from({ length: CD.words }, (_, k) => memory.read64(address + k * 8) ?? 0n)
  return { pasid, address, words, layout: CD, root: structField(CD, words, 'TTB0') }
}

export const pasidTables: PasidTables<SmmuConfig> = {
  table,
  alignment: bytesOf,
  pasidBits: ({ cfg }) => shapeOf(cfg).bits,
  set,
  entries,
}
