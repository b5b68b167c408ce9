import type { Locator, Page } from '@playwright/test'
import { expect, type Playground, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')
const LINES = FLOW.split('\n')

/** From 1. */
function lineOf(text: string, from = 0): number {
  const at = LINES.findIndex((line, i) => i >= from && line.includes(text))
  if (at < 0) throw new Error(`no line with ${text}`)
  return at + 1
}

function breakpointsDialog(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Breakpoints' })
}

async function addBreakpoint(page: Page, kind: string, value: string): Promise<void> {
  const dialog = breakpointsDialog(page)
  if (!(await dialog.isVisible())) await page.getByRole('button', { name: /^Breakpoints/ }).click()
  await dialog.getByLabel('Stop at').selectOption(kind)
  if (kind === 'Object') await dialog.getByLabel('Object').selectOption(value)
  else
    await dialog
      .getByRole('combobox', { name: kind })
      .or(dialog.getByRole('textbox', { name: kind }))
      .fill(value)
  await dialog.getByRole('button', { name: 'Add' }).click()
}

/** Steps at which a run from the start stops, one after the other. */
async function stopsForward(playground: Playground, page: Page): Promise<number[]> {
  await playground.goTo(0)
  const found: number[] = []
  for (;;) {
    const before = await playground.step()
    await page.getByRole('button', { name: /^Run to the next breakpoint/ }).click()
    await expect.poll(() => playground.step()).toBeGreaterThan(before)
    const now = await playground.step()
    if (now === (await playground.lastStep())) return found
    found.push(now)
  }
}

test('a click in the gutter sets a breakpoint; runs stop there forward and back; a click removes it', async ({
  playground,
  page,
}) => {
  await playground.open(FLOW)
  const line = lineOf('giova_ioasid = ioctl')
  const gutter = playground.flow.locator('.cm-breakpoints .cm-gutterElement')
  const number = playground.flow.locator('.cm-lineNumbers .cm-gutterElement', {
    hasText: new RegExp(`^${line}$`),
  })
  const box = await number.boundingBox()
  const edge = await gutter.last().boundingBox()
  if (box === null || edge === null) throw new Error('no gutter')
  await page.mouse.click(edge.x + 6, box.y + box.height / 2)
  await expect(playground.flow.locator('.cm-breakpoints .breakpoint')).toHaveCount(1)
  await playground.goTo(0)
  await page.getByRole('button', { name: /^Run to the next breakpoint/ }).click()
  await playground.atStep(13)
  await expect(playground.flow.locator('.cm-line.now')).toHaveText(/giova_ioasid = ioctl/)
  await page.getByRole('button', { name: /^To the last step/ }).click()
  await page.getByRole('button', { name: /^Run back to the previous breakpoint/ }).click()
  await playground.atStep(13)
  await page.mouse.click(edge.x + 6, box.y + box.height / 2)
  await expect(playground.flow.locator('.cm-breakpoints .breakpoint')).toHaveCount(0)
})

test('breakpoints on command, errno, object and addresses stop where they should', async ({
  playground,
  page,
}) => {
  await playground.open(
    `${FLOW}\nioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);\nexpect(dma_read(dev2, 0x2000, 1) == 1);\n`,
  )
  await addBreakpoint(page, 'Errno', '-eexist')
  await addBreakpoint(page, 'IOVA range', '0x2000+0x1000')
  const dialog = breakpointsDialog(page)
  await expect(dialog.getByText('IOVA 0x2000..0x2fff')).toBeVisible()
  await expect(dialog.getByText(/Stops at \d+ steps/)).toBeVisible()
  await addBreakpoint(page, 'IOVA range', 'nonsense')
  await expect(dialog.getByRole('status')).toContainText('A range is')
  await page.keyboard.press('Escape')
  // 10 maps 1 GiB from 0, 16 maps the page, 18 reads it, 26 is refused with EEXIST.
  expect((await stopsForward(playground, page)).slice(0, 4)).toEqual([10, 16, 18, 26])
  await page.getByRole('button', { name: /^Breakpoints/ }).click()
  await dialog.getByRole('checkbox', { name: /IOVA/ }).uncheck()
  await page.keyboard.press('Escape')
  expect(await stopsForward(playground, page)).toEqual([26])
  await page.getByRole('button', { name: /^Breakpoints/ }).click()
  await dialog.getByRole('button', { name: /Remove errno/ }).click()
  await addBreakpoint(page, 'Object', 'giova_ioasid')
  await page.keyboard.press('Escape')
  expect((await stopsForward(playground, page)).slice(0, 4)).toEqual([13, 15, 16, 18])
})

test('a breakpoint follows its line through edits', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.editor.focus()
  await page.keyboard.press('ControlOrMeta+End')
  const last = LINES.findLastIndex(line => line !== '') + 1
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('F9')
  const dialog = breakpointsDialog(page)
  await page.getByRole('button', { name: /^Breakpoints/ }).click()
  await expect(dialog.getByText(`line ${last}`, { exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await playground.editor.focus()
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.insertText('// one\n// two\n')
  await page.getByRole('button', { name: /^Breakpoints/ }).click()
  await expect(dialog.getByText(`line ${last + 2}`, { exact: true })).toBeVisible()
})

test('play goes on by itself, faster when told, stops at a breakpoint and at the end', async ({
  playground,
  page,
}) => {
  await playground.open(FLOW)
  await playground.goTo(0)
  await page.getByLabel('Speed of play').selectOption('4x')
  await addBreakpoint(page, 'Command', 'IOASID_REGISTER_MEMORY')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Play \(/ }).click()
  await playground.atStep(6)
  await expect(page.getByRole('button', { name: /^Play \(/ })).toBeVisible()
  await playground.goTo((await playground.lastStep()) - 1)
  await page.getByRole('button', { name: /^Play \(/ }).click()
  await playground.atStep(await playground.lastStep())
  await expect(page.getByRole('button', { name: /^Play \(/ })).toBeVisible()
  // From the end it starts over, and a step of the reader's own ends it.
  await page.getByRole('button', { name: /^Play \(/ }).click()
  await expect.poll(() => playground.step()).toBeLessThan(3)
  await page.getByRole('button', { name: /^To the last step/ }).click()
  await expect(page.getByRole('button', { name: /^Play \(/ })).toBeVisible()
  await playground.atStep(await playground.lastStep())
})

test('run to the cursor, to refused steps and to what touched the object, by keys', async ({
  playground,
  page,
}) => {
  await playground.open(`${FLOW}\nioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);\n`)
  await playground.flow.locator('.cm-line', { hasText: 'VFIO_DETACH_IOASID' }).click()
  await page.keyboard.press('Alt+r')
  await playground.atStep(14)
  // The pointer rests on a word of the text, whose card would lie over the graph.
  await page.keyboard.press('Escape')
  await page.mouse.move(720, 5)
  await playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ }).click()
  await page.keyboard.press('e')
  await playground.atStep(26)
  await page.keyboard.press('Shift+E')
  await expect(page.getByText('No earlier step was refused')).toBeVisible()
  // dev1's read at 24 goes through gpa_ioasid; dev2 left it at 14.
  await page.keyboard.press('Shift+T')
  await playground.atStep(24)
  await page.keyboard.press('Shift+T')
  await playground.atStep(14)
  await page.keyboard.press('t')
  await playground.atStep(24)
})

test('an event leads to its object, and from there to the step before that touched it', async ({
  playground,
  page,
}) => {
  await playground.open(FLOW)
  await playground.goTo(16)
  const events = page.getByRole('table', { name: 'Events of step 16' })
  await events.getByRole('row').filter({ hasText: 'area-added' }).getByRole('button').click()
  await expect(playground.inspector.getByRole('heading', { name: 'giova_ioasid' })).toBeVisible()
  await events.getByRole('row').filter({ hasText: 'area-added' }).getByRole('button').click()
  await playground.atStep(15)
})

test('lanes tell the step as arrows between its actors, and as a list', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.goTo(16)
  const lanes = page.getByRole('region', { name: 'Sequence up to step 16' })
  const rows = lanes.getByRole('listitem')
  await expect(rows).toHaveText([
    'VMM to kernel: IOASID_MAP_DMA',
    'kernel: giova_ioasid: area added',
    'kernel to IOMMU: +3 tables, +4 entries',
    'kernel to VMM: = 0',
  ])
  await expect(lanes.locator('svg .head')).toHaveCount(4)
  await page.getByRole('button', { name: 'flow up to here' }).click()
  await expect.poll(() => rows.count()).toBeGreaterThan(8)
  await page.setViewportSize({ width: 1280, height: 720 })
  await expect(page.getByRole('radio', { name: 'Both' })).toHaveCount(0)
  await page.getByText('Lanes', { exact: true }).first().click()
  await expect(page.getByRole('region', { name: 'Sequence up to step 16' })).toBeVisible()
  await page.getByText('Cost', { exact: true }).click()
  await expect(page.getByText('counts of a model, not times')).toBeVisible()
})

const LONG = `${LINES.filter(line => !/^(?:expect|note)/.test(line)).join('\n')}
${Array.from({ length: 9980 }, (_, i) => (i % 1000 === 7 ? 'ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);' : 'dma_read(dev1, 0x1000, 16);')).join('\n')}
`

test('10,000 steps are dragged from end to end, and the last place asked for is shown', async ({
  playground,
  page,
}) => {
  test.setTimeout(120_000)
  await playground.open(FLOW)
  await playground.paste(LONG)
  await expect.poll(() => playground.lastStep(), { timeout: 90_000 }).toBeGreaterThan(9900)
  const last = await playground.lastStep()
  const box = await playground.slider.boundingBox()
  if (box === null) throw new Error('no slider')
  const y = box.y + box.height / 2
  const painted = new Set<string>()
  const shown = page.getByRole('table', { name: /^Events of step/ })
  await page.mouse.move(box.x + 2, y)
  await page.mouse.down()
  for (let i = 0; i <= 180; i++) {
    await page.mouse.move(box.x + 2 + ((box.width - 4) * i) / 180, y)
    if (i % 30 === 0) painted.add((await shown.getAttribute('aria-label')) ?? '')
  }
  await page.mouse.up()
  await expect.poll(() => playground.step()).toBeGreaterThan(last - 60)
  await playground.atStep(await playground.step())
  // It went on painting while it was dragged, and did not wait for the end.
  expect(painted.size).toBeGreaterThan(2)
  await page.mouse.wheel(0, -120)
  await expect.poll(() => playground.step()).toBeLessThan(last)
})
