/**
 * The engine's worker, started by a script of its own before the page's have arrived: on a slow line the
 * engine is the largest part of what a first picture waits for.
 */
import type { WorkerHandle } from '../../client/engine-client'
import { spawnWorker } from './spawn-worker'

let early: WorkerHandle | null = null

/** Starts the worker that the first `takeWorker` hands over. */
export function startEarly(spawn: () => WorkerHandle = spawnWorker): void {
  early ??= patient(spawn())
}

/** The worker that was started early, to the first who asks; a new one to everybody else. */
export function takeWorker(spawn: () => WorkerHandle = spawnWorker): WorkerHandle {
  const taken = early ?? spawn()
  early = null
  return taken
}

type Listener<T> = (heard: T) => void

/** Holds what is said until somebody listens, and tells it first. */
function held<T>(subscribe: (listener: Listener<T>) => void): (listener: Listener<T>) => void {
  let waiting: T[] | null = []
  subscribe(heard => waiting?.push(heard))
  return listener => {
    const before = waiting ?? []
    waiting = null
    subscribe(listener)
    for (const heard of before) listener(heard)
  }
}

/** A worker drops what it says to nobody: that it is ready, and that it failed to load. */
function patient({ endpoint, terminate, onFailure }: WorkerHandle): WorkerHandle {
  const listen = held<{ readonly data: unknown }>(listener => endpoint.addEventListener('message', listener))
  return {
    endpoint: {
      postMessage: message => endpoint.postMessage(message),
      addEventListener: (_, listener) => listen(listener),
      removeEventListener: (_, listener) => endpoint.removeEventListener('message', listener),
    },
    terminate,
    onFailure: held(onFailure),
  }
}
