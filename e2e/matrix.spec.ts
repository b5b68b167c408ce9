/** The matrix of table types by operations: computed here, each cell with the flow that shows it. */
import { spawnSync } from 'node:child_process'
import { expect, scenario, test } from './page-object'

test('a cell is the answer of a flow that was run, and opens it at the step that shows it', async ({
  playground,
  page,
}) => {
  await playground.open()
  await page.getByRole('button', { name: 'Matrix', exact: true }).click()
  const table = page.getByRole('table', { name: 'Types by operations' })
  const cell = table.getByRole('button', { name: /^bind pgtable on kernel-managed root/ })
  await cell.click()
  // v1 2: a table that the user writes goes on a child of a nesting pair.
  const side = page.getByRole('complementary', { name: 'Cell' })
  await expect(side.getByRole('article')).toContainText('-EINVAL')
  await expect(side.getByRole('article')).toContainText('bind-pgtable.root')
  await expect(side.getByRole('article')).toContainText('Source')
  await expect(side.getByRole('list', { name: 'Flow that ran' })).toContainText('IOASID_BIND_PGTABLE')

  const step = Number(
    /step (\d+)/.exec(await side.getByRole('button', { name: /^Open as a flow/ }).innerText())?.[1],
  )
  await side.getByRole('button', { name: /^Open as a flow/ }).click()
  await playground.atStep(step)
  await expect(playground.inspector.getByRole('article', { name: 'Rule bind-pgtable.root' })).toBeVisible()
})

test('what a dialect cannot make or say is told apart, and arrow keys go through the cells', async ({
  playground,
  page,
}) => {
  await playground.open()
  await page.getByRole('button', { name: /^Theme/ }).focus()
  await page.keyboard.press('x')
  const table = page.getByRole('table', { name: 'Types by operations' })
  // On VT-d the PASID table is the kernel's (R24).
  await expect(table.getByRole('button', { name: /^map on user PASID table/ })).toHaveAccessibleName(
    /such a table cannot be made, rule bind-pasid-table.platform/,
  )
  await table.getByRole('button', { name: /^map on kernel-managed root: ok/ }).click()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  const at = table.getByRole('button', { name: /^unmap on kernel-managed child/ })
  await expect(at).toBeFocused()
  await expect(at).toHaveAttribute('aria-pressed', 'true')

  await page.getByText('rfc-v2', { exact: true }).first().click()
  await expect(
    table.getByRole('button', { name: /^bind pgtable on kernel-managed root: no call/ }),
  ).toBeVisible()
  await expect(page.getByRole('table', { name: 'Same cell elsewhere' }).getByRole('row')).not.toHaveCount(0)
})

test('the matrix is copied as the text that the command line prints', async ({
  playground,
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await playground.open(scenario('simple'))
  await page.getByRole('button', { name: 'Matrix', exact: true }).click()
  await page.getByRole('button', { name: 'Copy as text' }).click()
  await expect(page.getByText(/^Copied as text/)).toBeVisible()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  const args = ['src/tooling/ioas.mjs', 'matrix', '--dialect', 'rfc-v1', '--platform', 'vtd']
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stdout.split('\n').length).toBeGreaterThan(20)
  expect(copied).toBe(stdout)
})
