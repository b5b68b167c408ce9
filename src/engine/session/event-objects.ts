/** Which objects an event is about, by their lasting names; the first is the one a reader would open. */
import { unreachable } from '../bits'
import type { MachineEvent } from '../trace/events'
import { numberedOfRoute, numberedOfTable } from './numbered-scene'
import {
  contextObjectId,
  deviceObjectId,
  groupObjectId,
  IOMMU_ID,
  MEMORY_ID,
  spaceObjectId,
} from './object-ids'
import { contextOfFd, routedSpaces, type Scene, spacesNumbered, spacesOfTable } from './scene'

type Of<K extends MachineEvent['kind']> = Extract<MachineEvent, { kind: K }>

/** Empty for an event about no object: a check, a guess, the return of a call. */
export function eventObjects(event: MachineEvent, scene: Scene): readonly string[] {
  switch (event.kind) {
    case 'call':
      return calledOn(event, scene)
    case 'object-created':
    case 'object-destroyed':
    case 'field-changed':
      return named(event, scene)
    case 'bound':
    case 'unbound':
      return [deviceObjectId(event.device), ...contextIds(scene, event.fd)]
    case 'routed':
      return [deviceObjectId(event.device), ...spaceIds(scene, event.to), ...spaceIds(scene, event.from)]
    case 'group':
      return [groupObjectId(event.id)]
    case 'area-added':
    case 'area-removed':
      return areaObjects(event, scene)
    case 'shadowed':
      return spaceIds(scene, event.child)
    case 'table-allocated':
    case 'table-freed':
    case 'entries-written':
      return tableObjects(event, scene)
    case 'pinned':
    case 'unpinned':
    case 'charged':
    case 'guest-wrote':
      return [MEMORY_ID]
    case 'translated':
      return [IOMMU_ID, deviceObjectId(event.device), ...routeIds(scene, event.device, event.pasid)]
    case 'dma':
      return [deviceObjectId(event.device), MEMORY_ID]
    case 'fault':
      return [event.actor === 'device' ? '' : IOMMU_ID].filter(id => id !== '')
    case 'config-written':
    case 'invalidated':
    case 'cache':
    case 'reference':
    case 'ad-updated':
    case 'page-request':
    case 'page-response':
      return [IOMMU_ID]
    case 'message':
      return messageObjects(event, scene)
    case 'return':
    case 'checked':
    case 'assumed':
      return []
    default:
      return unreachable(event)
  }
}

function spaceIds(scene: Scene, id: number | null): string[] {
  return id === null ? [] : spacesNumbered(scene, id).map(space => spaceObjectId(space.uid))
}

function contextIds(scene: Scene, fd: number): string[] {
  const context = contextOfFd(scene, fd)
  return context === null ? [] : [contextObjectId(context.uid)]
}

function routeIds(scene: Scene, device: string, pasid: number | null): string[] {
  const spaces = routedSpaces(scene, device, pasid).map(space => spaceObjectId(space.uid))
  return [...spaces, ...numberedOfRoute(scene, device, pasid)]
}

function tableObjects(
  { table }: Of<'table-allocated' | 'table-freed' | 'entries-written'>,
  scene: Scene,
): readonly string[] {
  const spaces = spacesOfTable(scene, table).map(space => spaceObjectId(space.uid))
  return [...spaces, ...numberedOfTable(scene, table)]
}

function calledOn({ fd }: Of<'call'>, { before }: Scene): string[] {
  const file = fd === null ? undefined : before.files.get(fd)
  if (file === undefined) return []
  if (file.device !== null) return [deviceObjectId(file.device)]
  return file.context === null ? [] : [contextObjectId(file.context)]
}

function named(event: Of<'object-created' | 'object-destroyed' | 'field-changed'>, scene: Scene): string[] {
  return event.obj.endsWith('_ctx') ? contextIds(scene, event.id) : spaceIds(scene, event.id)
}

/** A root's area names process memory, a child's an address of its parent. */
function areaObjects(event: Of<'area-added' | 'area-removed'>, scene: Scene): string[] {
  const spaces = spacesNumbered(scene, event.space)
  const targets = spaces.map(({ parent }) => (parent === null ? MEMORY_ID : spaceObjectId(parent)))
  return [...spaces.map(space => spaceObjectId(space.uid)), ...targets]
}

/** A device's request names it as `dev1` or `dev1 PASID 0x5`. */
function messageObjects({ ref }: Of<'message'>, scene: Scene): string[] {
  const [name = '', pasid] = ref?.split(' PASID ') ?? []
  if (!scene.before.devices.has(name)) return []
  return [deviceObjectId(name), ...routeIds(scene, name, pasid === undefined ? null : Number(pasid))]
}
