/**
 * What is said of a numbered object: beside its name and in its rows, which the graph shows, and its fields under the
 * kernel's names, which the inspector shows.
 */
import { hex } from '../bits'
import { alignmentOf, type IoObject, pagetableOf } from '../kernel/iommu'
import type { Machine } from '../kernel/machine'
import type { FlowSession } from '../session/session'
import type { GraphRow } from './contract'
import { type Numbered, NumberedObjects, pagingSpace, referencesOf, titleOf } from './numbered'
import { tableNames, tableRows, tableSummary } from './table-rows'
import { addressText, countText, plural, rangeText } from './units'

const row = (label: string, value: string): GraphRow => ({ label, value, mark: '', before: null })
const YES_NO = (yes: boolean): string => (yes ? 'yes' : 'no')

/** `id 3, auto`: the number that calls know it by, and what it was made as. */
export function subtitleOf({ object }: Numbered): string {
  return [`id ${object.id}`, ...traits(object)].join(', ')
}

function traits(object: IoObject): readonly string[] {
  switch (object.type) {
    case 'HWPT_PAGING':
      return [
        object.auto ? 'auto' : 'manual',
        ...(object.nestParent ? ['nest parent'] : []),
        ...(object.dirty ? ['dirty'] : []),
        ...(object.pasid ? ['PASID'] : []),
      ]
    case 'HWPT_NESTED':
      return ['user table', ...(object.pasid ? ['PASID'] : [])]
    case 'VIOMMU':
      return [`type ${hex(object.viommuType)}`]
    case 'VEVENTQ':
      return [`type ${hex(object.queueType)}`]
    case 'HW_QUEUE':
      return [`index ${object.index}`]
    case 'ACCESS':
      return [object.pins ? 'pins pages' : 'copies']
    default:
      return []
  }
}

/** At most four, for the object's box. */
export function boxRows(machine: Machine, one: Numbered, detail: 'full' | 'names'): readonly GraphRow[] {
  const { object, context } = one
  if (object.type !== 'HWPT_PAGING') return ownRows(one)
  const space = pagingSpace(machine, context, object)
  if (space === null) return [row('table', 'kept by the driver')]
  return (detail === 'full' ? tableSummary : tableNames)(machine, space)
}

function ownRows({ object }: Numbered): readonly GraphRow[] {
  switch (object.type) {
    case 'FAULT':
      return [
        row('queued', plural(object.queued.length, 'fault')),
        row('read', `${object.pending.size} unanswered`),
      ]
    case 'VIOMMU':
      return [row('driver', object.driver)]
    case 'VDEVICE':
      return [row('virt_id', addressText(object.virtId))]
    case 'VEVENTQ':
      return [
        row('queued', `${object.queued.length} of ${object.depth}`),
        row('sequence', countText(object.sequence)),
      ]
    case 'ACCESS':
      return [row('pinned', plural(object.items.size, 'range'))]
    default:
      return []
  }
}

/** The fields of the inspector, the references first. */
export function numberedFields(
  session: FlowSession,
  one: Numbered,
): { title: string; rows: readonly GraphRow[] } {
  const objects = new NumberedObjects(session)
  const referred = referencesOf(objects, one).map(({ label, to }) =>
    row(label, `${to.object.id}, ${titleOf(to)}`),
  )
  const users = usersOf(objects, one)
  const rows = [
    row('id', String(one.object.id)),
    ...referred,
    ...recordRows(session.machine, one),
    row('used by', users.join(', ') || 'none'),
  ]
  return { title: titleOf(one), rows }
}

/** Who refers to it. */
export function usersOf(objects: NumberedObjects, one: Numbered): readonly string[] {
  return objects.all
    .filter(other => referencesOf(objects, other).some(({ to }) => to.node === one.node))
    .map(titleOf)
}

function recordRows(machine: Machine, one: Numbered): readonly GraphRow[] {
  const { object, context } = one
  switch (object.type) {
    case 'IOAS': {
      const io = pagetableOf(machine, object)
      return [row('iova_alignment', addressText(alignmentOf(io)))]
    }
    case 'HWPT_PAGING': {
      const space = pagingSpace(machine, context, object)
      return [
        row('auto_domain', YES_NO(object.auto)),
        row('nest_parent', YES_NO(object.nestParent)),
        row('pasid_compat', YES_NO(object.pasid)),
        row('dirty tracking', object.dirty ? (object.tracking ? 'on' : 'off') : 'not allocated for it'),
        row('driver', object.driver),
        row('aperture', rangeText(object.aperture.start, object.aperture.last)),
        row('smallest page', addressText(1n << BigInt(object.granuleLg2))),
        ...(space === null ? [row('table', 'kept by the driver')] : tableRows(machine, space)),
      ]
    }
    case 'HWPT_NESTED':
      return [
        row('pasid_compat', YES_NO(object.pasid)),
        row('driver', object.driver),
        ...object.cache.map((entry, at) => row(`iotlb[${at}]`, hex(entry))),
      ]
    case 'VIOMMU':
      return [row('type', hex(object.viommuType)), row('driver', object.driver)]
    case 'VEVENTQ':
      return [row('type', hex(object.queueType)), row('depth', countText(object.depth)), ...ownRows(one)]
    case 'ACCESS':
      return [
        ...ownRows(one),
        ...[...object.items].map(([item, { first, last }]) => row(`item ${item}`, rangeText(first, last))),
      ]
    case 'FAULT':
      return [
        ...ownRows(one),
        ...object.queued.map(fault =>
          row('fault', `device ${fault.device} at ${addressText(fault.address)}`),
        ),
        ...[...object.pending].map(([cookie, fault]) =>
          row(`cookie ${cookie}`, `device ${fault.device} at ${addressText(fault.address)}`),
        ),
      ]
    default:
      return ownRows(one)
  }
}
