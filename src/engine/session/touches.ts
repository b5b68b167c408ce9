/**
 * What a step touched: objects it made, changed, removed or used for DMA, and the addresses it mapped,
 * unmapped, pinned or accessed. A refused call touches nothing.
 * Told from the step's events, and from the records it replaced.
 */
import type { Machine } from '../kernel/machine'
import type { Root } from '../kernel/state'
import type { MachineEvent } from '../trace/events'
import { eventObjects } from './event-objects'
import { replacedObjects } from './numbered-scene'
import { contextObjectId, deviceObjectId, spaceObjectId } from './object-ids'
import { type Scene, sceneOf } from './scene'
import { type TouchedRanges, touchedRanges } from './touched-ranges'

export interface Touches extends TouchedRanges {
  /** Names as in object-ids.ts. */
  readonly objects: ReadonlySet<string>
}

/** Call it while the machine stands as the step left it. */
export function touchesOf(machine: Machine, before: Root, events: readonly MachineEvent[]): Touches {
  const scene = sceneOf(before, machine.root, events)
  const objects = new Set(replacedRecords(scene))
  for (const event of events)
    if (event.kind !== 'call') for (const id of eventObjects(event, scene)) objects.add(id)
  return { objects, ...touchedRanges(machine, scene, events) }
}

function replacedRecords(scene: Scene): string[] {
  const { before, after } = scene
  return [
    ...replaced(before.spaces, after.spaces).map(spaceObjectId),
    ...replaced(before.contexts, after.contexts).map(contextObjectId),
    ...replaced(before.devices, after.devices).map(deviceObjectId),
    ...replaced(before.contexts, after.contexts).flatMap(uid => replacedObjects(scene, uid)),
  ]
}

function replaced<K, V>(before: ReadonlyMap<K, V>, after: ReadonlyMap<K, V>): K[] {
  if (before === after) return []
  const keys = new Set([...before.keys(), ...after.keys()])
  return [...keys].filter(key => before.get(key) !== after.get(key))
}
