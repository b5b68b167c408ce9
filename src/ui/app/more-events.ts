/** Fetches rows of a step's events as they come into view. */
import type { EventRow } from '../../engine'
import { dockStore } from '../stores/dock-store'
import { viewStore } from '../stores/view-store'
import type { Controller } from './controller'

const CHUNK = 256
const asked = new Set<string>()

/** What rows belong to: one step of one run. */
export function eventsKey(revision: number, step: number): string {
  return `${revision} ${step}`
}

/** Asks for the rows around an index of the step shown, once. */
export async function moreEvents(controller: Controller, index: number): Promise<void> {
  const { shown } = viewStore.getState()
  if (shown === null) return
  const { revision, step } = shown
  const from = Math.floor(index / CHUNK) * CHUNK
  const key = eventsKey(revision, step)
  if (asked.has(`${key} ${from}`)) return
  asked.add(`${key} ${from}`)
  const outcome = await controller.engine.events({ revision, step, from, count: CHUNK })
  if (!outcome.ok) asked.delete(`${key} ${from}`)
  else take(key, from, outcome.value.rows)
}

function take(key: string, from: number, rows: readonly EventRow[]): void {
  dockStore.setState(({ more }) => {
    const all = new Map(more.key === key ? more.rows : [])
    if (more.key !== key) forgetOthers(key)
    rows.forEach((row, i) => {
      all.set(from + i, row)
    })
    return { more: { key, rows: all } }
  })
}

function forgetOthers(key: string): void {
  for (const one of asked) if (!one.startsWith(`${key} `)) asked.delete(one)
}
