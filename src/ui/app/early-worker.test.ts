import { describe, expect, it } from 'vitest'
import type { WorkerHandle } from '../../client/engine-client'
import { startEarly, takeWorker } from './early-worker'

/** A worker whose words come from the test. */
function puppet() {
  const messages = new Set<(event: { readonly data: unknown }) => void>()
  const failures: ((message: string) => void)[] = []
  const handle: WorkerHandle = {
    endpoint: {
      postMessage: () => undefined,
      addEventListener: (_, listener) => messages.add(listener),
      removeEventListener: (_, listener) => messages.delete(listener),
    },
    terminate: () => undefined,
    onFailure: listener => failures.push(listener),
  }
  return {
    spawn: () => handle,
    says: (data: unknown) => {
      for (const listener of messages) listener({ data })
    },
    fails: (message: string) => {
      for (const listener of failures) listener(message)
    },
  }
}

const never = (): WorkerHandle => {
  throw new Error('a second worker was started')
}

describe('a worker started early', () => {
  it('tells the first listener all that it said before, in order, and then each word once', () => {
    const worker = puppet()
    startEarly(worker.spawn)
    worker.says('ready')
    worker.says(1)
    const heard: unknown[] = []
    takeWorker(never).endpoint.addEventListener('message', ({ data }) => heard.push(data))
    worker.says(2)
    expect(heard).toEqual(['ready', 1, 2])
  })

  it('tells of a failure from before', () => {
    const worker = puppet()
    startEarly(worker.spawn)
    worker.fails('gone')
    const heard: string[] = []
    takeWorker(never).onFailure(message => heard.push(message))
    worker.fails('again')
    expect(heard).toEqual(['gone', 'again'])
  })

  it('is taken once; whoever comes later gets one of their own', () => {
    const [first, second] = [puppet(), puppet()]
    startEarly(first.spawn)
    startEarly(never)
    takeWorker(never)
    expect(takeWorker(second.spawn)).toBe(second.spawn())
  })
})
