import { expect, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')

test('a page-table entry shows its raw word and the very bits of it', async ({ playground }) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: /Page table/ }).click()
  const row = playground.inspector.getByRole('row').filter({ hasText: /\[2\]/ })
  await row.click()
  await expect(row).toHaveAttribute('aria-selected', 'true')
  const word = /0x[0-9a-f_]{19}/.exec(await row.innerText())?.[0]
  if (word === undefined) throw new Error('no 64-bit word in the row')
  const bits = playground.inspector.getByRole('region', { name: /^Bits of .*\[2\]/ })
  await expect(bits).toContainText(word)
  const drawn = await bits.locator('.bit').allInnerTexts()
  const value = BigInt(word.replaceAll('_', ''))
  expect(drawn.join('')).toBe(value.toString(2).padStart(64, '0'))
  // A present leaf of a second-stage table grants something and holds a 4 KiB frame.
  expect(value & 3n).not.toBe(0n)
  expect((value >> 12n) & 0xf_ffff_ffffn).not.toBe(0n)
})

test('arrow keys walk through the entries', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: /Page table/ }).click()
  const open = playground.inspector.locator('tr[aria-selected=true]')
  await open.focus()
  const before = await open.innerText()
  await page.keyboard.press('ArrowUp')
  await expect(open).not.toHaveText(before, { useInnerText: true })
  await expect(open).toBeFocused()
})

test('translate follows a DMA to its page, and to its fault', async ({ playground }) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: 'Translate' }).click()
  const form = playground.inspector.getByRole('form', { name: 'Translate' })
  await form.getByLabel('Device').selectOption('dev2')
  await form.getByLabel('IOVA').fill('0x2abc')
  const status = playground.inspector.getByRole('status')
  await expect(status).toContainText(/HPA 0x[0-9a-f_]*abc/)
  const references = playground.inspector
    .getByRole('list', { name: 'Memory references' })
    .getByRole('listitem')
  // Scalable mode: root, context, PASID directory and PASID entry, then four levels.
  await expect(references).toHaveCount(8)
  await form.getByLabel('IOVA').fill('0x3000')
  await expect(status).toContainText('Fault')
  await form.getByLabel('IOVA').fill('nonsense')
  await expect(form.getByLabel('IOVA')).toHaveAttribute('aria-invalid', 'true')
})

test('a chosen object stays while stepping, and Escape follows the steps again', async ({
  playground,
  page,
}) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^device, dev1/ }).click()
  await expect(playground.inspector.getByRole('heading', { name: 'dev1' })).toBeVisible()
  await playground.press(/^Step back/)
  await expect(playground.inspector.getByRole('heading', { name: 'dev1' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(playground.inspector.getByRole('heading', { name: /ioasid|dev2/ })).toBeVisible()
})

test('a value tells the step that changed it, and the way there and back', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: /Page table/ }).click()
  const changes = playground.inspector.getByRole('region', { name: 'Changes of what is chosen' })
  // The entry at hand was written by the one map of this space.
  const line = FLOW.slice(0, FLOW.indexOf('\n', FLOW.lastIndexOf('IOASID_MAP_DMA'))).split('\n').length
  await expect(changes).toContainText(/^0x[0-9a-f_]+010 PT\[2\]/)
  await expect(changes).toContainText(`made by step 16, line ${line}`)
  await changes.getByRole('button', { name: 'step 16' }).click()
  await playground.atStep(16)
  await expect(changes).toContainText('changed by this step')
  await playground.inspector.getByRole('tab', { name: /Object/ }).click()
  await playground.inspector
    .getByRole('row', { name: /attach_data/ })
    .getByRole('button')
    .click()
  await expect(changes).toContainText(/attach_data.*step 15/)
  await page.keyboard.press('[')
  await playground.atStep(15)
  await expect(playground.inspector.getByRole('heading', { name: 'giova_ioasid' })).toBeVisible()
})

