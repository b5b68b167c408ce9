/** One flow under several designs, side by side. */
import { expect, scenario, test } from './page-object'

test('two designs answer side by side: first difference, costs, pictures at the step', async ({
  playground,
  page,
}) => {
  await playground.open(scenario('prereg-command'))
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  const b = page.getByRole('combobox', { name: 'Design of column B' })
  await b.fill('prereg=none')
  await page.keyboard.press('Enter')
  const steps = page.getByRole('table', { name: 'Steps' })
  // With prereg=none there is nothing to register memory with.
  const first = steps.getByRole('row').filter({ hasText: 'first difference' })
  await expect(first).toContainText('REGISTER')
  await expect(first.getByRole('cell').nth(0)).toContainText('= 0')
  await expect(first.getByRole('cell').nth(1)).toContainText(/differs: .*-E/s)
  const costs = page.getByRole('table', { name: 'Cost' })
  await expect(
    costs.getByRole('row', { name: /^pages charged differs|^pages charged/ }).first(),
  ).toBeVisible()
  await expect(page.getByRole('figure', { name: 'Layout of prereg=none' })).toBeVisible()

  await first.getByRole('button').click()
  await expect(first).toHaveAttribute('aria-current', 'step')
  await page.getByRole('button', { name: 'Next difference' }).click()
  await expect(first).not.toHaveAttribute('aria-current', 'step')
  await page.keyboard.press('Escape')
  await expect(playground.graph).toBeVisible()
})

test('a column that names no choice says so, columns come and go, and alike steps unfold', async ({
  playground,
  page,
}) => {
  await playground.open(scenario('multiple-ioasids'))
  await page.getByRole('button', { name: /^Theme/ }).focus()
  await page.keyboard.press('v')
  const columns = page.getByRole('combobox', { name: /^Design of column/ })
  await expect(columns).toHaveCount(2)
  await page.getByRole('button', { name: 'One column more' }).click()
  await expect(columns).toHaveCount(3)
  await page.getByRole('button', { name: 'Remove column C' }).click()
  await expect(columns).toHaveCount(2)
  await columns.last().fill('unmap=sometimes')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('unmap is one of exact')
  await columns.last().fill('platform=vtd')
  await page.keyboard.press('Enter')
  // The same machine: nothing differs, and everything folds but the step at hand and its neighbour.
  await expect(page.getByText('every step answers alike and costs the same')).toBeVisible()
  const rows = page.getByRole('table', { name: 'Steps' }).getByRole('row')
  await expect(rows).toHaveCount(3)
  await page.getByRole('button', { name: /steps alike/ }).click()
  await expect(rows).toHaveCount(25)
})

test('the ways of a vIOMMU are compared where a flow has one', async ({ playground, page }) => {
  const flow = scenario('four-ways').replaceAll('[0...999]', '[0...9]')
  await playground.open(flow)
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await expect(page.getByRole('combobox', { name: 'Design of column C' })).toHaveValue('viommu=nested')
  const hot = page.getByRole('table', { name: 'Cost' }).getByRole('row', { name: /^hot-path calls/ })
  // Shadowing and mirroring cost a call for each map and each unmap, nesting one for each unmap.
  await expect(hot.getByRole('cell').nth(0)).toHaveText('20')
  await expect(hot.getByRole('cell').nth(1)).toHaveText('20')
  await expect(hot.getByRole('cell').nth(2)).toContainText('10')
})

test('a long comparison is read page by page, at the step at hand', async ({ playground, page }) => {
  await playground.open(scenario('four-ways').replaceAll('[0...999]', '[0...149]'))
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  const steps = page.getByRole('table', { name: 'Steps' })
  await expect(steps).toBeVisible({ timeout: 20_000 })
  await page.getByRole('checkbox', { name: 'all steps' }).check()
  const last = await page.getByText(/^rows 401 to \d+ of \d+$/).innerText()
  expect(last).toMatch(/to (\d+) of \1$/)
  // The flow stands at its last step: that row is on the page shown.
  await expect(steps.locator('[aria-current="step"]')).toHaveCount(1)
  await page.getByRole('button', { name: 'Rows before' }).click()
  await expect(page.getByText(/^rows 1 to 400 of/)).toBeVisible()
  await expect(steps.getByRole('rowheader').first()).toContainText('1 open')
})
