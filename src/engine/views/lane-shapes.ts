/** Between which lanes of a sequence chart an event goes, and which neighbours are told as one. */
import { unreachable } from '../bits'
import type { Actor, MachineEvent } from '../trace/events'

/** Events of one sort that follow each other are told in one row; null for those that stand alone. */
export function sortOf(event: MachineEvent): string | null {
  switch (event.kind) {
    case 'table-allocated':
    case 'table-freed':
    case 'entries-written':
      return 'tables'
    case 'reference':
      return `reference ${event.stage}`
    case 'cache':
      return `cache ${event.op}`
    case 'config-written':
    case 'pinned':
    case 'unpinned':
    case 'charged':
    case 'shadowed':
    case 'area-added':
    case 'area-removed':
    case 'guest-wrote':
      return event.kind
    default:
      return null
  }
}

export interface LaneShape {
  /** `arrow` and `reply` go from one lane to another; `self` starts and ends in one; `note` stands beside one. */
  readonly form: 'arrow' | 'reply' | 'self' | 'note'
  readonly from: Actor
  readonly to: Actor
}

const arrow = (from: Actor, to: Actor): LaneShape => ({ form: 'arrow', from, to })
const reply = (from: Actor, to: Actor): LaneShape => ({ form: 'reply', from, to })
const self = (at: Actor): LaneShape => ({ form: 'self', from: at, to: at })
const note = (at: Actor): LaneShape => ({ form: 'note', from: at, to: at })

/** Who acts on whom. The kernel writes tables and structures for the IOMMU to read. */
export function shapeOf(event: MachineEvent): LaneShape {
  switch (event.kind) {
    case 'call':
      return arrow(event.actor, 'kernel')
    case 'return':
      return reply(event.actor, 'vmm')
    case 'table-allocated':
    case 'table-freed':
    case 'entries-written':
    case 'config-written':
    case 'invalidated':
    case 'page-response':
      return arrow('kernel', 'iommu')
    case 'fault':
      return event.actor === 'device' ? self('device') : arrow('iommu', 'kernel')
    case 'page-request':
      return arrow('iommu', 'kernel')
    case 'dma':
      return reply('iommu', 'device')
    case 'message':
      return arrow(event.actor, event.to)
    case 'checked':
    case 'assumed':
    case 'group':
      return note(event.actor)
    case 'object-created':
    case 'object-destroyed':
    case 'field-changed':
    case 'bound':
    case 'unbound':
    case 'routed':
    case 'area-added':
    case 'area-removed':
    case 'pinned':
    case 'unpinned':
    case 'charged':
    case 'shadowed':
    case 'cache':
    case 'reference':
    case 'ad-updated':
    case 'translated':
    case 'guest-wrote':
      return self(event.actor)
    default:
      return unreachable(event)
  }
}
