/** What calls of a VFIO container and its groups look at first, whichever file stands for the container. */
import { findFile } from '../kernel/files'
import { deviceInGroup, groupOfFile } from '../kernel/groups'
import { answer, type Outcome, refuse } from '../kernel/outcome'
import type { DeviceRecord, FileRecord, GroupRecord } from '../kernel/state'
import type { Call } from './contract'

/** Bytes of the struct that was passed, `natural` where the flow does not say; refuses less than `least`. */
export function structSize(call: Call, natural: bigint, least: bigint): Outcome<bigint> {
  const size = call.args.given('argsz') ?? natural
  return size < least ? refuse('type1.argsz', { argsz: size, least }) : answer(size)
}

/** The group of the call's file, in no container yet, and the context that it is to join by a file of that kind. */
export function joining(
  call: Call,
  kind: FileRecord['kind'],
): Outcome<{ readonly group: GroupRecord; readonly context: number }> {
  const { machine, args } = call
  const fd = args.value('container')
  const file = findFile(machine, fd)
  if (!file.ok) return file
  const group = groupOfFile(machine, call.file)
  if (group.container !== null) return refuse('vfio-group.container-set', { group: group.group })
  const { context, path } = file.value
  if (file.value.kind !== kind || context === null) return refuse('container.bad-file', { fd, file: path })
  return answer({ group, context })
}

/** The device of the group that the call names, which has to be in a container. */
export function deviceNamed(call: Call): Outcome<{
  readonly group: GroupRecord
  readonly device: DeviceRecord
  readonly container: number
  readonly name: string
}> {
  const { machine, args } = call
  const group = groupOfFile(machine, call.file)
  const name = String.fromCharCode(...(args.bytes('name') ?? []))
  const device = deviceInGroup(machine, group, name)
  if (!device.ok) return device
  const { container } = group
  if (container === null) return refuse('vfio-group.no-container', { group: group.group })
  return answer({ group, device: device.value, container, name })
}
