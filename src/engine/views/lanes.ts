/**
 * A step as a sequence chart of its actors, made from the very events of the step: calls and returns,
 * what the kernel does by itself, what it writes for the IOMMU, requests of devices and their answers.
 * Neighbouring events of one sort are one row; every event belongs to exactly one row.
 *
 * Not modelled: time between rows, and messages on the bus that no event tells of.
 */
import { sceneOf } from '../session/scene'
import type { FlowSession } from '../session/session'
import type { Actor } from '../trace/events'
import type { Mark } from './contract'
import { ACTOR_NAMES, eventRow } from './event-rows'
import { type LaneShape, shapeOf, sortOf } from './lane-shapes'
import { laneText, type Told } from './lane-text'

export interface LaneRow extends LaneShape {
  readonly step: number
  readonly text: string
  readonly mark: Mark | '!'
  /** Numbers of the events it stands for, both inclusive. */
  readonly first: number
  readonly last: number
}

export interface LaneActor {
  readonly id: Actor
  readonly name: string
}

export interface LanesView {
  /** Left to right. */
  readonly actors: readonly LaneActor[]
  readonly rows: readonly LaneRow[]
}

const ORDER: readonly Actor[] = ['guest', 'vmm', 'kernel', 'iommu', 'device']

/** The chart of step n. */
export function lanesView(session: FlowSession, n: number): LanesView {
  const told = session.replay(n, (events, before) => {
    const scene = sceneOf(before, session.machine.root, events)
    return lanesOf(events.map(event => ({ event, row: eventRow(event, scene) })))
  })
  return told ?? { actors: [], rows: [] }
}

/** The charts of steps `first` to `last`, both inclusive, one below the other. */
export function lanesThrough(session: FlowSession, first: number, last: number): LanesView {
  const views: LanesView[] = []
  for (let n = first; n <= last; n++) views.push(lanesView(session, n))
  const names = views.flatMap(view => view.actors)
  const actors = ORDER.flatMap((id): LaneActor[] => {
    const own = new Set(names.filter(actor => actor.id === id).map(actor => actor.name))
    const [name] = own
    return name === undefined ? [] : [{ id, name: own.size > 1 ? ACTOR_NAMES[id] : name }]
  })
  return { actors, rows: views.flatMap(view => view.rows) }
}

function lanesOf(told: readonly Told[]): LanesView {
  const rows = runsOf(told).map(laneRow)
  const used = new Set(rows.flatMap(row => [row.from, row.to]))
  const devices = new Set(told.flatMap(({ event }) => ('device' in event ? [event.device] : [])))
  const [device] = devices
  const names = { ...ACTOR_NAMES, ...(device !== undefined && devices.size === 1 ? { device } : {}) }
  return { actors: ORDER.filter(id => used.has(id)).map(id => ({ id, name: names[id] })), rows }
}

/** Neighbours of one sort together. */
function runsOf(told: readonly Told[]): Told[][] {
  const runs: Told[][] = []
  for (const one of told) {
    const run = runs.at(-1)
    const before = run?.at(-1)
    const sort = sortOf(one.event)
    if (run !== undefined && before !== undefined && sort !== null && sortOf(before.event) === sort)
      run.push(one)
    else runs.push([one])
  }
  return runs
}

function laneRow(run: readonly Told[]): LaneRow {
  const [first] = run
  const last = run.at(-1)
  if (first === undefined || last === undefined) throw new Error('a run holds at least one event')
  const marks = new Set(run.map(({ row }) => row.mark))
  const [mark = ''] = marks
  return {
    ...shapeOf(first.event),
    step: first.event.step,
    text: laneText(run),
    mark: marks.size === 1 ? mark : marks.has('!') ? '!' : '~',
    first: first.event.seq,
    last: last.event.seq,
  }
}
