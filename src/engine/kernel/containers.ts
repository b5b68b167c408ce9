/**
 * Containers of the VFIO type1 driver: groups join them, VFIO_SET_IOMMU gives them one space for all groups, and
 * with the last group that space goes, mappings, pins and charges and all.
 *
 * Source: iommufd facts 7.1, 7.4 and the recordings type1_container, type1_two_groups. Not modelled: mediated
 * devices in a container, sPAPR containers.
 */
import { attachDevice, detachDevice } from './attach'
import { bindingTo } from './bindings'
import { bindDevice, releaseDevice } from './files'
import { setGroup } from './groups'
import { groupMates } from './isolation'
import type { Machine } from './machine'
import { answer, done, type Outcome, refuse } from './outcome'
import { createSpace, destroySpace } from './spaces'
import type { ContainerRecord, GroupRecord } from './state'

/** VFIO_TYPE1_IOMMU and VFIO_TYPE1v2_IOMMU, with what an unmap may cover. */
export const TYPE1 = 1n
export const TYPE1V2 = 3n

export function containerOf(machine: Machine, context: number): Outcome<ContainerRecord> {
  const container = machine.root.containers.get(context)
  return container === undefined ? refuse('container.no-iommu') : answer(container)
}

export function setContainer(machine: Machine, container: ContainerRecord): void {
  machine.update({ containers: new Map(machine.root.containers).set(container.context, container) })
}

const groupsIn = (machine: Machine, context: number): readonly GroupRecord[] =>
  [...machine.root.groups.values()].filter(group => group.container === context)

/** VFIO_GROUP_SET_CONTAINER: every device of the group is the container's from now on, blocked at first. */
export function joinContainer(machine: Machine, group: GroupRecord, context: number): Outcome<null> {
  for (const mate of groupMates(machine, group.group)) {
    if (mate.kind !== 'pci') return refuse('not-modelled-yet', { what: `${mate.kind} in a container` })
    const bound = bindDevice(machine, mate, { fd: group.fd, context, cookie: null })
    if (!bound.ok) return bound
  }
  setGroup(machine, { ...group, container: context })
  const container = machine.root.containers.get(context)
  return container === undefined ? done : attachGroup(machine, group.group, container)
}

/** VFIO_SET_IOMMU: the container's groups are attached to one new space. */
export function setIommu(machine: Machine, context: number, type: bigint): Outcome<null> {
  const groups = groupsIn(machine, context)
  if (groups.length === 0) return refuse('container.no-groups')
  if (machine.root.containers.has(context)) return refuse('container.iommu-set')
  if (type !== TYPE1 && type !== TYPE1V2) return refuse('container.iommu-type', { type })
  const space = createSpace(machine, { context, kind: 'kernel', parent: null, name: 'vfio_iommu' })
  const version = type === TYPE1 ? 1 : 2
  const container = { context, version, space: space.uid, dirtyTracking: false, withoutVaddr: 0 } as const
  setContainer(machine, container)
  for (const { group } of groups) {
    const attached = attachGroup(machine, group, container)
    if (!attached.ok) return attached
  }
  return done
}

function attachGroup(machine: Machine, group: number, container: ContainerRecord): Outcome<null> {
  if (container.withoutVaddr > 0) return refuse('container.no-vaddr', { mappings: container.withoutVaddr })
  for (const mate of groupMates(machine, group)) {
    const space = machine.space(container.space)
    const attached = attachDevice(machine, { device: machine.device(mate.name), space, pasid: null })
    if (!attached.ok) return attached
  }
  return done
}

/** VFIO_GROUP_UNSET_CONTAINER, or the group's last file is gone. The last group takes the space along. */
export function leaveContainer(machine: Machine, group: GroupRecord): void {
  const context = group.container
  if (context === null) return
  const container = machine.root.containers.get(context)
  const mates = groupMates(machine, group.group)
  if (container !== undefined)
    for (const mate of mates.toReversed())
      detachDevice(machine, {
        device: machine.device(mate.name),
        space: machine.space(container.space),
        pasid: null,
      })
  setGroup(machine, { ...group, container: null })
  if (container !== undefined && groupsIn(machine, context).length === 0) dropIommu(machine, container)
  for (const mate of mates)
    if (bindingTo(machine.device(mate.name), context)?.fd === group.fd)
      releaseDevice(machine, mate.name, context)
}

function dropIommu(machine: Machine, container: ContainerRecord): void {
  const containers = new Map(machine.root.containers)
  containers.delete(container.context)
  machine.update({ containers })
  destroySpace(machine, machine.space(container.space))
}
