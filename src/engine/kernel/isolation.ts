/** Whether a group of devices may be handed to a user, and where it stands as a whole. */
import { GROUP_RULES, type GroupRule, HARMLESS_DRIVERS, USER_DRIVER } from './isolation.data'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { DeviceRecord } from './state'

const PARTIAL_LIST: GroupRule = { waits: true, viability: false, routes: 'complete' }

/** The rule of the knob `group`; a dialect without the knob goes by a list of partial devices. */
export function groupRule(machine: Machine): GroupRule {
  return GROUP_RULES[machine.policy.group ?? ''] ?? PARTIAL_LIST
}

/** Devices that the platform cannot isolate from each other, in order of creation. */
export function groupMates(machine: Machine, group: number): readonly DeviceRecord[] {
  return [...machine.root.devices.values()].filter(device => device.hw.group === group)
}

/** True once a device of the group is bound: its DMA is blocked, or translated by a space, and nothing else. */
export function inSecurityContext(machine: Machine, group: number): boolean {
  return groupMates(machine, group).some(mate => mate.bindings.length > 0)
}

/** The first bind of a group: every mate is the user's, has no driver, or one that does no DMA (R28). */
export function requireViable(machine: Machine, device: DeviceRecord): Outcome<null> {
  const { group } = device.hw
  if (!groupRule(machine).viability || inSecurityContext(machine, group)) return answer(null)
  const mate = groupMates(machine, group).find(one => !isHarmless(one))
  return mate === undefined
    ? answer(null)
    : refuse('group.not-viable', { mate: mate.name, group, driver: mate.driver })
}

/** True for a device that is the user's, or that no driver has which may do DMA for the host. */
export const isHarmless = ({ driver }: DeviceRecord): boolean =>
  driver === USER_DRIVER || HARMLESS_DRIVERS.includes(driver)

/** Tells that a group has entered or left its security context, where there is such a thing. */
export function tellGroup(machine: Machine, group: number): void {
  if (!groupRule(machine).viability) return
  const state = inSecurityContext(machine, group) ? 'blocked' : 'default'
  machine.emit({ kind: 'group', actor: 'kernel', id: group, state, waiting: [] })
}
