/** The reader's breakpoints: setting, switching and removing them, and which steps they stop. */
import type { Breakpoint } from '../../engine'
import { dockStore, say } from '../stores/dock-store'
import { runStore } from '../stores/run-store'
import { type UserBreakpoint, viewStore } from '../stores/view-store'
import type { Controller } from './controller'
import { stepAtLine } from './run-to'

function same(a: Breakpoint, b: Breakpoint): boolean {
  return a.kind === b.kind && String(a.value) === String(b.value)
}

function change(next: (points: readonly UserBreakpoint[]) => readonly UserBreakpoint[]): void {
  viewStore.setState(({ breakpoints }) => ({ breakpoints: next(breakpoints) }))
}

/** Adds it, or switches it on where it is known. */
export function addBreakpoint({ kind, value }: Breakpoint): void {
  const added = { kind, value, on: true }
  change(points => [...points.filter(point => !same(point, added)), added])
  say(`Breakpoint set: ${breakpointText(added)}`)
}

export function removeBreakpoint(gone: Breakpoint): void {
  change(points => points.filter(point => !same(point, gone)))
  say(`Breakpoint removed: ${breakpointText(gone)}`)
}

export function removeAllBreakpoints(): void {
  change(() => [])
  say('All breakpoints removed')
}

export function switchBreakpoint(changed: Breakpoint, on: boolean): void {
  change(points => points.map(point => (same(point, changed) ? { ...point, on } : point)))
}

/** Sets or removes one on a line, or on the next line below that has a step. */
export function toggleLine(line: number | null): void {
  if (line === null) {
    say('The cursor is in no line of the flow')
    return
  }
  const points = viewStore.getState().breakpoints
  const below = stepAtLine(runStore.getState().newest?.steps ?? [], line)
  const wanted = [line, below?.line ?? line].map(value => ({ kind: 'line', value }) as const)
  const known = wanted.find(point => points.some(one => same(one, point)))
  if (known !== undefined) removeBreakpoint(known)
  else addBreakpoint(wanted[1] ?? { kind: 'line', value: line })
}

/** The lines after an edit of the text, in the order of the line breakpoints; null for a line that is gone. */
export function moveLines(lines: readonly (number | null)[]): void {
  change(points => {
    let at = 0
    const moved = points.flatMap((point): UserBreakpoint[] => {
      if (point.kind !== 'line') return [point]
      const line = lines[at++] ?? null
      return line === null ? [] : [{ ...point, value: line }]
    })
    return moved.filter((point, i) => moved.findIndex(other => same(other, point)) === i)
  })
}

const KIND_WORDS: Readonly<Record<Breakpoint['kind'], string>> = {
  line: 'line',
  command: 'command',
  errno: 'errno',
  object: 'object',
  iova: 'IOVA',
  hva: 'HVA',
}

/** `line 28`, `errno EINVAL`, `object gpa_ioasid`. */
export function breakpointText({ kind, value }: Breakpoint): string {
  const known =
    kind === 'object' ? viewStore.getState().drawn?.outline.nodes.find(one => one.id === value) : undefined
  return `${KIND_WORDS[kind]} ${known?.title ?? value}`
}

/** Keeps the set of steps that stop true to the run and the breakpoints; returns how to end that. */
export function followBreakpoints(controller: Controller): () => void {
  const look = () => void findStops(controller)
  const stops = [
    runStore.subscribe((state, before) => {
      if (state.shown !== before.shown || state.live !== before.live) look()
    }),
    viewStore.subscribe((state, before) => {
      if (state.breakpoints !== before.breakpoints) look()
    }),
  ]
  look()
  return () => {
    for (const stop of stops) stop()
  }
}

async function findStops(controller: Controller): Promise<void> {
  const { shown, live } = runStore.getState()
  const { breakpoints } = viewStore.getState()
  const on = breakpoints.filter(point => point.on).map(({ kind, value }) => ({ kind, value }))
  if (shown === null || !live || on.length === 0) {
    dockStore.setState({ stops: new Set() })
    return
  }
  const outcome = await controller.engine.stops({ revision: shown.revision, breakpoints: on })
  const isCurrent = viewStore.getState().breakpoints === breakpoints && runStore.getState().shown === shown
  if (outcome.ok && isCurrent) dockStore.setState({ stops: new Set(outcome.value.steps) })
}
