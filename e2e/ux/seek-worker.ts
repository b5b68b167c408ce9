/** The engine in a worker of its own, asked to stand at steps here and there of a long run. */
import { createSession } from '../../src/engine'

const SEEKS = 2000

addEventListener('message', event => {
  const session = createSession(String(event.data))
  const steps = session.steps.length
  const times: number[] = []
  let at = 12345
  for (let i = 0; i < SEEKS; i++) {
    at = (Math.imul(at, 1664525) + 1013904223) >>> 0
    const before = performance.now()
    session.seek(at % (steps + 1))
    times.push(performance.now() - before)
  }
  postMessage({ steps, times })
})
