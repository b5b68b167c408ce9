/** What became of the calls of the proposals, and flows that do the same then and now. */
import { expect, test } from './page-object'

test('a call of the proposals has its fate, and its pair of flows runs on the page', async ({
  playground,
  page,
}) => {
  await playground.open()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /Command/ }).fill('Then and now')
  await page.keyboard.press('Enter')
  const table = page.getByRole('table', { name: 'Calls then and now' })
  const row = table.getByRole('row').filter({ hasText: 'IOASID_BIND_PGTABLE' })
  await expect(row).toContainText('IOMMU_HWPT_ALLOC')
  await row.getByRole('button', { name: /^now: linux-nesting/ }).click()
  await playground.ran()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Linux')
  await expect(playground.graph.getByRole('button', { name: /^object, HWPT_PAGING/ })).toBeVisible()
})
