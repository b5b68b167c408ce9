/**
 * A VMM switches an emulated IOMMU on for a device of its guest: it finds or makes the space that will take what the
 * guest maps, and puts into it what the guest's table already says.
 *
 * Source: v1 5.2 (shadow), 5.3 and the review's layout (mirror, over guest memory or over a prereg space), 5.4 (nested).
 * Not modelled: the registers and queues of the emulated IOMMU, more than one guest, tables of a format that the
 * platform does not take from a user, and which range of guest memory the guest keeps from its devices.
 */
import type { Dialect, Intent, Requester } from '../dialects/contract'
import type { CallAnswer } from '../dialects/dispatch'
import { carryOut } from '../dialects/intents'
import { areaCount } from '../kernel/areas'
import { noteGuestRam } from '../kernel/guest-ram'
import { guestTableSpan } from '../kernel/guest-tables'
import type { Machine } from '../kernel/machine'
import { answer, type Outcome, refuse } from '../kernel/outcome'
import { findSpace } from '../kernel/spaces'
import { type DeviceRecord, type SpaceRecord, TREE, type ViommuRecord, type ViommuWay } from '../kernel/state'
import { follow } from './follow'

export const VIOMMU_WAYS: readonly ViommuWay[] = ['shadow', 'mirror', 'nested']

export interface ViommuWish {
  readonly device: DeviceRecord
  /** The space for what the guest maps, where it is empty and the device's; else what holds guest memory. */
  readonly ioasid: bigint
  readonly way: ViommuWay
  /** Guest address of the guest's table, bytes; null: the first table that the guest writes and nothing else has. */
  readonly table: bigint | null
}

/** Refused by a rule, by a call of the VMM, or on. */
export type ViommuAnswer = Outcome<null> | { readonly failed: CallAnswer }

export function startViommu(machine: Machine, dialect: Dialect, wish: ViommuWish): ViommuAnswer {
  const { device } = wish
  const [binding] = device.bindings
  if (binding === undefined) return refuse('bind.not-bound', { device: device.name })
  const space = findSpace(machine, binding.context, wish.ioasid)
  if (!space.ok) return space
  noteGuestRam(machine)
  const stopped = stopViommu(machine, dialect, device.name, space.value.uid)
  if (!isDone(stopped)) return stopped
  const made = takeSpace(machine, dialect, wish, machine.space(space.value.uid))
  if (!isDone(made)) return made
  const viommu = record(machine, wish, made.value)
  const whole = viommu.table === null ? null : guestTableSpan(machine, viommu.table)
  if (whole !== null && viommu.way !== 'nested') follow(machine, dialect, viommu, whole)
  return answer(null)
}

type Done<T> = Outcome<T> | { readonly failed: CallAnswer }

const isDone = <T>(result: Done<T>): result is { readonly ok: true; readonly value: T } =>
  'ok' in result && result.ok

interface Taken extends Requester {
  readonly space: number
  readonly own: boolean
}

/** The space that the flow has made ready, else one that the VMM makes. */
function takeSpace(machine: Machine, dialect: Dialect, wish: ViommuWish, given: SpaceRecord): Done<Taken> {
  const { way, table } = wish
  const { name: device, attachments } = machine.device(wish.device.name)
  const at = attachments.findLast(one => one.space === given.uid)
  if (at !== undefined && isReady(machine, given, way)) {
    const taken = { device, pasid: at.pasid, space: given.uid, own: false }
    if (way !== 'nested' || table === null || given.userTable !== null) return answer(taken)
    const bound = act(machine, dialect, { kind: 'bind', space: given.uid, table })
    return isDone(bound) ? answer(taken) : bound
  }
  const requester = { device, pasid: null }
  const made = act(machine, dialect, makingOf({ ...requester, way, table, memory: given.uid }))
  if (!isDone(made)) return made
  const space = machine.device(device).attachments.findLast(one => one.pasid === null)?.space ?? given.uid
  return answer({ ...requester, space, own: true })
}

/** A space that the flow has set aside: nothing is in it, and it lies where the way needs it. */
function isReady(machine: Machine, space: SpaceRecord, way: ViommuWay): boolean {
  if (areaCount(machine, space) > 0) return false
  return way === 'shadow' ? space.parent === null : space.parent !== null
}

interface Making extends Requester {
  readonly way: ViommuWay
  readonly table: bigint | null
  /** uid of the space that holds guest memory. */
  readonly memory: number
}

function makingOf({ way, table, memory: over, ...requester }: Making): Intent {
  if (way === 'shadow') return { kind: 'isolate', ...requester, over: null }
  if (way === 'nested' && table !== null) return { kind: 'nest', ...requester, over, table, of: 'page-table' }
  return { kind: 'isolate', ...requester, over }
}

function record(machine: Machine, wish: ViommuWish, taken: Taken): ViommuRecord {
  const table = machine.space(taken.space).userTable?.root ?? wish.table
  const viommu = { uid: machine.takeUid(), way: wish.way, ...taken, table }
  machine.update({ viommus: [...machine.root.viommus, viommu] })
  const what = `vIOMMU of ${taken.device} on: ${wish.way}`
  machine.emit({ kind: 'message', actor: 'vmm', to: 'guest', what, ref: taken.device })
  return viommu
}

/** A vIOMMU that the device had before goes, with the space that the VMM made for it unless that is used again. */
function stopViommu(machine: Machine, dialect: Dialect, device: string, again: number): Done<null> {
  const before = machine.root.viommus.find(one => one.device === device)
  if (before === undefined) return answer(null)
  const { uid, pasid, space } = before
  machine.update({ viommus: machine.root.viommus.filter(one => one !== before) })
  const tree = TREE.mirrored(uid)
  const { ranges } = machine.bulk
  for (let slot = ranges.firstFrom(tree, 0); slot >= 0; slot = ranges.firstFrom(tree, 0))
    ranges.remove(tree, ranges.first(slot))
  const there = space !== again && machine.root.spaces.has(space)
  return before.own && there ? act(machine, dialect, { kind: 'release', device, pasid, space }) : answer(null)
}

function act(machine: Machine, dialect: Dialect, intent: Intent): Done<null> {
  const { answer: answered, noEquivalent } = carryOut(machine, dialect, intent)
  if (noEquivalent !== null) return refuse('viommu.no-calls', { problem: noEquivalent })
  return answered === null || answered.errno === null ? answer(null) : { failed: answered }
}
