import { expect, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')

test('a first visit shows a real scenario at its last step', async ({ playground, page }) => {
  await playground.open()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/two IOASIDs/)
  await playground.atStep(await playground.lastStep())
  await expect(playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ })).toBeVisible()
  await expect(playground.graph.getByRole('button', { name: /^device, dev2/ })).toBeVisible()
  await expect(playground.graph.getByRole('button', { name: /dev2 attached to giova_ioasid/ })).toBeVisible()
})

test('forward and back meet in the same picture, and nothing that stays moves', async ({ playground }) => {
  await playground.open(FLOW)
  const last = await playground.lastStep()
  await playground.goTo(0)
  const forward: string[] = []
  for (let n = 0; n <= last; n++) {
    await playground.atStep(n)
    forward.push(await playground.picture())
    if (n < last) await playground.press(/^Step forward/)
  }
  for (let n = last; n >= 0; n--) {
    await playground.atStep(n)
    expect(await playground.picture(), `step ${n}`).toBe(forward[n])
    if (n > 0) await playground.press(/^Step back/)
  }
  const places = new Map<string, string>()
  for (const line of forward.join('\n').split('\n')) {
    const [said = '', place = ''] = line.split(' @ ')
    const name = said.split(', ').slice(0, 2).join(', ')
    if (!/^(?:space|device|group|context|memory|iommu),/.test(name)) continue
    expect(`${name} ${place}`).toBe(`${name} ${places.get(name) ?? place}`)
    places.set(name, place)
  }
  expect(places.size).toBeGreaterThan(7)
})

test('the slider goes anywhere, by pointer and by keys', async ({ playground, page }) => {
  await playground.open(FLOW)
  const last = await playground.lastStep()
  const box = await playground.slider.boundingBox()
  if (box === null) throw new Error('no slider')
  const cell = box.width / (last + 1)
  await page.mouse.click(box.x + cell * 7.5, box.y + box.height / 2)
  await playground.atStep(7)
  await page.mouse.click(box.x + cell * 0.5, box.y + box.height / 2)
  await playground.atStep(0)
  await page.keyboard.press('End')
  await playground.atStep(last)
  await page.keyboard.press('PageDown')
  await playground.atStep(last - 10)
})

test('keys step from anywhere but the text, and with Alt from the text too', async ({ playground, page }) => {
  await playground.open(FLOW)
  const last = await playground.lastStep()
  await playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ }).focus()
  await page.keyboard.press('k')
  await playground.atStep(last - 1)
  await page.keyboard.press('j')
  await playground.atStep(last)
  await playground.editor.focus()
  await page.keyboard.press('Alt+,')
  await playground.atStep(last - 1)
  await expect(playground.editor).toBeFocused()
})

test('the same step is marked in the text, the scrubber and the events', async ({ playground, page }) => {
  await playground.open(FLOW)
  const lines = FLOW.split('\n')
  const map = lines.findIndex(line => line.includes('IOASID_MAP_DMA'))
  await playground.goTo(10)
  const marked = playground.flow.locator('.cm-line.now').last()
  await expect(marked).toHaveText(/IOASID_MAP_DMA/)
  expect(await marked.innerText()).toContain(lines[map])
  await expect(playground.slider).toHaveAttribute('aria-valuetext', /^10 MAP/)
  await expect(
    page.getByRole('table', { name: 'Events of step 10' }).getByText('IOASID_MAP_DMA'),
  ).toBeVisible()
})

test('stepping is told to those who listen', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.goTo(7)
  await expect(page.locator('.sr-only[aria-live="polite"]')).toHaveText(
    /^Step 7 of \d+: IOASID_ALLOC ok, = 1; created gpa_ioasid/,
  )
})
