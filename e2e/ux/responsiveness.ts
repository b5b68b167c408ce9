/** How long the page was ever deaf: gaps between frames and tasks that took too long, while something went on. */
import type { Page } from '@playwright/test'

export interface Deafness {
  /** Tasks of more than 50 ms, each in milliseconds. */
  readonly longTasks: readonly number[]
  readonly frames: number
  /** Longest time from one frame to the next. Milliseconds. */
  readonly longestGap: number
}

declare global {
  interface Window {
    deafness?: { longTasks: number[]; frames: number; longestGap: number; stop: boolean }
  }
}

export async function listenForDeafness(page: Page): Promise<void> {
  await page.evaluate(() => {
    const found = { longTasks: [] as number[], frames: 0, longestGap: 0, stop: false }
    window.deafness = found
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) found.longTasks.push(entry.duration)
    }).observe({ type: 'longtask' })
    let last = performance.now()
    const frame = (now: number) => {
      found.frames += 1
      found.longestGap = Math.max(found.longestGap, now - last)
      last = now
      if (!found.stop) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
}

export async function deafness(page: Page): Promise<Deafness> {
  return page.evaluate(async () => {
    await new Promise(resolve => setTimeout(resolve, 100))
    const found = window.deafness
    if (found === undefined) throw new Error('nobody listened')
    found.stop = true
    return found
  })
}
