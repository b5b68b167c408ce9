/**
 * Address spaces as objects: made, nested, marked as prereg, enabled, freed; and the checks that come
 * before any command on one.
 *
 * Source: v1 2 (ALLOC, FREE, CREATE_NESTING), R7, R12, R19, R20, R27, R30, R33, R35.
 */
import { dropAllAreas } from './areas'
import { refusePartial } from './attach'
import { registersMemory } from './lineage'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { SpaceKind, SpaceRecord } from './state'
import { TREE } from './state'

export interface SpaceWish {
  readonly context: number
  readonly kind: SpaceKind
  /** uid of the parent, or null for a root. */
  readonly parent: number | null
  /** The flow's name for it, or null. */
  readonly name: string | null
  /** Left out: off. */
  readonly snoop?: SpaceRecord['snoop']
}

/** Of all contexts together. A limit of the emulator: every step keeps the records that it ends with. */
const MOST_SPACES = 4096

export function mayMakeSpace(machine: Machine): Outcome<null> {
  const { size } = machine.root.spaces
  return size < MOST_SPACES ? answer(null) : refuse('alloc.too-many', { spaces: size })
}

/** Makes an empty space with the lowest free id of its context, from 1 (R12). */
export function createSpace(machine: Machine, wish: SpaceWish): SpaceRecord {
  const id = lowestFreeId(machine, wish.context)
  const space: SpaceRecord = {
    uid: machine.takeUid(),
    context: wish.context,
    id,
    name: wish.name ?? `ioasid${id}`,
    kind: wish.kind,
    parent: wish.parent,
    children: [],
    attachments: [],
    tables: [],
    userTable: null,
    pasidTable: null,
    domain: 0,
    partialGroups: [],
    enabled: false,
    tracksDirty: false,
    snoop: wish.snoop ?? 'off',
    order: machine.takeOrder(),
  }
  machine.setSpace(space)
  if (wish.parent !== null) addChild(machine, wish.parent, space.uid)
  const parent = wish.parent === null ? null : machine.space(wish.parent).id
  machine.emit({ kind: 'object-created', actor: 'kernel', obj: 'ioasid_data', id, name: space.name, parent })
  return space
}

function addChild(machine: Machine, parent: number, child: number): void {
  const record = machine.space(parent)
  machine.setSpace({ ...record, children: [...record.children, child] })
}

function lowestFreeId(machine: Machine, context: number): number {
  const taken = new Set(spacesOf(machine, context).map(space => space.id))
  let id = 1
  while (taken.has(id)) id++
  return id
}

export function spacesOf(machine: Machine, context: number): readonly SpaceRecord[] {
  return [...machine.root.spaces.values()].filter(space => space.context === context)
}

/** The space with that id in the context (R12). */
export function findSpace(machine: Machine, context: number, ioasid: bigint): Outcome<SpaceRecord> {
  const space = spacesOf(machine, context).find(one => BigInt(one.id) === ioasid)
  return space === undefined ? refuse('id.unknown', { ioasid }) : answer(space)
}

/** A space that takes commands: not partial, and ready by the `ready` knob (R7, R27). */
export function requireReady(machine: Machine, space: SpaceRecord): Outcome<null> {
  const [partial] = space.partialGroups
  if (partial !== undefined) return refusePartial(machine, space, partial)
  if (registersMemory(space) || space.attachments.length > 0) return answer(null)
  return machine.policy.ready === 'any-time' ? answer(null) : refuse('space.unready', { ioasid: space.id })
}

/** Under activation=enable-call, MAP and BIND wait for IOASID_ENABLE (R35). */
export function requireEnabled(machine: Machine, space: SpaceRecord): Outcome<null> {
  if (machine.policy.activation !== 'enable-call' || space.enabled || registersMemory(space))
    return answer(null)
  return refuse('enable.before', { ioasid: space.id })
}

export function enableSpace(machine: Machine, space: SpaceRecord): Outcome<null> {
  if (machine.policy.activation !== 'enable-call') return refuse('enable.off')
  if (space.enabled) return refuse('enable.twice', { ioasid: space.id })
  const [partial] = space.partialGroups
  if (partial !== undefined) return refusePartial(machine, space, partial)
  if (space.attachments.length === 0 && !registersMemory(space))
    return refuse('space.unready', { ioasid: space.id })
  machine.setSpace({ ...space, enabled: true })
  tellField(machine, space, 'enabled', false, true)
  return answer(null)
}

