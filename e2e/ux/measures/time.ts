/** T1 to T4, T9, T10: how fast the page follows. */
import { serialize } from 'node:v8'
import { build } from 'esbuild'
import type { Playground } from '../../page-object'
import { type Bench, holds } from '../bench'
import { allOf, type Finding, quantile, rounded } from '../contract'
import { manyObjects, manySteps } from '../flows'
import { deafness, listenForDeafness } from '../responsiveness'
import { stepTimes } from '../stepping'

/** A frame of 60 a second. */
const FRAME_MS = 16.7

export async function seek(bench: Bench): Promise<Finding> {
  const { outputFiles } = await build({
    entryPoints: ['e2e/ux/seek-worker.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2023',
    minifySyntax: true,
  })
  const { page } = await bench.blank({ bypassCSP: true })
  const script = { contentType: 'text/javascript', body: outputFiles[0]?.text ?? '' }
  await page.route('**/seek-worker.js', route => route.fulfill(script))
  await page.route('**/blank.html', route => route.fulfill({ contentType: 'text/html', body: '<p>' }))
  await page.goto('/blank.html')
  const { steps, times } = await page.evaluate(
    text =>
      new Promise<{ steps: number; times: number[] }>(resolve => {
        const worker = new Worker('/seek-worker.js')
        worker.onmessage = event => resolve(event.data)
        worker.postMessage(text)
      }),
    manySteps(10_000),
  )
  if (steps < 10_000) return { ok: false, figure: 'none', reason: `the flow ran ${steps} steps only` }
  // The clock of a page ticks in tenths of a millisecond.
  const [p95, most] = [quantile(times, 0.95), Math.max(...times)]
  return { ok: p95 <= 1, figure: `p95<=${rounded(Math.max(0.1, p95))}ms,most=${rounded(most)}ms` }
}

export async function stepOf60(bench: Bench): Promise<Finding> {
  return stepFinding(await bench.open({ text: manyObjects(24) }), 40)
}

export async function stepOf300(bench: Bench): Promise<Finding> {
  return stepFinding(await bench.open({ text: manyObjects(130) }), 25)
}

async function stepFinding(playground: Playground, steps: number): Promise<Finding> {
  const { painted, scripted } = await stepTimes(playground, steps)
  const [median, script] = [quantile(painted, 0.5), quantile(scripted, 0.95)]
  const figure = `median=${rounded(median)}ms,script-p95=${rounded(script)}ms`
  const ok = median <= FRAME_MS && script <= 8
  const where = median > FRAME_MS ? 'painted by software on a shared processor' : 'scripts take too long'
  return ok ? { ok, figure } : { ok, figure, reason: where }
}

export async function scrub(bench: Bench): Promise<Finding> {
  const playground = await bench.open({ text: manySteps(9_960) })
  const box = await playground.slider.boundingBox()
  if (box === null) throw new Error('no slider')
  const { page } = playground
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + 1, y)
  await page.mouse.down()
  await listenForDeafness(page)
  const [start, moves] = [Date.now(), 150]
  for (let i = 0; i <= moves; i++) {
    await page.mouse.move(box.x + 1 + ((box.width - 2) * i) / moves, y)
    const wait = start + (3000 * i) / moves - Date.now()
    if (wait > 0) await page.waitForTimeout(wait)
  }
  await page.mouse.up()
  const { longTasks, frames, longestGap } = await deafness(page)
  const last = await playground.lastStep()
  const arrived = await holds(() => playground.atStep(last))
  const figure = `${longTasks.length}-long-tasks,${frames}-frames,longest-gap=${rounded(longestGap)}ms`
  if (!arrived) return { ok: false, figure, reason: 'the last step is not shown' }
  const worst = rounded(Math.max(0, ...longTasks))
  return longTasks.length === 0 ? { ok: true, figure } : { ok: false, figure, reason: `longest ${worst} ms` }
}

declare global {
  interface Window {
    heard?: unknown[]
  }
}

/** Keeps what the worker sends of steps. */
function overhear(): void {
  const heard: unknown[] = []
  window.heard = heard
  const Real = window.Worker
  window.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options)
      this.addEventListener('message', ({ data }) => (data.of ?? data.kind) === 'shown' && heard.push(data))
    }
  }
}

export async function messageSize(bench: Bench): Promise<Finding> {
  const playground = await bench.open({ before: overhear })
  await playground.goTo(0)
  const last = await playground.lastStep()
  for (let n = 1; n <= last; n++) {
    await playground.page.keyboard.press('ArrowRight')
    await playground.atStep(n)
  }
  const heard = await playground.page.evaluate(() => window.heard ?? [])
  // The form in which V8 clones a message between threads.
  const sizes = heard.map(message => serialize(message).byteLength)
  const largest = Math.max(...sizes)
  const figure = `median=${rounded(quantile(sizes, 0.5) / 1024)}KiB,most=${rounded(largest / 1024)}KiB`
  return largest <= 4096 ? { ok: true, figure } : { ok: false, figure, reason: `of ${sizes.length} messages` }
}

export async function runaway(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  const text = await page.evaluateHandle(line => line.repeat(1_000_000), 'dma_read(dev1, 0x1000, 4);\n')
  await playground.editor.click()
  await page.keyboard.press('ControlOrMeta+End')
  await playground.editor.evaluate((target, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
  await listenForDeafness(page)
  const canStop = await holds(() => page.getByRole('button', { name: 'Stop' }).waitFor({ timeout: 15_000 }))
  await page.waitForTimeout(1500)
  const { longestGap } = await deafness(page)
  const stopped = page.getByText(/stopped at 10,000/)
  const says = await holds(() => stopped.waitFor({ timeout: 25_000 }))
  const finding = allOf([
    [`answers within 100 ms (${rounded(longestGap)} ms)`, longestGap <= 100],
    ['Stop is offered', canStop],
    ['says where it stopped', says],
  ])
  return { ...finding, figure: `${finding.figure},longest-gap=${rounded(longestGap)}ms` }
}
