/**
 * Whether DMA snoops the processor caches: what the device asks for, and what the IOMMU makes of it.
 *
 * Source: v2 1.5 (the four boxes), R28. Not modelled: processor caches themselves, so that DMA which does not snoop
 * moves the same bytes; page-granular control; a hint at the attach that a device makes no use of it.
 */
import type { TableSpec } from '../hw'
import { attachableParent } from './lineage'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { DeviceRecord, SpaceRecord } from './state'
import { capsFor, stageOf } from './table-stage'
import { isWalked } from './tables'

/** `auto`: on where the IOMMU of the device can, the policy before there was a choice. */
export type SnoopWish = 'off' | 'on' | 'auto'

/**
 * 1: enforced on a device that could do otherwise. 2: enforced, and needless. 3: DMA may be incoherent. 4: not
 * enforced, and needless.
 */
export type SnoopBox = 1 | 2 | 3 | 4

const canEnforce = (machine: Machine, device: DeviceRecord, pasid: number | null): boolean =>
  capsFor(machine, device, pasid).enforceSnoop

/** The space whose table of the kernel decides: its own, or for a table of the user the one below it. */
function deciding(machine: Machine, space: SpaceRecord): SpaceRecord {
  const users = isWalked(space) || space.pasidTable !== null
  const parent = users ? attachableParent(machine, space) : null
  return parent === null ? space : machine.space(parent)
}

/** For requests with a PASID, or (null) without. */
function enforcesSnoop(
  machine: Machine,
  device: DeviceRecord,
  space: SpaceRecord,
  pasid: number | null = null,
): boolean {
  return deciding(machine, space).snoop !== 'off' && canEnforce(machine, device, pasid)
}

/** Refuses a device whose IOMMU cannot keep what the space promises (v2 1.5, R28). */
export function snoopAllows(
  machine: Machine,
  device: DeviceRecord,
  space: SpaceRecord,
  pasid: number | null,
): Outcome<null> {
  if (space.snoop !== 'on' || enforcesSnoop(machine, device, space, pasid)) return answer(null)
  return refuse('attach.snoop', { device: device.name, ioasid: space.id })
}

/** The box of a device's DMA through a space; attached to nothing (null) it reaches no memory at all. */
export function snoopBox(
  machine: Machine,
  device: DeviceRecord,
  space: SpaceRecord,
  pasid: number | null = null,
): SnoopBox {
  if (enforcesSnoop(machine, device, space, pasid)) return device.noSnoop ? 1 : 2
  return device.noSnoop ? 3 : 4
}

export const isCoherent = (box: SnoopBox): boolean => box !== 3

/** The tables of a space that a device needs: such as make its DMA snoop, where the space asks for that. */
export function tableSpecs(
  machine: Machine,
  device: DeviceRecord,
  space: SpaceRecord,
  pasid: number | null,
): readonly TableSpec[] {
  const { platform } = machine
  const specs = platform.tablesFor(machine.hwConfig, device.hw, stageOf(machine, device, pasid))
  if (space.snoop === 'off' || !canEnforce(machine, device, pasid) || platform.snooping === undefined)
    return specs
  const { snooping } = platform
  return specs.map(spec => snooping(spec))
}
