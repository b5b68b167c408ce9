/**
 * GCR3 tables (specification 2.2.6.3): from a PASID to the root of a guest table, through pages of 512 entries, in the
 * kernel's memory or in a guest's. Level n looks at 9 bits of the PASID from bit 9n up.
 */
import { hex, pow2 } from '../../../bits'
import type { TableRef } from '../../../pt'
import type {
  GuestMemory,
  HwContext,
  HwDevice,
  PasidTable,
  PasidTableEntry,
  PasidTables,
  PasidTableWish,
} from '../../contract'
import { allocFrames, readStruct, writeStruct } from '../../memory-struct'
import { encodeStruct, structField } from '../../struct'
import { type AmdConfig, GCR3_TABLE, pasidBitsOf } from './config'
import { GCR3 } from './structures.data'

const INDEX_LG2 = 9
const PAGE_BYTES = 4096

/** GLX: levels less one. */
export const glxFor = (pasidBits: number): number => Math.max(0, Math.ceil(pasidBits / INDEX_LG2) - 1)

export const coveredBy = (glx: number): number => pow2(INDEX_LG2 * (glx + 1))

/** Byte offset of a PASID's entry in a table of a level. */
export const offsetAt = (pasid: number, level: number): number =>
  (Math.floor(pasid / pow2(INDEX_LG2 * level)) % 512) * 8

const glxOf = ({ cfg }: Omit<PasidTable, 'root'>): number => Number(cfg.glx)

const configs = new Map<number, { readonly glx: number }>()

function configFor(glx: number): { readonly glx: number } {
  const cfg = configs.get(glx) ?? { glx }
  configs.set(glx, cfg)
  return cfg
}

/** Writes the kernel's entry of a PASID; tables in between are made as far as they are missing. */
export function writeGcr3(
  ctx: HwContext,
  table: { readonly root: number; readonly glx: number },
  pasid: number,
  to: TableRef | null,
): void {
  let hpa = table.root
  for (let level = table.glx; level > 0; level--) {
    const at = hpa + offsetAt(pasid, level)
    const words = readStruct(ctx, GCR3, at)
    if (structField(GCR3, words, 'V') === 0n)
      writeStruct(ctx, GCR3, at, encodeStruct(GCR3, { V: 1, ADDR: allocFrames(ctx, 1) }))
    hpa = Number(structField(GCR3, readStruct(ctx, GCR3, at), 'ADDR'))
  }
  writeStruct(
    ctx,
    GCR3,
    hpa + offsetAt(pasid, 0),
    encodeStruct(GCR3, to === null ? {} : { V: 1, ADDR: to.root }),
  )
}

function table(
  config: AmdConfig,
  device: HwDevice | null,
  wish: PasidTableWish,
): Omit<PasidTable, 'root'> | { readonly problem: string } {
  const most = pasidBitsOf(config, device)
  if (most === null) return { problem: 'the device has no PASIDs' }
  if (wish.format !== null && wish.format !== GCR3_TABLE)
    return { problem: `${wish.format} is not a format of AMD-Vi: ${GCR3_TABLE}` }
  const bits = wish.pasidBits ?? most
  if (bits < 1 || bits > most)
    return { problem: `a GCR3 table takes 1 to ${most} bits of PASID, not ${bits}` }
  return { format: GCR3_TABLE, cfg: configFor(glxFor(bits)) }
}

function set(
  _config: AmdConfig,
  memory: GuestMemory,
  of: PasidTable,
  { pasid, to }: { readonly pasid: number; readonly to: TableRef | null },
): 'done' | 'no-memory' {
  let at = of.root
  for (let level = glxOf(of); level > 0; level--) {
    const place = at + offsetAt(pasid, level)
    const word = memory.read64(place)
    if (word === null) return 'no-memory'
    if ((word & 1n) === 0n && to === null) return 'done'
    const next = (word & 1n) === 0n ? memory.take(PAGE_BYTES) : Number(structField(GCR3, [word], 'ADDR'))
    if (next < 0) return 'no-memory'
    const [entry = 0n] = encodeStruct(GCR3, { V: 1, ADDR: next })
    if (!memory.write64(place, entry, `GCR3 table of level ${level - 1}`)) return 'no-memory'
    at = next
  }
  const [entry = 0n] = encodeStruct(GCR3, to === null ? {} : { V: 1, ADDR: to.root })
  const what =
    to === null ? `GCR3[${pasid}] invalid` : `GCR3[${pasid}] to the table at ${hex(BigInt(to.root))}`
  return memory.write64(at + offsetAt(pasid, 0), entry, what) ? 'done' : 'no-memory'
}

function entries(
  memory: Pick<GuestMemory, 'read64'>,
  of: PasidTable,
  most: number,
): readonly PasidTableEntry[] {
  const found: PasidTableEntry[] = []
  const scan = (base: number, level: number, first: number): void => {
    for (let k = 0; k < 512 && found.length < most; k++) {
      const word = memory.read64(base + k * 8) ?? 0n
      if ((word & 1n) === 0n) continue
      const pasid = first + k * pow2(INDEX_LG2 * level)
      const root = structField(GCR3, [word], 'ADDR')
      if (level > 0) scan(Number(root), level - 1, pasid)
      else found.push({ pasid, address: base + k * 8, words: [word], layout: GCR3, root })
    }
  }
  scan(of.root, glxOf(of), 0)
  return found
}

export const pasidTables: PasidTables<AmdConfig> = {
  table,
  alignment: () => PAGE_BYTES,
  pasidBits: of => INDEX_LG2 * (glxOf(of) + 1),
  set,
  entries,
}
