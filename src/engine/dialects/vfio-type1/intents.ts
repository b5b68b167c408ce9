/**
 * The calls of a container by which a VMM gets its will. There is one space, which every group is in: a VMM that
 * wants another one, or nests, has to emulate it in this one, and shadowing a guest's table is all it can do.
 *
 * Source: iommufd facts 7, 8.
 */
import type { Machine } from '../../kernel/machine'
import type { Intents, VmmCall, VmmPlan } from '../contract'

const ONE_SPACE = 'a container has one address space, which its groups are in as a whole'

function onContainer(machine: Machine, uid: number, command: string, fields: VmmCall['fields']): VmmPlan {
  const { context } = machine.space(uid)
  return { calls: [{ fd: machine.root.contexts.get(context)?.fd ?? -1, command, fields }] }
}

const none = (): VmmPlan => ({ noEquivalent: ONE_SPACE })

const OUT_OF_GROUP =
  'a device comes out of its group, which VFIO_GROUP_SET_CONTAINER puts into a container, VFIO_SET_IOMMU after that'
const ANOTHER_CONTAINER =
  'a container is one address space: another one takes another container, whose pages are pinned and charged once more'

export const INTENTS: Intents = {
  own: () => ({ noEquivalent: OUT_OF_GROUP }),
  space: () => ({ noEquivalent: ANOTHER_CONTAINER }),
  free: () => ({ noEquivalent: 'a container goes when its file is closed' }),
  attach: none,
  detach: none,
  isolate: none,
  release: none,
  nest: () => ({ noEquivalent: 'a container takes no table of a user' }),
  bind: () => ({ noEquivalent: 'a container takes no table of a user' }),
  invalidate: () => ({ noEquivalent: "only the kernel's own tables are there, which it flushes itself" }),
  respond: () => ({ noEquivalent: 'a container hands out no page faults' }),
  map: (machine, { space, iova, target, size, perm }) =>
    onContainer(machine, space, 'VFIO_IOMMU_MAP_DMA', { flags: BigInt(perm), vaddr: target, iova, size }),
  unmap: (machine, { space, iova, size }) =>
    onContainer(machine, space, 'VFIO_IOMMU_UNMAP_DMA', { iova, size }),
}