/** Kinds whose table the kernel writes from MAP and UNMAP (rfc 7). */
const MAPPED_KINDS: readonly SpaceKind[] = ['kernel', 'passthrough', 'prereg', 'dummy']

export function requireMappable(space: SpaceRecord, command: string): Outcome<null> {
  return MAPPED_KINDS.includes(space.kind)
    ? answer(null)
    : refuse('op.table-type', { command, kind: space.kind })
}

/** Kinds for which binding a table of the user is judged by R21: a root of any of them is refused as a root. */
export function mayBindTable(space: SpaceRecord): boolean {
  return MAPPED_KINDS.includes(space.kind) || space.kind === 'user-table'
}

/** Kinds whose areas a child can be merged over (R19). */
const PARENT_KINDS: readonly SpaceKind[] = ['kernel', 'passthrough', 'prereg', 'dummy']

export function mayNestUnder(space: SpaceRecord): Outcome<null> {
  return PARENT_KINDS.includes(space.kind) ? answer(null) : refuse('nest.parent-type', { kind: space.kind })
}

/** Values of the knob prereg under which a space registers memory; a dummy root is there for who asks (R32). */
const BY_SPACE: readonly string[] = ['command', 'ioas']

export function mayRegisterBy(machine: Machine, kind: SpaceKind): Outcome<null> {
  const { prereg } = machine.policy
  const off = kind === 'prereg' && prereg !== undefined && !BY_SPACE.includes(prereg)
  return off ? refuse('prereg.off', { prereg }) : answer(null)
}

/** Under prereg=dummy-root a dummy counts for all: once there is one, no other root stands beside it (v2 1.1). */
export function mayStandAlone(machine: Machine, context: number, kind: SpaceKind): Outcome<null> {
  if (machine.policy.prereg !== 'dummy-root' || !COUNTING_KINDS.includes(kind)) return answer(null)
  const dummy = spacesOf(machine, context).find(space => space.kind === 'dummy')
  return dummy === undefined ? answer(null) : refuse('prereg.beside-dummy', { dummy: dummy.id })
}

const COUNTING_KINDS: readonly SpaceKind[] = ['kernel', 'passthrough']

/** Marks an unused root as preregistration only, the call form of R30. */
export function markPrereg(machine: Machine, space: SpaceRecord): Outcome<null> {
  const may = mayRegisterBy(machine, 'prereg')
  if (!may.ok) return may
  const used = isUsed(machine, space) || space.parent !== null || space.kind !== 'kernel'
  if (used) return refuse('prereg.in-use', { ioasid: space.id })
  machine.setSpace({ ...space, kind: 'prereg' })
  tellField(machine, space, 'kind', space.kind, 'prereg')
  return answer(null)
}

function isUsed(machine: Machine, space: SpaceRecord): boolean {
  const areas = machine.bulk.ranges.count(TREE.areas(space.uid))
  return space.attachments.length > 0 || space.children.length > 0 || areas > 0
}

/** Frees a space nothing uses; its areas go silently (v1 2, R18). */
export function freeSpace(machine: Machine, space: SpaceRecord): Outcome<null> {
  const devices = space.attachments.length
  const children = space.children.length
  if (devices + children > 0) return refuse('space.busy', { ioasid: space.id, devices, children })
  destroySpace(machine, space)
  return answer(null)
}

/** Takes a space away with all its areas; it has no devices and no children. */
export function destroySpace(machine: Machine, space: SpaceRecord): void {
  dropAllAreas(machine, space.uid, 'free')
  if (space.parent !== null) dropChild(machine, space.parent, space.uid)
  const spaces = new Map(machine.root.spaces)
  spaces.delete(space.uid)
  machine.update({ spaces })
  const told = { obj: 'ioasid_data', id: space.id, name: space.name, parent: null }
  machine.emit({ kind: 'object-destroyed', actor: 'kernel', ...told })
}

function dropChild(machine: Machine, parent: number, child: number): void {
  const record = machine.space(parent)
  machine.setSpace({ ...record, children: record.children.filter(uid => uid !== child) })
}

function tellField(
  machine: Machine,
  space: SpaceRecord,
  field: string,
  before: unknown,
  after: unknown,
): void {
  machine.emit({
    kind: 'field-changed',
    actor: 'kernel',
    obj: 'ioasid_data',
    id: space.id,
    field,
    before,
    after,
  })
}
