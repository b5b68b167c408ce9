/**
 * What VFIO's device files take: bind, attach, detach. VFIO turns an attach of what is attached into a replace, and
 * remembers by itself what it attached.
 *
 * Source: iommufd facts 3.1.
 */
import { boundThrough } from '../../kernel/bindings'
import { findFile } from '../../kernel/files'
import { openGroupOf } from '../../kernel/groups'
import { attach, bind, type DeviceObject, detach, deviceObject, putObject, replace } from '../../kernel/iommu'
import { answer, type Outcome, refuse } from '../../kernel/outcome'
import type { DeviceRecord } from '../../kernel/state'
import { type Handler, type Read, returns } from './argument'
import { BIND_TOKEN, DEVICE_PASID } from './constants.data'

const deviceOf = ({ machine, call }: Read): DeviceRecord => machine.device(call.file.device ?? '')

const TOKEN_BYTES = 16

export const bindCall: Handler = read => {
  const { machine, call } = read
  const device = deviceOf(read)
  const flags = read.value('flags')
  const fd = read.value('iommufd')
  if (fd < 0n || flags & ~BIND_TOKEN) return refuse('bind.flags', { flags, fd })
  if (call.file.ofGroup) return refuse('bind.group-file')
  if (openGroupOf(machine, device) !== null)
    return refuse('bind.group-open', { group: device.hw.group, device: device.name })
  if (boundThrough(machine, device, call.fd).length > 0) return refuse('bind.twice', { device: device.name })
  const token = flags & BIND_TOKEN ? judgeToken(read, device) : answer(null)
  if (!token.ok) return token
  const file = findFile(machine, fd)
  if (!file.ok) return file
  const { kind, path, context } = file.value
  if (kind !== 'context' || context === null) return refuse('fd.wrong-file', { fd, file: path })
  if (device.bindings.length > 0) return refuse('bind.twice', { device: device.name })
  const bound = bind(machine, device.name, call.fd, context)
  return bound.ok ? returns({ out_devid: bound.value.id }) : bound
}

/** A device whose functions share no token takes none. */
function judgeToken(read: Read, device: DeviceRecord): Outcome<null> {
  if (read.bytesAt('token_uuid_ptr', TOKEN_BYTES) === null) return refuse('bind.token')
  return refuse('bind.token-value', { device: device.name })
}

/** The device behind a file that was bound. */
function boundDevice(read: Read): Outcome<DeviceObject> {
  const { machine, call } = read
  const record = deviceOf(read)
  const [binding] = boundThrough(machine, record, call.fd)
  const object = binding === undefined ? null : deviceObject(machine, record.name, binding.context)
  return object === null
    ? refuse('bind.before', { device: record.name, command: call.command })
    : answer(object)
}

/** VFIO notes PASIDs as numbers of 31 bits. */
const PASID_NUMBERS = 2 ** 31

interface Place {
  readonly device: DeviceObject
  /** Null: requests without PASID. */
  readonly pasid: number | null
}

/** The device and the PASID of a call, whose struct needs `least` bytes where a PASID is given. */
function placeOf(read: Read, least: number): Outcome<Place> {
  const device = boundDevice(read)
  if (!device.ok) return device
  const flags = read.value('flags')
  const size = Number(read.call.args.given('argsz') ?? read.call.args.given('size') ?? least)
  const tagged = (flags & DEVICE_PASID) !== 0n
  if (flags & ~DEVICE_PASID || (tagged && size < least))
    return refuse('attach.struct', { size, least, flags })
  return answer({ device: device.value, pasid: tagged ? read.number('pasid') : null })
}

export const attachCall: Handler = read => {
  if (read.call.file.ofGroup)
    return refuse('struct.command', { command: read.call.command, file: read.call.file.path })
  const place = placeOf(read, 16)
  if (!place.ok) return place
  const { device, pasid } = place.value
  const { machine, context } = read
  const call = { context, device: device.id, pasid: pasid ?? 0, pt: read.value('pt_id') }
  const had = pasid === null ? device.attached : device.pasids.includes(pasid)
  if (!had && pasid !== null && pasid >= PASID_NUMBERS) return refuse('attach.pasid-number', { pasid })
  const changed = had ? replace(machine, call) : attach(machine, call)
  if (!changed.ok) return changed
  remember(read, pasid, true)
  return returns({ pt_id: changed.value })
}

export const detachCall: Handler = read => {
  if (read.call.file.ofGroup)
    return refuse('struct.command', { command: read.call.command, file: read.call.file.path })
  const place = placeOf(read, 12)
  if (!place.ok) return place
  const { device, pasid } = place.value
  if (pasid === null ? !device.attached : !device.pasids.includes(pasid)) return returns()
  detach(read.machine, read.context, device.id, pasid ?? 0)
  remember(read, pasid, false)
  return returns()
}

/** VFIO's own note of what the device file has attached. */
function remember(read: Read, pasid: number | null, there: boolean): void {
  const { machine, context } = read
  const device = deviceObject(machine, deviceOf(read).name, context)
  if (device === null) return
  const others = device.pasids.filter(one => one !== pasid)
  const pasids = pasid !== null && there ? [...others, pasid] : others
  putObject(machine, context, { ...device, attached: pasid === null ? there : device.attached, pasids })
}
