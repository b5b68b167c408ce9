/** The structures that decide about a stream's requests, in the order the hardware reads them. */
import { hex, pow2 } from '../../../bits'
import type { ConfigRow, HwContext, HwDevice } from '../../contract'
import { readStruct } from '../../memory-struct'
import { encodeStruct, labelStruct, type StructLayout, structField } from '../../struct'
import { l1At, steAt } from './entries'
import { CD_BYTES, L1_BYTES, leafLg2 } from './pasid-table-format'
import { routesOf, type SmmuState } from './state'
import {
  CD,
  CONFIG,
  L1CD,
  L1STD,
  SID_BITS,
  SPLIT,
  STE,
  STRTAB_BASE,
  STRTAB_BASE_CFG,
} from './structures.data'

/** The registers that say where the stream table is and what shape it has. */
export function smmuRegisters(_ctx: HwContext, { config, streamTable }: SmmuState): readonly ConfigRow[] {
  const two = config.streamTable === 'two-level'
  return [
    register(STRTAB_BASE, { ADDR: streamTable }),
    register(STRTAB_BASE_CFG, { LOG2SIZE: SID_BITS, SPLIT: two ? SPLIT : 0, FMT: two ? 1 : 0 }),
  ]
}

function register(layout: StructLayout, values: Record<string, number>): ConfigRow {
  const words = encodeStruct(layout, values)
  return { struct: layout.name, hpa: null, words, fields: labelStruct(layout, words), layout }
}

export function describeSmmu(ctx: HwContext, state: SmmuState, device: HwDevice): readonly ConfigRow[] {
  const at = l1At(state, device.rid)
  const l1 = at === null ? [] : [rowAt(ctx, L1STD, at)]
  const [top] = l1
  if (top !== undefined && field(top, 'Span') === 0n) return l1
  const table = top === undefined ? 0 : Number(field(top, 'L2Ptr'))
  const ste = rowAt(ctx, STE, steAt(state, table, device.rid))
  return [...l1, ste, ...contextRows(ctx, state, device.rid, ste)]
}

/** CDs of the kernel's, one a substream; those of a guest are told by its PASID table. */
function contextRows(ctx: HwContext, state: SmmuState, rid: number, ste: ConfigRow): readonly ConfigRow[] {
  if (Number(field(ste, 'Config')) !== CONFIG.stage1) return []
  const leaf = leafLg2(Number(field(ste, 'S1Fmt')))
  const root = Number(field(ste, 'S1ContextPtr'))
  const ssids = routesOf(state, rid).flatMap(({ pasid, to }) => (to.kind === 'first' ? [pasid ?? 0] : []))
  return ssids
    .sort((a, b) => a - b)
    .flatMap(ssid => {
      const port = `SubstreamID ${hex(ssid)}`
      if (leaf === null) return [{ ...rowAt(ctx, CD, root + ssid * CD_BYTES), port }]
      const l1 = rowAt(ctx, L1CD, root + Math.floor(ssid / pow2(leaf)) * L1_BYTES)
      const cd = Number(field(l1, 'L2Ptr')) + (ssid % pow2(leaf)) * CD_BYTES
      return [l1, { ...rowAt(ctx, CD, cd), port }]
    })
}

function rowAt(
  ctx: HwContext,
  layout: StructLayout,
  hpa: number,
): ConfigRow & { readonly layout: StructLayout } {
  const words = readStruct(ctx, layout, hpa)
  return { struct: layout.name, hpa, words, fields: labelStruct(layout, words), layout }
}

const field = ({ layout, words }: ConfigRow, name: string): bigint =>
  layout === undefined ? 0n : structField(layout, words, name)
