/**
 * The objects that a file numbers beside its spaces (page tables, virtual IOMMUs, queues), as nodes and edges, and the
 * number by which each is known: `[n]`, in the order of creation. What they are called, and by which field one names
 * another, is the dialect's (`Dialect.objects.types`).
 *
 * Not drawn: objects that only the test driver or the kernel itself knows.
 */
import type { ObjectWords, RefField } from '../dialects/contract'
import {
  type Birth,
  type IoObject,
  objectsOf,
  type PagingObject,
  shownObjects,
  tableKey,
} from '../kernel/iommu'
import type { Machine } from '../kernel/machine'
import type { DeviceRecord, SpaceRecord } from '../kernel/state'
import { deviceObjectId, numberedObjectId, spaceObjectId } from '../session/object-ids'
import type { FlowSession } from '../session/session'
import type { GraphEdge } from './contract'
import { wireText } from './units'

export interface Numbered {
  /** The node that shows it. */
  readonly node: string
  /** uid. */
  readonly context: number
  readonly object: IoObject
  readonly birth: Birth
  readonly words: ObjectWords
}

export class NumberedObjects {
  readonly #all: readonly Numbered[]
  readonly #byNode: ReadonlyMap<string, Numbered>

  constructor({ machine, dialect }: FlowSession) {
    const types = dialect.objects.types ?? {}
    this.#all = [...machine.root.contexts.keys()].flatMap(context =>
      shownObjects(machine, context).flatMap(({ object, birth }): Numbered[] => {
        const words = types[object.type]
        return words === undefined
          ? []
          : [{ node: nodeOf(context, object, birth), context, object, birth, words }]
      }),
    )
    this.#byNode = new Map(this.#all.map(one => [one.node, one]))
  }

  get all(): readonly Numbered[] {
    return this.#all
  }

  /** What a node of the graph shows, or null. */
  at(node: string): Numbered | null {
    return this.#byNode.get(node) ?? null
  }

  /** By the number its file gave out. */
  byId(context: number, id: number): Numbered | null {
    return this.#all.find(one => one.context === context && one.object.id === id) ?? null
  }

  /** `HWPT_PAGING [3]`, or `none`. */
  title(context: number, id: number | null): string {
    const found = id === null ? null : this.byId(context, id)
    return found === null ? 'none' : titleOf(found)
  }
}

export const titleOf = ({ words, birth }: Numbered): string => `${words.title} [${birth.nth}]`

function nodeOf(context: number, object: IoObject, { nth }: Birth): string {
  if (object.type === 'IOAS' || object.type === 'HWPT_NESTED') return spaceObjectId(object.space)
  if (object.type === 'DEVICE') return deviceObjectId(object.device)
  return numberedObjectId(context, nth)
}

/** Those that no space and no device stands for. */
export const standsAlone = ({ node }: Numbered): boolean => node.startsWith('object:')

/** The IOAS's space with this one of its tables; null where the driver keeps no table that hardware walks. */
export function pagingSpace(machine: Machine, context: number, hwpt: PagingObject): SpaceRecord | null {
  const ioas = objectsOf(machine, context, 'IOAS').find(one => one.id === hwpt.ioas)
  const space = ioas === undefined ? undefined : machine.root.spaces.get(ioas.space)
  if (space === undefined || hwpt.table === null) return null
  return { ...space, tables: space.tables.filter(table => table.key === tableKey(hwpt)) }
}

/** What an object's record holds in a field that names another; null where it names none. */
function heldIn(object: IoObject, field: string): number | null {
  const held: unknown = Reflect.get(object, field)
  return typeof held === 'number' ? held : null
}

export interface Reference {
  readonly field: RefField
  /** The field of the call that made it. */
  readonly label: string
  readonly to: Numbered
}

/** What an object refers to, the one it stands under first. */
export function referencesOf(
  objects: NumberedObjects,
  { object, context, words }: Numbered,
): readonly Reference[] {
  return Object.entries(words.refs).flatMap(([field, label]): Reference[] => {
    const id = heldIn(object, field)
    const to = id === null ? null : objects.byId(context, id)
    return to === null ? [] : [{ field: field as RefField, label, to }]
  })
}

/** A device leads to what stands for it, as in the kernel's diagrams; everything else from who holds to who is held. */
export function referenceEdges(objects: NumberedObjects): readonly GraphEdge[] {
  return objects.all.flatMap(one =>
    referencesOf(objects, one).map(({ field, label, to }, at): GraphEdge => {
      const kind = at === 0 ? 'nest' : 'ref'
      const [from, end] = to.object.type === 'DEVICE' ? [to.node, one.node] : [one.node, to.node]
      const id = at === 0 ? `nest:${one.node}` : `ref:${one.node}:${field}`
      return { id, kind, from, to: end, label, dashed: at > 0, mark: '' }
    }),
  )
}

/** To the very table that a device uses, not only to the space it belongs to; null for a device of no numbered file. */
export function tableEdges(
  machine: Machine,
  objects: NumberedObjects,
  device: DeviceRecord,
): readonly GraphEdge[] | null {
  const one = objects.at(deviceObjectId(device.name))
  if (one?.object.type !== 'DEVICE') return null
  const { object, context } = one
  const attached = machine.root.contexts.get(context)?.io.groups.get(object.group) ?? []
  return attached
    .filter(({ devices }) => devices.includes(object.id))
    .flatMap(({ pasid, hwpt }): GraphEdge[] => {
      const table = objects.byId(context, hwpt)
      if (table === null) return []
      const tag = pasid === 0 ? null : pasid
      const rid = device.rid === null ? 'RID' : `RID ${device.rid.replace(/^0000:/, '')}`
      const id = `attach:${one.node}:${table.node}${tag === null ? '' : `:${tag}`}`
      const label = `${rid}${wireText({ pasid: tag, wire: tag })}`
      return [{ id, kind: 'attach', from: one.node, to: table.node, label, dashed: tag !== null, mark: '' }]
    })
}
