/**
 * The processor's translation of PASIDs: what KVM writes so that ENQCMD of a guest puts the number on the
 * wire that the IOMMU knows.
 *
 * Source: v1 2 (KVM_MAP_PASID), v2 1.4, R40. Not modelled: VMCS and MSR encodings of the table; the
 * processor that has no entry leaves the guest, which is no DMA.
 */
import { deviceType } from './device-types.data'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { CpuPasid, DeviceRecord, SpaceRecord } from './state'

export interface CpuPasidRequest {
  readonly vm: number
  readonly vpasid: bigint
  readonly space: SpaceRecord
}

/** The capability of KVM by which it turns the translation on (v2 2.3). */
export const CAP_PASID_TRANSLATION = 206n

export const hasCapability = (machine: Machine, cap: bigint): boolean =>
  cap === CAP_PASID_TRANSLATION && machine.platform.cpuTranslatesPasids

/** The processor translates the PASIDs of this virtual machine from now on; devices of type 8 open their portals. */
export function enableTranslation(machine: Machine, vm: number, cap: bigint): Outcome<null> {
  if (cap !== CAP_PASID_TRANSLATION) return refuse('kvm.capability', { cap })
  if (!machine.platform.cpuTranslatesPasids) return refuse('kvm.no-translation')
  turnOn(machine, vm)
  return answer(null)
}

/** The first mapping turns it on, too: the sample flow 4.5 makes no other call (ruling). */
function turnOn(machine: Machine, vm: number): void {
  const { translatingVms } = machine.root
  if (translatingVms.includes(vm)) return
  machine.update({ translatingVms: [...translatingVms, vm] })
  const told = { kind: 'field-changed', actor: 'kernel', obj: 'kvm', id: vm } as const
  machine.emit({ ...told, field: 'PASID translation', before: false, after: true })
}

/** Maps a vPASID to the number that a device attached with it uses on the wire. */
export function mapCpuPasid(machine: Machine, request: CpuPasidRequest): Outcome<null> {
  const { vm, vpasid, space } = request
  if (!machine.platform.cpuTranslatesPasids) return refuse('kvm.no-translation')
  const wire = wireAttached(machine, space, vpasid)
  if (wire === null) return refuse('kvm.not-attached', { pasid: vpasid, ioasid: space.id })
  const mapped = cpuPasid(machine, vm, vpasid)
  if (mapped !== null)
    return refuse('kvm.mapped', { pasid: vpasid, ioasid: machine.root.spaces.get(mapped.space)?.id ?? 0 })
  turnOn(machine, vm)
  const entry: CpuPasid = { vm, vpasid: Number(vpasid), wire, space: space.uid }
  machine.update({ cpuPasids: [...machine.root.cpuPasids, entry] })
  tell(machine, entry, null, wire)
  return answer(null)
}

export function unmapCpuPasid(machine: Machine, request: CpuPasidRequest): Outcome<null> {
  const { vm, vpasid, space } = request
  if (!machine.platform.cpuTranslatesPasids) return refuse('kvm.no-translation')
  const entry = cpuPasid(machine, vm, vpasid)
  if (entry === null || entry.space !== space.uid)
    return refuse('kvm.not-mapped', { pasid: vpasid, ioasid: space.id })
  machine.update({ cpuPasids: machine.root.cpuPasids.filter(one => one !== entry) })
  tell(machine, entry, entry.wire, null)
  return answer(null)
}

/** What the processor finds for a vPASID in a virtual machine, or null. */
function cpuPasid(machine: Machine, vm: number, vpasid: bigint): CpuPasid | null {
  return machine.root.cpuPasids.find(one => one.vm === vm && BigInt(one.vpasid) === vpasid) ?? null
}

/**
 * A guest thread runs ENQCMD: answers the device's own name for the PASID that the processor puts on the
 * wire, or that the processor found none and left the guest. A processor that does not translate stores the
 * guest's own number: right for a device of type 7, and why that of type 8 keeps its portal closed.
 */
export function submitWork(machine: Machine, device: DeviceRecord, vpasid: bigint): Outcome<number> {
  const type = deviceType(device.type)
  if (!type.enqcmd) return refuse('enqcmd.unsupported', { device: device.name, type: device.type })
  const translating = machine.root.translatingVms.length > 0
  if (type.host === 'mdev' && !translating) return refuse('enqcmd.portal-closed', { device: device.name })
  const entry = machine.root.cpuPasids.find(one => BigInt(one.vpasid) === vpasid)
  machine.emit({
    kind: 'message',
    actor: 'guest',
    to: 'device',
    what: `ENQCMD, vPASID ${vpasid}`,
    ref: device.name,
  })
  if (!translating) return answer(Number(vpasid))
  if (entry === undefined) return refuse('enqcmd.not-mapped', { pasid: vpasid })
  if (type.host === 'pci') return answer(entry.wire)
  return answer(device.attachments.find(at => at.wire === entry.wire)?.pasid ?? -1)
}

export function dropVm(machine: Machine, vm: number): void {
  const { cpuPasids, translatingVms } = machine.root
  machine.update({
    cpuPasids: cpuPasids.filter(one => one.vm !== vm),
    translatingVms: translatingVms.filter(one => one !== vm),
  })
}

function wireAttached(machine: Machine, space: SpaceRecord, vpasid: bigint): number | null {
  for (const { device, pasid } of space.attachments) {
    if (pasid === null || BigInt(pasid) !== vpasid) continue
    const at = machine.device(device).attachments.find(one => one.space === space.uid && one.pasid === pasid)
    if (at !== undefined) return at.wire
  }
  return null
}

function tell(machine: Machine, entry: CpuPasid, before: number | null, after: number | null): void {
  const field = `vPASID ${entry.vpasid}`
  machine.emit({ kind: 'field-changed', actor: 'kernel', obj: 'kvm', id: entry.vm, field, before, after })
}
