import type { Page } from '@playwright/test'
import { expect, type Playground, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')

/** Pastes a text too long to send through the test's own channel again and again. */
async function pasteRepeated(playground: Playground, line: string, times: number): Promise<void> {
  await playground.editor.focus()
  await playground.page.keyboard.press('ControlOrMeta+End')
  await playground.editor.evaluate(
    (target, { line, times }) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', line.repeat(times))
      target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    },
    { line, times },
  )
}

/** The page still does what it is for: undo brings the flow back, and its steps can be walked. */
async function expectUsable(playground: Playground, page: Page): Promise<void> {
  await playground.editor.focus()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(playground.editor).toContainText('giova_ioasid', { timeout: 15_000 })
  await expect(page.getByRole('button', { name: 'Run again' })).toBeHidden({ timeout: 20_000 })
  await expect.poll(() => playground.lastStep(), { timeout: 15_000 }).toBeLessThan(100)
  await playground.goTo(2)
}

const HOSTILE: Readonly<Record<string, readonly [line: string, times: number]>> = {
  'a line of half a million characters': ['x', 500_000],
  'a string that never ends': [`"${'a'.repeat(1000)}`, 200],
  'parentheses nested a hundred thousand deep': ['(', 100_000],
  'braces nested a hundred thousand deep': ['a = { .b = ', 50_000],
  'conditions nested thousands deep': ['if (1) {\n', 5_000],
  'comments that never close': ['/* ', 50_000],
  'operators without end': ['x = 1 + ', 20_000],
  'control characters': ['\u0001\u0000\u001b[31m\u007f\u0085\u2028', 20_000],
  'text that turns its own direction': ['\u202e\u2066dma_read\u2069\u202c /*\u200b*/ ', 5_000],
  'half characters': ['\ud800\udfff\udc00', 20_000],
  'quotes of quotes of quotes': [`${'> '.repeat(2000)}x\n`, 50],
  'a million equal signs and percent signs': ['=3D%', 250_000],
}

test('hostile texts leave the page usable and the text kept', async ({ playground, page }) => {
  test.setTimeout(300_000)
  await playground.open(FLOW)
  for (const [what, [line, times]] of Object.entries(HOSTILE)) {
    await test.step(what, async () => {
      await pasteRepeated(playground, line, times)
      await expect(page.getByRole('alert')).not.toContainText('Our mistake')
      await expectUsable(playground, page)
      await expect(page.getByRole('alert')).not.toContainText('Our mistake')
    })
  }
  // CodeMirror says so of lines that are longer than any screen; nothing comes of it.
  playground.forgive(/Measure loop restarted/)
})

test('a text of a million steps can be stopped, goes as far as it may, and can be taken back', async ({
  playground,
  page,
}) => {
  test.setTimeout(240_000)
  await playground.open(FLOW)
  await pasteRepeated(playground, 'dma_read(dev1, 0x1000, 4);\n', 1_000_000)
  const stop = page.getByRole('button', { name: 'Stop' })
  await stop.click({ timeout: 30_000 })
  await expect(stop).toBeHidden({ timeout: 20_000 })
  await page.getByRole('alert').getByRole('button', { name: 'Run again' }).click()
  await expect(page.getByText('stopped at 10,000 of at most 10,000 steps')).toBeVisible({ timeout: 120_000 })
  await playground.atStep(10_000)
  await expectUsable(playground, page)
})

test('a part that does not load leaves the others', async ({ playground, page }) => {
  await page.route(/EditorPanel-.*\.js$/, route => route.abort())
  await playground.wroteEarlier(FLOW)
  await page.goto('/')
  await expect(page.getByRole('alert').filter({ hasText: 'The editor cannot be shown' })).toBeVisible()
  await playground.ran()
  await playground.press(/^Step back/)
  await expect(playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ })).toBeVisible()
  // The browser and React both tell of what did not load.
  expect(playground.complaints.every(complaint => /EditorPanel|ERR_FAILED/.test(complaint))).toBe(true)
  playground.complaints.length = 0
})
