/**
 * One request of a device, on its way to the IOMMU: with the PASID that stands on the wire, or stopped
 * before it, or, for a device mediated in software alone, answered from the areas.
 *
 * Source: R1, R11, R26; v2 1.4.
 */
import type { HwFault, Reference, Translation } from '../hw'
import type { Machine } from './machine'
import { isTranslated, routedTo } from './routing'
import { AreaFlag, type DeviceRecord, pageOf } from './state'
import { eachTranslation } from './translation'

export interface TranslateCall {
  readonly device: DeviceRecord
  /** Bytes, any alignment. */
  readonly address: bigint
  /** The user's number; null for untagged requests. */
  readonly pasid: number | null
  readonly access: 'read' | 'write'
  /** DMA sets bits and fills caches; a question does neither. */
  readonly commit: boolean
  readonly cached: boolean
}

/** What the machine answers. A device nobody bound is not let onto the bus at all (R11). */
export function translate(machine: Machine, call: TranslateCall): Translation {
  const { device } = call
  if (device.bindings.length === 0) return stopped(machine, call, BUS_MASTER_OFF)
  if (!isTranslated(device)) return translateInSoftware(machine, call)
  const pasid = wireOf(device, call.pasid)
  if (pasid === undefined) return stopped(machine, call, NO_WIRE_PASID)
  return machine.platform.translate(machine.hw(), machine.root.hw, { ...call, pasid, device: device.hw })
}

/**
 * The PASID on the wire. A physical function sends whatever its driver says; the driver of a mediated one
 * knows the attached numbers only and sends nothing for another (undefined).
 */
export function wireOf(device: DeviceRecord, pasid: number | null): number | null | undefined {
  if (pasid === null) return device.defaultPasid
  if (device.kind === 'pci') return pasid
  return device.attachments.find(at => at.pasid === pasid)?.wire
}

/** The mediating driver reads the areas itself: no table, no cache, no reference. */
function translateInSoftware(machine: Machine, call: TranslateCall): Translation {
  const uid = call.pasid === null ? routedTo(call.device, null) : null
  if (uid === null) return stopped(machine, call, NOT_ATTACHED)
  const page = pageOf(call.address)
  const need = call.access === 'write' ? AreaFlag.write : AreaFlag.read
  let found: Translation | null = null
  eachTranslation(machine, uid, { first: page, last: page }, (_, host, __, perm) => {
    if ((perm & need) === 0) return
    const output = host * 4096 + Number(call.address & 0xfffn)
    const { domain } = machine.space(uid)
    found = { ok: true, output, perm, pageLg2: 12, domain, references: NO_REFERENCES, cache: 'none' }
  })
  return found ?? stopped(machine, call, NO_AREA)
}

const NO_REFERENCES: readonly Reference[] = []

interface Stop {
  readonly code: string
  readonly name: string
  readonly actor: 'device' | 'kernel'
}

const BUS_MASTER_OFF: Stop = {
  code: 'bus-master-off',
  name: 'the device is unbound: bus mastering is off',
  actor: 'device',
}
const NO_WIRE_PASID: Stop = {
  code: 'pasid-not-attached',
  name: 'the mediating driver knows no such PASID: nothing is sent',
  actor: 'kernel',
}
const NOT_ATTACHED: Stop = {
  code: 'not-attached',
  name: 'the mediated device is attached to no address space',
  actor: 'kernel',
}
const NO_AREA: Stop = { code: 'no-area', name: 'the address space maps nothing there', actor: 'kernel' }

/** A request that never reaches the IOMMU. */
function stopped(machine: Machine, { address, access }: TranslateCall, stop: Stop): Translation {
  const { code, name, actor } = stop
  const told = { code, name, stage: 'config', level: null, access, recoverable: false } as const
  machine.emit({ kind: 'fault', actor, addr: address, ...told })
  const fault: HwFault = { ...told, address, suppressed: false }
  return { ok: false, fault, references: NO_REFERENCES }
}
