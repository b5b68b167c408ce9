/** What a reader would see at once and no test of behaviour does: things cut off, beside the window, too small. */
import { expect, scenario, test } from './page-object'
import { VIEWS } from './views'

const SMALL = { width: 1280, height: 720 }

/** Texts that are wider than the place they have. */
const cutOff = (parts: Element[]) =>
  parts.filter(part => part.scrollWidth > part.clientWidth).map(part => part.textContent)

test('every dialog and panel stands inside the window', async ({ playground, page }) => {
  await page.setViewportSize(SMALL)
  await playground.open()
  const floats = VIEWS.filter(({ name }) =>
    ['palette', 'keys', 'history', 'policy', 'platform', 'dialect', 'breakpoints'].includes(name),
  )
  for (const { name, go } of floats) {
    await go(playground)
    const box = await page.locator('dialog[open], [popover]:popover-open').first().boundingBox()
    expect(box, name).not.toBeNull()
    const { x = -1, y = -1, width = 0, height = 0 } = box ?? {}
    expect([name, x >= 0, y >= 0], name).toEqual([name, true, true])
    expect([name, x + width <= SMALL.width, y + height <= SMALL.height]).toEqual([name, true, true])
  }
})

test('no verb of a step is cut in the timeline of a small screen', async ({ playground, page }) => {
  await page.setViewportSize(SMALL)
  await playground.open(scenario('iommufd-viommu'))
  for (const name of ['iommufd-viommu', 'iommufd-nested', 'multiple-ioasids', 'page-fault']) {
    await playground.paste(scenario(name))
    const title = /^#title +(.*)$/m.exec(scenario(name))?.[1] ?? ''
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    expect(await page.locator('.scrubber .cell b').count(), name).toBeGreaterThan(10)
    // The number, and the verb beside it; the verb below, before the object that may be cut.
    const cut = await page.locator('.scrubber .cell').evaluateAll(parts => {
      const isCut = (cell: Element) =>
        [...cell.querySelectorAll('.no, b')].some(
          part => part.getBoundingClientRect().right > cell.getBoundingClientRect().right + 0.5,
        )
      return parts.filter(isCut).map(part => part.getAttribute('title'))
    })
    expect(cut, name).toEqual([])
  }
})

test('three levels of an iommufd flow are read at 80 % of full size on a small screen', async ({
  playground,
  page,
}) => {
  await page.setViewportSize(SMALL)
  await playground.open(scenario('iommufd-nested'))
  const percent = await playground.graph.getByTitle('To full size').innerText()
  expect(Number.parseInt(percent, 10)).toBeGreaterThanOrEqual(80)
  const texts = page.locator('.g-head b, .g-row .v, .g-port .v, .g-context-label b')
  expect(await texts.evaluateAll(cutOff)).toEqual([])
})

test('eight devices of which one is used are read without moving the picture', async ({
  playground,
  page,
}) => {
  await playground.open(scenario('recorded-dma'))
  const panel = await playground.graph.getByRole('group', { name: 'Picture' }).boundingBox()
  const devices = page.locator('.g-device')
  await expect(devices).toHaveCount(8)
  for (const device of await devices.all()) {
    const box = await device.boundingBox()
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual((panel?.x ?? 0) + (panel?.width ?? 0))
  }
})

test('a phone begins at the top, and lays walk and matrix one part under the other', async ({
  playground,
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await playground.open(scenario('vsva'))
  await expect(playground.flow.getByText('holds').first()).toBeAttached()
  await page.waitForTimeout(500)
  expect(await page.locator('.column').evaluate(column => column.scrollTop)).toBe(0)
  await page.getByRole('button', { name: /^Theme/ }).focus()
  const screens = [
    ['w', '.stairs-screen > section', '.stairs-side'],
    ['x', '.matrix-screen > section', '.matrix-side'],
  ] as const
  for (const [key, main, side] of screens) {
    await page.keyboard.press(key)
    await page.locator(side).waitFor({ timeout: 20_000 })
    const [above, below] = [await page.locator(main).boundingBox(), await page.locator(side).boundingBox()]
    expect([key, above?.width, below?.width]).toEqual([key, 390, 390])
    expect(below?.y ?? 0).toBeGreaterThanOrEqual((above?.y ?? 0) + (above?.height ?? 0))
  }
})
