/** What every format shares once its data is written down: decoding from geometry and fields. */
import { type BitField, decodeFields, hi32, lo32, u64 } from '../bits'
import type { Entry, FormatSource, Geometry, PtConfig, PtFormat } from './contract'
import { type Item, isPresent, kindOf, leafShift, outputOf, permOf, reservedBits, tableOf } from './item'

/** A format from its source. Geometries are worked out once per configuration object. */
export function defineFormat(source: FormatSource): PtFormat {
  const known = new WeakMap<PtConfig, Geometry>()
  const geometry = (cfg: PtConfig): Geometry => {
    const found = known.get(cfg) ?? source.geometry(cfg)
    known.set(cfg, found)
    return found
  }
  const decode = (value: bigint, level: number, cfg: PtConfig): Entry =>
    decodeEntry({ ...source, geometry }, { value, level, cfg })
  return { ...source, geometry, decode }
}

function decodeEntry(source: FormatSource, at: { value: bigint; level: number; cfg: PtConfig }): Entry {
  const { value, level, cfg } = at
  const geometry = source.geometry(cfg)
  const item: Item = { lo: lo32(value), hi: hi32(value) }
  const kind = kindOf(geometry, level, item)
  const fields = decodeFields(value, source.fields(level, cfg, kind))
  if (!isPresent(geometry, item))
    return { kind: 'empty', address: null, perm: 0, pageLg2: null, reserved: 0n, fields }
  const bits = reservedBits(geometry, level, item)
  const reserved = u64(bits.lo, bits.hi)
  return {
    kind: reserved === 0n ? kind : 'malformed',
    address: BigInt(kind === 'leaf' ? outputOf(geometry, level, item) : tableOf(geometry, item)),
    perm: permOf(geometry, item),
    pageLg2: kind === 'leaf' ? 12 + leafShift(geometry, level, item) : null,
    reserved,
    fields,
  }
}

/** A number of a configuration, or its default. */
export function numberIn(cfg: PtConfig, key: string, standard: number): number {
  const value = cfg[key]
  return typeof value === 'number' ? value : standard
}

/** A switch of a configuration, or its default. */
export function flagIn(cfg: PtConfig, key: string, standard: boolean): boolean {
  const value = cfg[key]
  return typeof value === 'boolean' ? value : standard
}

/** Bits `high`..`low`, both inclusive. */
export const bitRange = (high: number, low: number): bigint =>
  high < low ? 0n : ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low)

/** A field of one bit. */
export const bitField = (n: number, name: string, doc: string): BitField => ({ name, high: n, low: n, doc })

export const bit = (n: number): bigint => 1n << BigInt(n)
