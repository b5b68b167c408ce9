/** Times a step as its reader feels it: from the key going down to the frame that shows the step. */
import type { CDPSession } from '@playwright/test'
import type { Playground } from '../page-object'
import { devtools } from './bench'

export interface StepTimes {
  /** Key to painted frame, one a step. Milliseconds. */
  readonly painted: readonly number[]
  /** Scripts that ran in the page for it. Milliseconds. */
  readonly scripted: readonly number[]
}

/** Steps back `count` times from where the page stands. */
export async function stepTimes(playground: Playground, count: number): Promise<StepTimes> {
  const client = await devtools(playground)
  await client.send('Performance.enable')
  await playground.slider.focus()
  const painted: number[] = []
  const scripted: number[] = []
  for (let i = 0; i < count; i++) {
    const before = await scriptMs(client)
    painted.push(await playground.page.evaluate(stepBack))
    scripted.push((await scriptMs(client)) - before)
  }
  return { painted, scripted }
}

async function scriptMs(client: CDPSession): Promise<number> {
  const { metrics } = await client.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1000
}

/** In the page. The events' table is named after the step it shows. */
async function stepBack(): Promise<number> {
  const named = () => document.querySelector('table.events')?.getAttribute('aria-label') ?? ''
  const before = named()
  const start = performance.now()
  const press = { key: 'ArrowLeft', code: 'ArrowLeft', bubbles: true, cancelable: true }
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', press))
  await new Promise<void>(resolve => {
    const watch = new MutationObserver(() => {
      if (named() === before) return
      watch.disconnect()
      resolve()
    })
    watch.observe(document.body, { subtree: true, attributes: true, childList: true, characterData: true })
    setTimeout(resolve, 3000)
  })
  // The next frame draws it; a message posted in that frame arrives when it has been drawn.
  await new Promise<void>(resolve => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => resolve()
      channel.port2.postMessage(null)
    })
  })
  return performance.now() - start
}
