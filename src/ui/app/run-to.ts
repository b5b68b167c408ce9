/** Moves that look for a step: to a breakpoint, to a refusal, to what touched an object, to a line. */
import type { Breakpoint, StepRecord } from '../../engine'
import { isBad } from '../format/step-outcome'
import { say } from '../stores/dock-store'
import { runStore } from '../stores/run-store'
import { viewStore } from '../stores/view-store'
import type { Controller } from './controller'

export type Direction = 1 | -1

/** As a debugger's continue: to the next stop, else to the end of the flow (or its start). */
export async function continueTo(controller: Controller, direction: Direction): Promise<void> {
  const on = viewStore.getState().breakpoints.filter(point => point.on)
  const found = await search(controller, on, direction)
  if (found === null) return
  if (!found.stopped) {
    const end = direction === 1 ? 'the last step' : 'the start'
    say(on.length === 0 ? `No breakpoint is on: went to ${end}` : `No breakpoint before ${end}`)
  }
  await controller.goTo(found.step)
}

export function touchedBefore(controller: Controller): void {
  void toTouched(controller, -1)
}

/** To the next (or previous) step that touched the object the inspector shows. */
export async function toTouched(controller: Controller, direction: Direction): Promise<void> {
  const { selection, shown, nodes } = viewStore.getState()
  const object = selection ?? shown?.selection ?? null
  if (object === null) return say('No object is selected')
  const found = await search(controller, [{ kind: 'object', value: object }], direction)
  if (found === null) return
  const name = nodes.get(object)?.title ?? object
  if (!found.stopped) return say(`No ${direction === 1 ? 'later' : 'earlier'} step touches ${name}`)
  viewStore.setState({ selection: object })
  await controller.goTo(found.step)
}

async function search(controller: Controller, points: readonly Breakpoint[], direction: Direction) {
  const { shown, live } = runStore.getState()
  if (shown === null || !live) return null
  const breakpoints = points.map(({ kind, value }) => ({ kind, value }))
  const from = viewStore.getState().step
  const outcome = await controller.engine.runTo({ revision: shown.revision, from, breakpoints, direction })
  return outcome.ok ? outcome.value : null
}

/** To the next (or previous) refused call or failing check. */
export function toRefused(controller: Controller, direction: Direction): void {
  const steps = runStore.getState().shown?.steps ?? []
  const { step } = viewStore.getState()
  const found =
    direction === 1
      ? steps.find(record => record.n > step && isBad(record))
      : steps.findLast(record => record.n < step && isBad(record))
  if (found === undefined) say(`No ${direction === 1 ? 'later' : 'earlier'} step was refused`)
  else void controller.goTo(found.n)
}

/** To the first step of a line, or of the next line that has one. */
export function toLine(controller: Controller, line: number | null): void {
  const found = line === null ? undefined : stepAtLine(runStore.getState().shown?.steps ?? [], line)
  if (found === undefined) say('No step at or after the cursor')
  else void controller.goTo(found.n)
}

/** The step a line belongs to, else the first step below it. */
export function stepAtLine(steps: readonly StepRecord[], line: number): StepRecord | undefined {
  const own = steps.find(record => record.line === line)
  if (own !== undefined) return own
  const below = steps.filter(record => record.line > line)
  const nearest = Math.min(...below.map(record => record.line))
  return below.find(record => record.line === nearest)
}