test('a walk is stepped through, each reference with its bits', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: 'Translate' }).click()
  const list = playground.inspector.getByRole('list', { name: 'Memory references' })
  await expect(list.locator('[aria-current=step]')).toContainText('PT[2]')
  await expect(list.locator('[aria-current=step]')).toContainText(/@ 0x[0-9a-f_]+010/)
  await playground.inspector.getByRole('button', { name: /^Reference before/ }).click()
  await expect(list.locator('[aria-current=step]')).toContainText('PD[0]')
  await page.keyboard.press('Alt+[')
  await expect(list.locator('[aria-current=step]')).toContainText('PDPT[0]')
  await expect(playground.inspector.getByRole('region', { name: 'Bits of PDPT[0]' })).toBeVisible()
  await list.getByRole('button', { name: /context entry/ }).click()
  await expect(
    playground.inspector.getByRole('region', { name: /^Bits of context entry, word 0/ }),
  ).toContainText('PASIDDIRPTR')
})

test('an IOVA is found in the table and in the areas', async ({ playground }) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: /Page table/ }).click()
  const find = playground.inspector.getByRole('textbox', { name: 'Find IOVA' })
  await find.fill('0x1234_5678')
  await find.press('Enter')
  // 2 MiB pages: the PD index is bits 29:21 of the address.
  const index = 0x1234_5678 >> 21
  await expect(playground.inspector.locator('tr[aria-selected=true]')).toContainText(`PD[${index}]`)
  await playground.inspector.getByRole('tab', { name: /Areas/ }).click()
  await playground.inspector.getByRole('textbox', { name: 'Find IOVA' }).fill('0x1234_5678')
  await expect(playground.inspector.getByRole('status')).toHaveText('in area 1')
  await playground.inspector.getByRole('textbox', { name: 'Find IOVA' }).fill('0x4000_0000')
  await expect(playground.inspector.getByRole('status')).toHaveText('0x4000_0000 is in no area')
})

test('configuration entries, caches and charges are told', async ({ playground }) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^device, dev2/ }).click()
  await playground.inspector.getByRole('tab', { name: /Object/ }).click()
  await playground.inspector.getByRole('button', { name: /SSPTPTR/ }).click()
  await expect(
    playground.inspector.getByRole('region', { name: 'Bits of PASID entry, word 0' }),
  ).toBeVisible()
  await playground.inspector.getByRole('tab', { name: /Caches/ }).click()
  await expect(playground.inspector.getByRole('region', { name: 'IOTLB' })).toContainText('0x1_4000_1000')
  await playground.inspector.getByRole('tab', { name: /Accounting/ }).click()
  await expect(playground.inspector.getByRole('table', { name: 'Sums' })).toContainText('262,144 pages')
  await expect(playground.inspector.getByRole('table', { name: 'Payers' })).toContainText('registered')
})

const REFUSED = `${FLOW.slice(0, FLOW.indexOf('dma_write'))}
again = { .ioasid = gpa_ioasid; .iova = 0x1000; .vaddr = 0x40000000; .size = 8KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &again);
`

test('a refused call tells its rule, draws the ranges and says what was checked', async ({ playground }) => {
  await playground.open(REFUSED)
  const card = playground.inspector.getByRole('article', { name: 'Rule map.overlap' })
  await expect(card).toContainText('-EEXIST')
  await expect(card.getByRole('figure', { name: 'Ranges of IOVA' })).toContainText('0x1000 + 8 KiB')
  await expect(card.getByRole('region', { name: /^Checked before/ })).toContainText('map.align')
  await expect(card.getByRole('region', { name: 'Not reached' })).toContainText('map.not-preregistered')
})

test('a DMA that faulted tells the code, and leads to its walk', async ({ playground }) => {
  await playground.open(FLOW)
  await playground.goTo(20)
  const card = playground.inspector.getByRole('article', { name: /^Fault/ }).first()
  await expect(card).toContainText('0x3000')
  await card.getByRole('button', { name: /^Walk 0x3000 of dev2/ }).click()
  const references = playground.inspector.getByRole('list', { name: 'Memory references' })
  await expect(references.locator('.failed')).toContainText('PT[3]')
})
