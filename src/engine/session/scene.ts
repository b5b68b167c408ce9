/**
 * The machine around one step, to look up what the step's events name: events carry the numbers that
 * the dialect gave out, and a number may have gone to another object since.
 */
import type { ContextRecord, Root, SpaceRecord } from '../kernel/state'
import type { EventBody, MachineEvent } from '../trace/events'

export interface Scene {
  readonly before: Root
  readonly after: Root
  /** Uid of the context the step's call was made on, or null where it was made on none. */
  readonly context: number | null
}

/** `events` are those of the step between the two roots. */
export function sceneOf(before: Root, after: Root, events: readonly MachineEvent[]): Scene {
  const call = events.find(event => event.kind === 'call')
  return { before, after, context: call === undefined ? null : contextOfCall(before, call) }
}

/** That of the file, of the file that the call names in `fd`, or the one that the device is bound to. */
function contextOfCall(root: Root, { fd, args }: Extract<EventBody, { kind: 'call' }>): number | null {
  const file = fd === null ? undefined : root.files.get(fd)
  if (file === undefined) return null
  const device = file.device === null ? undefined : root.devices.get(file.device)
  const named = root.files.get(Number(args.fd ?? 0))?.context
  return file.context ?? named ?? device?.bindings[0]?.context ?? null
}

/** Spaces that had the number before or after the step; of several, those of the call's own context. */
export function spacesNumbered(scene: Scene, id: number): readonly SpaceRecord[] {
  const found = spacesWhere(scene, space => space.id === id)
  const own = found.filter(space => space.context === scene.context)
  return own.length > 0 ? own : found
}

/** Spaces that the hardware table belongs to, as they stood after the step, or before it where they are gone. */
export function spacesOfTable(scene: Scene, table: number): readonly SpaceRecord[] {
  return spacesWhere(scene, space => space.tables.some(one => one.ref.id === table))
}

function spacesWhere(scene: Scene, wanted: (space: SpaceRecord) => boolean): readonly SpaceRecord[] {
  const found = new Map<number, SpaceRecord>()
  for (const root of [scene.before, scene.after])
    for (const space of root.spaces.values()) if (wanted(space)) found.set(space.uid, space)
  return [...found.values()]
}

export function contextOfFd(scene: Scene, fd: number): ContextRecord | null {
  for (const root of [scene.after, scene.before])
    for (const context of root.contexts.values()) if (context.fd === fd) return context
  return null
}

/** The space that routed a device's DMA in this step, and those it is nested in, child first. */
export function routedSpaces(scene: Scene, device: string, pasid: number | null): readonly SpaceRecord[] {
  const record = scene.before.devices.get(device)
  const tagged = record?.attachments.find(at => at.pasid === pasid)?.space ?? null
  const chain: SpaceRecord[] = []
  for (let uid = pasid === null ? (record?.routed ?? null) : tagged; uid !== null; ) {
    const space: SpaceRecord | undefined = scene.before.spaces.get(uid)
    if (space === undefined) break
    chain.push(space)
    uid = space.parent
  }
  return chain
}
