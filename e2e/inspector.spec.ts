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
