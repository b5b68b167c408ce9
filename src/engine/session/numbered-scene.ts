/** Objects that a file numbers (page tables, queues, virtual IOMMUs), looked up around one step by their lasting names. */
import type { GroupAttachment, IoContext, IoObject } from '../kernel/iommu'
import type { Root } from '../kernel/state'
import { numberedObjectId } from './object-ids'
import type { Scene } from './scene'

const roots = ({ before, after }: Scene): readonly Root[] => [before, after]

/** The page table that hardware walks as that table, before the step or after it. */
export function numberedOfTable(scene: Scene, table: number): readonly string[] {
  return unique(
    roots(scene).flatMap(root =>
      [...root.contexts.values()].flatMap(({ uid, io }) =>
        namesOf(uid, io, one => one.type === 'HWPT_PAGING' && one.table?.id === table),
      ),
    ),
  )
}

/** What the kernel and a vIOMMU have under a device's requests with a PASID, or (null) without one. */
export function numberedOfRoute({ before }: Scene, device: string, pasid: number | null): readonly string[] {
  const record = before.devices.get(device)
  const found = (record?.bindings ?? []).flatMap(({ context }) => {
    const io = before.contexts.get(context)?.io
    const at = io?.groups.get(record?.hw.group ?? -1)?.find(one => one.pasid === (pasid ?? 0))
    if (io === undefined || at === undefined) return []
    const under = chainOf(io, at.hwpt)
    return namesOf(context, io, one => under.has(one.id))
  })
  return unique(found)
}

/** A table and what it lies over. */
function chainOf(io: IoContext, id: number): ReadonlySet<number> {
  const chain = new Set<number>()
  for (let object = io.objects.get(id); object !== undefined; ) {
    chain.add(object.id)
    const below =
      object.type === 'HWPT_NESTED' ? object.parent : object.type === 'VIOMMU' ? object.hwpt : null
    object = below === null ? undefined : io.objects.get(below)
  }
  return chain
}

/** Those whose record, or who uses them, is another one after the step. */
export function replacedObjects(scene: Scene, context: number): readonly string[] {
  const [old, now] = roots(scene).map(root => root.contexts.get(context)?.io)
  const ids = new Set([...(old?.objects.keys() ?? []), ...(now?.objects.keys() ?? [])])
  const moved = new Set([...movedTables(old, now), ...movedTables(now, old)])
  const differs = (id: number): boolean => old?.objects.get(id) !== now?.objects.get(id) || moved.has(id)
  const changed = new Set([...ids].filter(differs))
  return unique(
    [old, now].flatMap(io => (io === undefined ? [] : namesOf(context, io, one => changed.has(one.id)))),
  )
}

/** Tables with attachments in `a` that `b` has not in the same way. */
function movedTables(a: IoContext | undefined, b: IoContext | undefined): readonly number[] {
  if (a === undefined || a.groups === b?.groups) return []
  const same = (one: GroupAttachment, group: number): boolean =>
    (b?.groups.get(group) ?? []).some(
      other =>
        other.pasid === one.pasid && other.hwpt === one.hwpt && String(other.devices) === String(one.devices),
    )
  return [...a.groups].flatMap(([group, all]) => all.filter(one => !same(one, group)).map(one => one.hwpt))
}

function namesOf(context: number, io: IoContext, wanted: (object: IoObject) => boolean): readonly string[] {
  return [...io.objects.values()].filter(wanted).flatMap(({ id }) => {
    const birth = io.births.get(id)
    return birth === undefined ? [] : [numberedObjectId(context, birth.nth)]
  })
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)]
