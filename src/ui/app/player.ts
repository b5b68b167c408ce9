/**
 * Plays the flow step by step. It stops at the end, at a breakpoint, and at any move of the reader's own;
 * a step is never left before it was shown.
 */
import { dockStore } from '../stores/dock-store'
import { playStore } from '../stores/play-store'
import { runStore } from '../stores/run-store'
import { viewStore } from '../stores/view-store'
import type { Controller } from './controller'

/** Steps a second at speed 1. */
const STEP_MS = 1000

let timer: ReturnType<typeof setTimeout> | null = null

export function togglePlay(controller: Controller): void {
  if (playStore.getState().playing) pause()
  else void play(controller)
}

export function pause(): void {
  if (timer !== null) clearTimeout(timer)
  timer = null
  playStore.setState({ playing: false })
}

async function play(controller: Controller): Promise<void> {
  if (lastStep() === 0) return
  playStore.setState({ playing: true })
  if (viewStore.getState().step >= lastStep()) await controller.goTo(0)
  waitForNext(controller)
}

function waitForNext(controller: Controller): void {
  const stood = viewStore.getState().step
  timer = setTimeout(() => void next(controller, stood), STEP_MS / playStore.getState().speed)
}

async function next(controller: Controller, stood: number): Promise<void> {
  const { step, shown } = viewStore.getState()
  if (step !== stood || !runStore.getState().live) return pause()
  if (shown?.step !== step) return waitForNext(controller)
  await controller.goTo(step + 1)
  if (!playStore.getState().playing) return
  if (step + 1 >= lastStep() || dockStore.getState().stops.has(step + 1)) pause()
  else waitForNext(controller)
}

function lastStep(): number {
  return runStore.getState().shown?.steps.length ?? 0
}
