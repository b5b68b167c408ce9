/**
 * What the proposals' calls on a device and on the virtual machine come down to. A device that may be bound to
 * several contexts says in `fd` which is meant; with one it may leave that out.
 */
import { type AttachRequest, attachDevice, detachDevice, unflagged } from '../kernel/attach'
import { type bindDevice, findContext, requireBound } from '../kernel/files'
import { enableTranslation, hasCapability, mapCpuPasid, unmapCpuPasid } from '../kernel/kvm'
import { attachableParent } from '../kernel/lineage'
import { answer, type Outcome, refuse } from '../kernel/outcome'
import { pasidReportOf } from '../kernel/pasids'
import { findSpace } from '../kernel/spaces'
import type { DeviceRecord, SpaceRecord } from '../kernel/state'
import { finish, returns } from './call-results'
import type { Call, CallResult, Lowering } from './contract'
import { ATTACH_PASID } from './proposal-words.data'

export function deviceOf(call: Call): DeviceRecord {
  return call.machine.device(call.file.device ?? '')
}

/** Binds by the rule of the dialect: `bindDevice` to one context, `bindBeside` to several. */
export const bindBy =
  (rule: typeof bindDevice): Lowering =>
  call => {
    const context = findContext(call.machine, call.args.value('fd'))
    if (!context.ok) return context
    const wish = { fd: call.fd, context: context.value, cookie: call.args.given('cookie') }
    return finish(rule(call.machine, deviceOf(call), wish))
  }

/** The context that a call on a device means: the one in `fd`, else the only one it is bound to. */
export function boundContext(call: Call): Outcome<number> {
  const device = deviceOf(call)
  const bound = requireBound(call.machine, device, call.fd)
  if (!bound.ok) return bound
  const [first, ...more] = bound.value
  const fd = call.args.given('fd')
  if (fd === null)
    return more.length === 0
      ? answer(first.context)
      : refuse('bind.which', { device: device.name, count: bound.value.length })
  const context = findContext(call.machine, fd)
  if (!context.ok) return context
  const found = bound.value.some(binding => binding.context === context.value)
  return found ? context : refuse('bind.other-context', { device: device.name, fd })
}

/** The device of the call, bound, and the space it names in the context it is bound to. */
function attachment(call: Call): Outcome<AttachRequest> {
  const context = boundContext(call)
  if (!context.ok) return context
  const space = findSpace(call.machine, context.value, call.args.value('ioasid'))
  if (!space.ok) return space
  const flags = call.args.value('flag')
  if ((flags & ~ATTACH_PASID) !== 0n) return refuse('attach.flags', { flags })
  if (call.machine.policy['pasid-routing'] === 'by-child') return byChild(call, space.value)
  const pasid = flags & ATTACH_PASID ? call.args.value('user_pasid') : null
  return answer({ device: deviceOf(call), space: space.value, pasid })
}

/** The place of the space says how it is reached: a child by the PASID given, a root without; no flag is needed. */
function byChild(call: Call, space: SpaceRecord): Outcome<AttachRequest> {
  const given = call.args.given('user_pasid')
  const child = attachableParent(call.machine, space) !== null || space.kind === 'sva'
  if (child !== (given !== null))
    return refuse('attach.by-child', { ioasid: space.id, place: child ? 'child' : 'root' })
  return answer({ device: deviceOf(call), space, pasid: given })
}

export const attach: Lowering = call => {
  const found = attachment(call)
  return found.ok ? finish(attachDevice(call.machine, found.value)) : found
}

export const detach: Lowering = call => {
  const found = attachment(call)
  if (!found.ok) return found
  const { device, space, pasid } = found.value
  const which = pasid === null ? unflagged(device, space) : answer(pasid)
  return which.ok ? finish(detachDevice(call.machine, { device, space, pasid: which.value })) : which
}

/** The space of a KVM call, in the context whose fd it names. */
function cpuPasidCall(call: Call, act: typeof mapCpuPasid): Outcome<CallResult> {
  const context = findContext(call.machine, call.args.value('ioasid_fd'))
  if (!context.ok) return context
  const space = findSpace(call.machine, context.value, call.args.value('ioasid'))
  if (!space.ok) return space
  const vm = call.file.vm ?? 0
  return finish(act(call.machine, { vm, vpasid: call.args.value('user_pasid'), space: space.value }))
}

/** Whether KVM has a capability: 1 or 0. */
export const checkKvm: Lowering = call => returns(hasCapability(call.machine, call.args.value('cap')) ? 1 : 0)

export const enableKvm: Lowering = call =>
  finish(enableTranslation(call.machine, call.file.vm ?? 0, call.args.value('cap')))

/** What a bound device says of itself: capabilities, how its PASIDs are virtualized, whether it may not snoop. */
export const deviceSays: Lowering = call => {
  const device = deviceOf(call)
  const bound = requireBound(call.machine, device, call.fd)
  if (!bound.ok) return bound
  const report = pasidReportOf(call.machine, device)
  const flag = (on: boolean | undefined): number => (on === true ? 1 : 0)
  const out = {
    caps: report === null ? [] : [CAP_PASID],
    PASID_DELEGATED: flag(report?.delegated),
    PASID_CPU: flag(report?.cpu),
    PASID_CPU_VIRT: flag(report?.cpuVirt),
    no_snoop: flag(device.noSnoop),
  }
  return answer({ ret: 0, out })
}

/** VFIO_DEVICE_INFO_CAP_PASID. */
export const CAP_PASID = 5

export const mapPasid: Lowering = call => cpuPasidCall(call, mapCpuPasid)
export const unmapPasid: Lowering = call => cpuPasidCall(call, unmapCpuPasid)
