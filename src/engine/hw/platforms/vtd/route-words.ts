/**
 * What a route says, as the words of the entry that decides: a legacy context entry or a PASID entry
 * (VT-d 9.3, 9.6; values as Linux sets them).
 */
import { assert, InvariantError, unreachable } from '../../../bits'
import type { TableRef } from '../../../pt'
import type { HwDevice, RouteTarget } from '../../contract'
import { encodeStruct, type FieldValues } from '../../struct'
import { awOf, guestWidth, type VtdConfig } from './config'
import { FIRST_STAGE } from './first-stage'
import { LEGACY_CONTEXT, PASID_ENTRY, PGTT, TT } from './structures.data'

export function routeWords(config: VtdConfig, device: HwDevice, to: RouteTarget): bigint[] {
  const scalable = config.mode === 'scalable'
  if (to === 'blocked') return encodeStruct(scalable ? PASID_ENTRY : LEGACY_CONTEXT, {})
  return scalable ? pasidEntry(config, to) : legacyContext(config, device, to)
}

type Routed = Exclude<RouteTarget, 'blocked'>

function legacyContext(config: VtdConfig, device: HwDevice, to: Routed): bigint[] {
  if (to.kind === 'passthrough')
    return encodeStruct(LEGACY_CONTEXT, { P: 1, TT: TT.passThrough, AW: widestAw(config), DID: to.domain })
  assert('tables' in to && to.kind !== 'nested' && to.kind !== 'pasid-table', 'legacy mode has one stage')
  const common = { P: 1, SSPTPTR: rootOf(to.tables), AW: awOf(config.levels), DID: to.domain }
  return encodeStruct(LEGACY_CONTEXT, { ...common, TT: device.ats ? TT.secondAts : TT.second })
}

const widestAw = (config: VtdConfig): number => awOf((guestWidth(config) - 12) / 9)

function pasidEntry(config: VtdConfig, to: Routed): bigint[] {
  const common = { P: 1, DID: to.domain, PWSNP: 1 }
  switch (to.kind) {
    case undefined:
    case 'second':
      return encodeStruct(PASID_ENTRY, {
        ...common,
        PGTT: PGTT.second,
        ...secondFields(config, to),
      })
    case 'first':
      return encodeStruct(PASID_ENTRY, { ...common, PGTT: PGTT.first, AW: 2, ...firstFields(to.table) })
    case 'nested': {
      const stages = { ...secondFields(config, to), ...firstFields(to.guest) }
      return encodeStruct(PASID_ENTRY, { ...common, PGTT: PGTT.nested, PGSNP: 1, ...stages })
    }
    case 'pasid-table':
      throw new InvariantError("the PASID table of VT-d is the kernel's")
    case 'passthrough':
      return encodeStruct(PASID_ENTRY, { ...common, PGTT: PGTT.passThrough, AW: widestAw(config) })
    default:
      return unreachable(to)
  }
}

function secondFields(
  config: VtdConfig,
  { tables, dirty = true }: { readonly tables: readonly TableRef[]; readonly dirty?: boolean },
): FieldValues {
  const SSADE = config.accessedDirty && dirty ? 1 : 0
  return { AW: awOf(config.levels), SSPTPTR: rootOf(tables), SSADE }
}

function rootOf(tables: readonly TableRef[]): number {
  const [table] = tables
  assert(table !== undefined && tables.length === 1, 'a VT-d device is routed to one table')
  return table.root
}

function firstFields({ format, cfg, root }: TableRef): FieldValues {
  assert(format === FIRST_STAGE, `a first stage is ${FIRST_STAGE}, not ${format}`)
  const set = (name: string) => (cfg[name] === true ? 1 : 0)
  return { FSPTPTR: root, FSPM: cfg.levels === 5 ? 1 : 0, EAFE: set('eafe'), NXE: set('nxe') }
}
