/** Tables of a guest: where their entries lie, and the walk through both stages. */
import { type LinkView, openLink } from '../src/share'
import { expect, scenario, test } from './page-object'

const VSVA = scenario('vsva')

/** The published count of a nested walk of 4 over 4 levels, every page 4 KiB. */
const FOUR_BY_FOUR = VSVA.replace('1GB guest', '256MB guest pages=4K')
  .replace('.size = 1GB', '.size = 256MB')
  .replace(/\nnote\("Neither[\s\S]*/, '\n')

/** What of the page a link carries; nothing where it cannot be read. */
function linked(address: string): LinkView {
  const opened = openLink(address)
  return opened.ok ? opened.value.view : {}
}

test('a guest table shows each entry at its GPA and HPA, marked where the guest wrote', async ({
  playground,
}) => {
  await playground.open(VSVA)
  await playground.graph.getByRole('button', { name: /^space, gva_ioasid/ }).click()
  await playground.goTo(12)
  const { inspector } = playground
  await inspector.getByRole('tab', { name: /Page table/ }).click()
  await expect(inspector.getByText('Written by the guest')).toContainText('found through gpa_ioasid')
  // guest_map(gva_pgtable, 0x7000, 0x1000, 4KB): present, writable, user, accessed, dirty, at GPA 0x1000.
  const row = inspector.getByRole('row').filter({ hasText: 'PT[7]' })
  await expect(row).toHaveAttribute('aria-selected', 'true')
  await expect(row).toContainText('0x0000_0000_0000_1067')
  await expect(row).toContainText('+')
  const places = inspector.getByLabel('By the parent')
  await expect(places).toContainText(/lies at\s*GPA 0x3fe[0-9a-f]_[0-9a-f]{4}, HPA 0x1_bf/)
  // GPA 0x1000 is byte 0x1000 of the first 2 MiB piece that gpa_ioasid maps.
  await expect(places).toContainText(/leads to\s*GPA 0x1000, HPA 0x1_4000_1000/)
})

test('the two-stage walk is a staircase, counted, one reference at a time', async ({ playground, page }) => {
  await playground.open(FOUR_BY_FOUR)
  await playground.graph.getByRole('button', { name: /^space, gva_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: /Translate/ }).click()
  await playground.inspector.getByRole('button', { name: 'Both stages as a staircase' }).click()
  const count = page.getByRole('complementary', { name: 'Count' })
  await expect(count).toContainText('24 references')
  await expect(count).toContainText('4 x (4 + 1) + 4 = 24')
  await expect(page.getByRole('list', { name: /^Row \d/ })).toHaveCount(5)
  for (const row of [1, 2, 3, 4, 5])
    await expect(
      page.getByRole('list', { name: new RegExp(`^Row ${row},`) }).getByRole('button'),
    ).toHaveCount(row === 5 ? 4 : 5)
  await expect(page.getByRole('list', { name: /^Row 5/ })).toContainText('GPA 0x1000')
  await expect(count.getByRole('status')).toHaveText('28 / 28')
  await page.keyboard.press('Alt+[')
  await expect(count.getByRole('status')).toHaveText('27 / 28')
  await expect(page.locator('.stair-cell.ahead')).toHaveCount(1)
  await page
    .getByRole('list', { name: /^Row 1/ })
    .getByRole('button')
    .first()
    .click()
  await expect(count.getByRole('status')).toHaveText('5 / 28')

  await page.getByText('Caches as they are').click()
  await expect(count).toContainText('hit: answered without a walk')
  await expect(count).toContainText('0 references')

  await page.keyboard.press('Escape')
  await expect(playground.graph).toBeVisible()
})

test('a link opens the staircase where its sender stood', async ({ playground, page }) => {
  await playground.open(FOUR_BY_FOUR)
  await playground.graph.getByRole('button', { name: /^space, gva_ioasid/ }).click()
  await page.keyboard.press('w')
  await page.getByRole('list', { name: /^Row 5/ }).waitFor()
  // The address follows a moment later, and may tell of the selection first.
  await expect.poll(() => linked(page.url()).centre).toBe('walk')
  const link = page.url()
  await page.getByRole('button', { name: 'Back to the flow' }).click()
  await playground.ran()
  await expect.poll(() => linked(page.url()).centre, 'the address says that it was left').toBeUndefined()
  await page.evaluate(address => location.replace(address), link)
  await expect(page.getByRole('list', { name: /^Row 5/ })).toContainText('GPA 0x1000')
})

test('a page request shows who waits and who acts next, and the caches what the step asked', async ({
  playground,
}) => {
  await playground.open(scenario('page-fault'))
  await playground.goTo(11)
  const { graph, inspector } = playground
  await expect(graph.getByRole('button', { name: /^device, dev1/ })).toContainText('waits write 0x7000')
  await expect(graph.getByRole('button', { name: /^space, gva_ioasid/ })).toContainText('1 pending, 1 unread')
  await graph.getByRole('button', { name: /^device, dev1/ }).click()
  await inspector.getByRole('tab', { name: /Object/ }).click()
  const fields = inspector.getByRole('table', { name: 'Fields' })
  await expect(fields).toContainText('in the ring: the VMM reads it')
  await inspector.getByRole('tab', { name: /Caches/ }).click()
  await expect(inspector.getByRole('region', { name: 'IOTLB' })).toContainText('this step 1 miss')
  await playground.goTo(14)
  await inspector.getByRole('tab', { name: /Object/ }).click()
  await expect(fields).toContainText('read: the guest or its VMM answers')
})

test('the calls that a VMM makes stand under the step of the guest', async ({ playground, page }) => {
  const boot = scenario('hardware-nesting').replace(/\n\/\* after boot[\s\S]*/, '\n')
  const flow = `${boot.replace('#platform', '#policy    prereg=none\n#platform')}
viommu(dev2, gpa_ioasid, shadow);
guest_map(giova_pgtable, 0x2000, 0x1000, 4KB);
`
  await playground.open(flow)
  // Shadowing: one map of the guest is one map of its VMM.
  await expect(playground.editor.getByText('= 0 +1 call')).toBeVisible()
  const events = page.getByRole('table', { name: /^Events of step/ })
  await expect(events.getByRole('row').filter({ hasText: 'VMM call 1' })).toContainText('IOASID_MAP_DMA')
})
