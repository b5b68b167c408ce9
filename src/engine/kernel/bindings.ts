/** To which contexts a device is bound, and under which numbers of the user. */
import type { Machine } from './machine'
import type { Binding, DeviceRecord } from './state'

/** The device's bind to a context, or null. */
export function bindingTo(device: DeviceRecord, context: number): Binding | null {
  return device.bindings.find(binding => binding.context === context) ?? null
}

/** What was bound through the open file of an fd, whichever of its fds that was (dup). */
export function boundThrough(machine: Machine, device: DeviceRecord, fd: number): readonly Binding[] {
  const { files } = machine.root
  const file = files.get(fd)
  return device.bindings.filter(one => one.fd === fd || (file !== undefined && files.get(one.fd) === file))
}

/** The user's number for a device in a context; null where it is not bound there, or without one. */
export function cookieOf(device: DeviceRecord, context: number): bigint | null {
  return bindingTo(device, context)?.cookie ?? null
}

/** The device that a number stands for in a context, or null. */
export function deviceWithCookie(machine: Machine, context: number, cookie: bigint): DeviceRecord | null {
  return [...machine.root.devices.values()].find(device => cookieOf(device, context) === cookie) ?? null
}
