/**
 * When the parts that are not the graph may be fetched: with a slow line or processor all of them together
 * would keep the picture waiting. The editor's are the largest.
 */
import type { RunState } from '../stores/run-store'
import { runStore } from '../stores/run-store'
import type { ViewState } from '../stores/view-store'
import { viewStore } from '../stores/view-store'

/** The others do not wait longer for a graph. Milliseconds. */
const WITHIN_MS = 4000

/** The first step is shown, or none will be soon: the run is a long one, or did not come to an answer. */
export function isGraphDue({ shown }: ViewState, { engine, loss, crash, stopped }: RunState): boolean {
  const isLong = engine.kind === 'running' && engine.done > 0
  return shown !== null || isLong || engine.kind === 'unusable' || [loss, crash, stopped].some(Boolean)
}

/** Resolves when the first graph has been painted, or is not to be waited for. */
export function firstGraph(): Promise<void> {
  return new Promise(resolve => {
    const late = setTimeout(done, WITHIN_MS)
    const stops = [viewStore.subscribe(look), runStore.subscribe(look)]
    look()
    function look(): void {
      if (isGraphDue(viewStore.getState(), runStore.getState())) done()
    }
    function done(): void {
      clearTimeout(late)
      for (const stop of stops) stop()
      // A hidden page paints nothing.
      if (document.hidden) resolve()
      else requestAnimationFrame(() => setTimeout(resolve))
    }
  })
}
