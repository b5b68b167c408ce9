/** The machine where it stands, as plain data: spaces, devices, accounting. */

import { pinnedPages } from '../kernel/accounting'
import { areasMeeting, EVERY_PAGE } from '../kernel/areas'
import type { Machine } from '../kernel/machine'
import { addressOf, type DeviceRecord, lastByteOf, permText, type SpaceRecord, TREE } from '../kernel/state'
import { isWalked } from '../kernel/tables'
import type { AreaView, DeviceView, SpaceView, StateView } from './contract'

export function stateView(machine: Machine): StateView {
  const { spaces, devices, contexts } = machine.root
  return {
    addressSpaces: [...spaces.values()].sort(byOrder).map(space => spaceView(machine, space)),
    devices: [...devices.values()].sort(byOrder).map(device => deviceView(machine, device)),
    accounting: {
      pinnedPages: pinnedPages(machine),
      accountedPages: machine.root.accountedPages,
      prereg: [...contexts.values()].sort(byOrder).flatMap(context => registeredRanges(machine, context.uid)),
    },
  }
}

function byOrder(a: { order: number }, b: { order: number }): number {
  return a.order - b.order
}

function spaceView(machine: Machine, space: SpaceRecord): SpaceView {
  return {
    id: space.id,
    name: space.name,
    kind: space.kind,
    parent: space.parent === null ? null : machine.space(space.parent).id,
    nesting:
      space.parent === null ? null : !isWalked(space) && space.pasidTable === null ? 'software' : 'hardware',
    attachments: space.attachments,
    areas: areaViews(machine, space),
  }
}

export function areaViews(machine: Machine, space: SpaceRecord): readonly AreaView[] {
  return areasMeeting(machine, space.uid, EVERY_PAGE).map(area => ({
    iova: addressOf(area.first),
    last: lastByteOf(area.last),
    target: addressOf(area.target),
    perm: permText(area.perm),
  }))
}

function deviceView(machine: Machine, device: DeviceRecord): DeviceView {
  const { name, path, rid } = device
  const [binding] = device.bindings
  return {
    name,
    path,
    rid,
    group: device.hw.group,
    bound: binding === undefined ? null : (machine.root.contexts.get(binding.context)?.fd ?? null),
    attachments: device.attachments.map(at => ({ space: machine.space(at.space).id, pasid: at.pasid })),
  }
}

export function registeredRanges(
  machine: Machine,
  context: number,
): readonly { vaddr: bigint; size: bigint }[] {
  const found: { vaddr: bigint; size: bigint }[] = []
  const { ranges } = machine.bulk
  ranges.forEachIn(TREE.prereg(context), EVERY_PAGE.first, EVERY_PAGE.last, slot => {
    const first = ranges.first(slot)
    found.push({ vaddr: addressOf(first), size: addressOf(ranges.last(slot) - first + 1) })
  })
  return found
}
