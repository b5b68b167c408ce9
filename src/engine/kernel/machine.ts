/**
 * The machine a kernel primitive works on: one immutable root, the journaled bulk, the platform, the
 * policy, and where events and costs go. `attempt` is the one place where a refused call is undone.
 */
import type { HwContext, Platform } from '../hw'
import type { Bulk } from '../mem'
import { CostRow } from '../trace/cost-row'
import type { EventBody, EventSink } from '../trace/events'
import { SILENT } from '../trace/events'
import type { Outcome } from './outcome'
import {
  type DeviceRecord,
  FIRST_TASK,
  type Guess,
  type GuestRam,
  type Root,
  type SpaceRecord,
  type TaskRecord,
  type ViommuWay,
} from './state'

/** Knob values by key; which knobs exist is the dialect's to say. */
export type Policy = Readonly<Record<string, string>>

export interface MachineParts {
  readonly bulk: Bulk
  readonly platform: Platform
  /** What `Platform.configure` made of the flow's `#platform`. */
  readonly hwConfig: unknown
  readonly policy: Policy
  readonly limits: MachineLimits
}

export interface MachineLimits {
  /** Pages the process may have charged, or null. */
  readonly memlockPages: number | null
  /** True when no `#memory` was given: memory is taken to be where a root maps it. */
  readonly guessMemory: boolean
  /** Set when no `#device` was given: a device exists because it is opened, able to do this. */
  readonly guessDevices: DeviceAbilities | null
  /** Guest memory as the flow declares it; empty: what the oldest root maps. */
  readonly guestRam: readonly GuestRam[]
  /** How `viommu` works in this run, whatever the flow says; null: as the flow says. */
  readonly viommuWay?: ViommuWay | null
  /** Which space each `#window` was made for, for platforms that fix it when the guest is created. */
  readonly windows: readonly WindowOwner[]
}

export interface DeviceAbilities {
  /** PASID width in bits, or null without the capability. */
  readonly pasidBits: number | null
  readonly ats: boolean
  readonly pri: boolean
  /** 1 to 8; null is the plainest type that has what the device has. */
  readonly type: number | null
}

export interface WindowOwner {
  /** Names; empty means every device. */
  readonly devices: readonly string[]
  readonly space: string | null
}

export class Machine {
  readonly bulk: Bulk
  readonly platform: Platform
  readonly hwConfig: unknown
  readonly policy: Policy
  readonly limits: MachineLimits
  readonly costs = new CostRow()
  root: Root
  events: EventSink = SILENT

  constructor(parts: MachineParts) {
    this.bulk = parts.bulk
    this.platform = parts.platform
    this.hwConfig = parts.hwConfig
    this.policy = parts.policy
    this.limits = parts.limits
    this.root = emptyRoot(null, parts.limits)
    this.root = emptyRoot(parts.platform.init(this.hw(), parts.hwConfig), parts.limits)
  }

  /** What hardware and page-table code may use of this machine. */
  hw(): HwContext {
    return { bulk: this.bulk, events: this.events, costs: this.costs }
  }

  /** Nobody listens any more. */
  silence(): void {
    this.events = SILENT
  }

  emit(event: EventBody): void {
    if (this.events.on) this.events.emit(event)
  }

  update(change: Partial<Root>): void {
    this.root = { ...this.root, ...change }
  }

  setSpace(space: SpaceRecord): void {
    this.update({ spaces: new Map(this.root.spaces).set(space.uid, space) })
  }

  setDevice(device: DeviceRecord): void {
    this.update({ devices: new Map(this.root.devices).set(device.name, device) })
  }

  /** Notes something taken for granted, once; a refused call takes its guesses back with it. */
  guess(guess: Guess): void {
    this.update({ guesses: [...this.root.guesses, guess] })
    this.emit({ kind: 'assumed', actor: 'kernel', name: guess.name, value: guess.value })
  }

  space(uid: number): SpaceRecord {
    return existing(this.root.spaces.get(uid), `space ${uid}`)
  }

  device(name: string): DeviceRecord {
    return existing(this.root.devices.get(name), `device ${name}`)
  }

  /** A number that nothing has had before: for contexts, spaces and their order of creation. */
  takeUid(): number {
    const uid = this.root.nextUid
    this.update({ nextUid: uid + 1 })
    return uid
  }

  takeOrder(): number {
    const order = this.root.nextOrder
    this.update({ nextOrder: order + 1 })
    return order
  }

  takeTableId(): number {
    const id = this.root.nextTable
    this.update({ nextTable: id + 1 })
    return id
  }
}

/** Runs a call; where it is refused, everything it did is undone and none of its events are told, unless it `keeps`. */
export function attempt<T>(machine: Machine, call: () => Outcome<T>): Outcome<T> {
  const { root, events } = machine
  const mark = machine.bulk.journal.mark()
  const costs = machine.costs.save()
  const held: EventBody[] = []
  if (events.on) machine.events = { on: true, emit: event => held.push(event) }
  const outcome = call()
  machine.events = events
  if (outcome.ok || outcome.keeps) {
    for (const event of held) events.emit(event)
    return outcome
  }
  machine.root = root
  machine.bulk.journal.undoTo(mark)
  machine.bulk.journal.dropAfter(mark)
  machine.costs.restore(costs)
  return outcome
}

/** The process that the flow is: it may do all, but for the limit the flow gives it. */
function firstTask({ memlockPages }: MachineLimits): TaskRecord {
  return {
    uid: FIRST_TASK,
    parent: null,
    alive: true,
    memlockPages,
    ipcLock: false,
    sysResource: true,
    accountedPages: 0,
  }
}

function existing<T>(record: T | undefined, what: string): T {
  if (record === undefined) throw new Error(`no ${what}`)
  return record
}

function emptyRoot(hw: unknown, limits: MachineLimits): Root {
  return {
    files: new Map(),
    contexts: new Map(),
    spaces: new Map(),
    devices: new Map(),
    groups: new Map(),
    containers: new Map(),
    guestPages: { next: null, free: [] },
    processTable: null,
    faults: [],
    waiting: [],
    dmaResults: new Map(),
    cpuPasids: [],
    translatingVms: [],
    viommus: [],
    guestRam: [],
    guesses: [],
    accountedPages: 0,
    task: FIRST_TASK,
    ioPages: null,
    tasks: new Map([[FIRST_TASK, firstTask(limits)]]),
    hw,
    nextUid: 1,
    nextTable: 1,
    nextOrder: 1,
  }
}
