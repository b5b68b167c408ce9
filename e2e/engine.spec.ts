import type { Page } from '@playwright/test'
import { expect, type Playground, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')

declare global {
  interface Window {
    /** Every worker the page started, kept by the test. */
    started: Worker[]
  }
}

/** Lets a test reach the page's workers; the page itself knows nothing of it. */
async function keepWorkers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.started = []
    const Real = window.Worker
    window.Worker = class extends Real {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options)
        window.started.push(this)
      }
    }
  })
}

async function killWorker(page: Page): Promise<void> {
  await page.evaluate(() => window.started.at(-1)?.terminate())
}

async function expectRecovery(playground: Playground, page: Page): Promise<void> {
  const notice = page.getByRole('alert')
  await expect(notice).toContainText(/stopped answering/, { timeout: 20_000 })
  await expect(notice).toContainText(/restarted/)
  await expect(notice).toContainText(/text is kept/)
  await expect(playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ })).toBeVisible()
  await notice.getByRole('button', { name: 'Run again' }).click()
  await expect(notice).not.toContainText('stopped answering')
}

test('a worker that dies is reported and restarted, the text and the picture kept', async ({
  playground,
  page,
}) => {
  await keepWorkers(page)
  await playground.open(FLOW)
  const last = await playground.lastStep()
  await killWorker(page)
  await expectRecovery(playground, page)
  await expect(playground.editor).toContainText('giova_ioasid')
  await playground.goTo(3)
  expect(await playground.lastStep()).toBe(last)
})

test('a worker that dies in the middle of a step is reported too', async ({ playground, page }) => {
  await keepWorkers(page)
  await playground.open(FLOW)
  await killWorker(page)
  await playground.press(/^Step back/)
  await expectRecovery(playground, page)
  await playground.atStep((await playground.lastStep()) - 1)
})

/** Far more work than fits a blink; every step is one of its own. */
const LONG = `${FLOW.split('\n')
  .filter(line => !/^(?:expect|note)/.test(line))
  .join('\n')}\n${'dma_read(dev1, 0x1000, 4096);\n'.repeat(9000)}`

test('a long run shows how far it is and can be stopped', async ({ playground, page }) => {
  await playground.open(FLOW)
  const said = await playground.said()
  await playground.paste(LONG)
  const stop = page.getByRole('button', { name: 'Stop' })
  await stop.click({ timeout: 15_000 })
  await expect(stop).toBeHidden()
  const notice = page.getByRole('alert')
  await expect(notice.getByRole('button', { name: 'Run again' })).toBeVisible()
  expect(await playground.said()).toBe(said)
  await page.keyboard.press('ControlOrMeta+z')
  await playground.atStep(await playground.lastStep())
  await playground.press(/^Step back/)
})

test('a flow past the limit keeps its first 10,000 steps and says so', async ({ playground, page }) => {
  test.setTimeout(90_000)
  await playground.open(FLOW)
  await playground.paste(`${LONG}${'dma_read(dev1, 0x1000, 1);\n'.repeat(1500)}`)
  await expect.poll(() => playground.lastStep(), { timeout: 60_000 }).toBe(10_000)
  await expect(playground.flow.getByRole('button', { name: /problem/ })).toBeEnabled()
  await playground.flow.getByRole('button', { name: /problem/ }).click()
  await expect(playground.flow.getByText('flow.too-long')).toBeVisible()
  await playground.slider.focus()
  await page.keyboard.press('Home')
  await playground.atStep(0)
})
