import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, scenario, test } from './page-object'

const PREREG = scenario('prereg-command')

async function axe(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).join(' | ')}`)
  expect(found, what).toEqual([])
}

const scrolls = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement
    return { across: scrollWidth > clientWidth, down: scrollHeight > clientHeight }
  })

test('a policy chosen edits the text, keeps the step and names the first line that answers differently', async ({
  playground,
  page,
}) => {
  await playground.open(PREREG)
  await playground.goTo(6)
  await page.getByRole('button', { name: /^prereg=/ }).click()
  const panel = page.getByRole('dialog', { name: 'Policy' })
  await expect(panel).toContainText('mainline')
  await panel.getByRole('radio', { name: /^none/ }).click()
  await expect(playground.editor).toContainText('#policy    prereg=none')
  const said = panel.getByRole('status')
  await expect(said).toContainText(
    /prereg=command -> none: first difference at line \d+: -E[A-Z]+ instead of 0/,
  )
  const line = Number(/line (\d+)/.exec(await said.innerText())?.[1])
  expect(PREREG.split('\n')[line - 1]).toContain('IOASID_REGISTER_MEMORY')
  expect(await playground.step()).toBe(6)
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  const bar = page.getByRole('status').filter({ hasText: 'first difference' })
  await expect(bar).toBeVisible()
  await page.getByRole('button', { name: `Go to line ${line}` }).click()
  await expect(playground.inspector.getByRole('heading', { name: /refused/ })).toBeVisible()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(playground.editor).toContainText('#policy    prereg=command')
  await expect(bar).toBeHidden()
})

test('every dialect and platform of the registries can be chosen, with its parameters', async ({
  playground,
  page,
}) => {
  await playground.open(scenario('simple'))
  await page.getByRole('button', { name: /^Platform/ }).click()
  const panel = page.getByRole('dialog', { name: 'Platform' })
  await expect.poll(() => panel.getByRole('radio').count()).toBeGreaterThanOrEqual(2)
  await panel.getByLabel('mode', { exact: true }).selectOption('legacy')
  await expect(playground.editor).toContainText('#platform  vtd mode=legacy')
  await expect(panel.getByRole('status')).toContainText('vtd mode=scalable -> legacy')
  await panel.getByRole('radio', { name: /^papr/ }).click()
  await expect(playground.editor).toContainText(/#platform {2}papr(?! mode)/)
  await expect(playground.graph.getByText('PAPR TCE')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Dialect/ }).focus()
  await page.keyboard.press('d')
  const dialects = page.getByRole('dialog', { name: 'Dialect' })
  await expect(dialects.getByRole('radio', { name: /^rfc-v1/ })).toBeChecked()
})

test('a first visit takes a pasted mail, and comes back on demand', async ({ playground, page }) => {
  await page.goto('/')
  const target = page.getByRole('textbox', { name: 'Paste a flow' })
  await expect(target).toBeFocused()
  expect(await scrolls(page)).toEqual({ across: false, down: false })
  const mail = scenario('simple')
    .split('\n')
    .filter(line => !line.startsWith('#') && !line.startsWith('//'))
    .map(line => `> > ${line.replaceAll('=', '=3D')}`)
    .join('\n')
  await target.evaluate((area, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, mail)
  await expect(playground.slider).not.toHaveAttribute('aria-valuemax', '0')
  await expect(playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ })).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('gallery')
  await page.keyboard.press('Enter')
  await expect(target).toBeFocused()
  await page.getByRole('button', { name: 'Back to the flow' }).click()
  await expect(playground.editor).toContainText('gpa_ioasid')
})

test('the gallery shows every flow with its picture, finds and opens them', async ({ playground, page }) => {
  await page.goto('/')
  const gallery = page.getByRole('region', { name: 'Gallery' })
  const cells = gallery.getByRole('link')
  await expect.poll(() => cells.count()).toBeGreaterThanOrEqual(9)
  const all = await cells.count()
  // Every picture is a run of its flow, one after the other.
  await expect(gallery.locator('svg.mini')).toHaveCount(all, { timeout: 25_000 })
  await expect(cells.filter({ hasText: 'Two devices, two IOASIDs, memory registered once' })).toContainText(
    '25 steps',
  )
  await page.getByRole('button', { name: /^Keys/ }).focus()
  await page.keyboard.press('/')
  await page.keyboard.type('windows are what may be mapped')
  await expect(cells).toHaveCount(1)
  await cells.first().click()
  await expect(playground.slider).toHaveAttribute('aria-valuemax', '24')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('PAPR')
})

test('the palette goes to a step, a line, an object and a flow, by keyboard alone', async ({
  playground,
  page,
}) => {
  await playground.open(PREREG)
  const find = async (query: string) => {
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: /Command/ })
    await expect(field).toBeFocused()
    await page.keyboard.type(query)
    await expect(page.getByRole('listbox', { name: 'Found' }).getByRole('option').first()).toHaveAttribute(
      'aria-selected',
      'true',
    )
    await page.keyboard.press('Enter')
    await expect(field).toBeHidden()
  }
  await find('step 4')
  await playground.atStep(4)
  await find('line 31')
  await expect.poll(() => playground.step()).toBeGreaterThan(4)
  await find('space rid')
  await expect(playground.inspector.getByRole('heading', { name: 'rid', exact: true })).toBeVisible()
  await find('g.1')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One device, one address space')
})

test('keys are listed, changed, switched off and kept', async ({ playground, page }) => {
  await playground.open(PREREG)
  await page.getByRole('button', { name: /^Theme/ }).focus()
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys' })
  await expect(keys.getByText('Step forward')).toBeVisible()
  await keys.getByRole('button', { name: /^Step back:/ }).click()
  await page.keyboard.press('j')
  await expect(keys.getByRole('alert')).toContainText('taken by Step forward')
  await page.keyboard.press('h')
  await expect(keys.getByRole('button', { name: 'Step back: h' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(keys).toBeHidden()
  const last = await playground.lastStep()
  await page.getByRole('button', { name: /^Theme/ }).focus()
  await page.keyboard.press('h')
  await playground.atStep(last - 1)
  await expect(page.getByRole('button', { name: 'Step back (h)' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('button', { name: 'Step back (h)' })).toBeVisible()
  await page.getByRole('button', { name: /^Theme/ }).focus()
  await page.keyboard.press('?')
  await keys.getByRole('checkbox', { name: /Single keys/ }).click()
  await page.keyboard.press('Escape')
  const here = await playground.step()
  await page.keyboard.press('h')
  await page.keyboard.press('j')
  expect(await playground.step()).toBe(here)
})

for (const size of [
  { width: 1440, height: 900 },
  { width: 1280, height: 720 },
]) {
  test(`at ${size.width}x${size.height} no screen and no panel scrolls the page`, async ({
    playground,
    page,
  }) => {
    await page.setViewportSize(size)
    await page.goto('/')
    await expect(page.getByRole('textbox', { name: 'Paste a flow' })).toBeVisible()
    expect(await scrolls(page)).toEqual({ across: false, down: false })
    await playground.open(PREREG)
    for (const [key, name] of [
      ['p', 'Policy'],
      ['m', 'Platform'],
      ['d', 'Dialect'],
      ['?', 'Keys'],
    ] as const) {
      await page.getByRole('button', { name: /^Theme/ }).focus()
      await page.keyboard.press(key)
      const panel = page.getByRole('dialog', { name })
      await expect(panel).toBeVisible()
      expect(await scrolls(page), name).toEqual({ across: false, down: false })
      const box = await panel.boundingBox()
      if (box === null) throw new Error(`${name} is not shown`)
      expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width).toBe(true)
      expect(box.y + box.height).toBeLessThanOrEqual(size.height)
      await page.keyboard.press('Escape')
      await expect(panel).toBeHidden()
    }
  })
}

test('at 400 % zoom everything is there in one column', async ({ playground, page }) => {
  await page.setViewportSize({ width: 320, height: 256 })
  await playground.open(PREREG)
  expect((await scrolls(page)).across).toBe(false)
  for (const name of ['Timeline', 'Graph', 'Flow', 'Inspector']) {
    const region = page.getByRole('region', { name, exact: true })
    await region.scrollIntoViewIfNeeded()
    const box = await region.boundingBox()
    expect(box?.width ?? 0).toBeGreaterThan(280)
  }
})

test('a panel is resized by keyboard and remembers it', async ({ playground, page }) => {
  await playground.open(PREREG)
  const width = async () => (await playground.inspector.boundingBox())?.width ?? 0
  const before = await width()
  await page.getByRole('separator', { name: 'Width of the inspector' }).focus()
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft')
  await expect.poll(width).toBeGreaterThan(before + 10)
  const after = await width()
  await page.reload()
  await expect(playground.slider).toBeVisible()
  await expect.poll(async () => Math.abs((await width()) - after)).toBeLessThan(3)
})

test('the graph is painted though the editor has not come yet', async ({ playground, page }) => {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  await page.route('**/EditorPanel-*.js', async route => {
    await held
    await route.continue()
  })
  await page.goto('/#g.1')
  await expect(playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ })).toBeVisible()
  await expect(playground.editor).toBeHidden()
  release()
  await expect(playground.editor).toContainText('gpa_ioasid')
})

test('forced colours and less motion leave nothing out', async ({ playground, page }) => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
  await playground.open(PREREG)
  await expect(page.getByRole('button', { name: /^prereg=/ })).toBeVisible()
  const moving = await page.evaluate(
    () => document.getAnimations().filter(one => one.playState === 'running').length,
  )
  expect(moving).toBe(0)
})

test('axe finds nothing in the bar that names a difference', async ({ playground, page }) => {
  test.setTimeout(120_000)
  await playground.open(PREREG)
  await page.getByRole('button', { name: /^prereg=/ }).click()
  await page.getByRole('radio', { name: /^none/ }).click()
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('first difference')
  await page.keyboard.press('Escape')
  await axe(page, 'the bar with the difference')
})
