import { expect, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')

/** As it leaves a mailer: quoted twice, `=` as `=3D`, prose around it. */
function asMail(text: string): string {
  const code = text
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .map(line => `> > ${line.replaceAll('=', '=3D')}`)
  return ['On Thu, someone wrote:', '> > Here is how it goes:', '> >=20', ...code, 'Thanks'].join('\n')
}

test('a flow pasted out of a mail runs', async ({ playground }) => {
  await playground.open(FLOW)
  const steps = await playground.lastStep()
  await playground.paste(asMail(FLOW))
  await expect(playground.flow.getByText('= 1', { exact: true }).first()).toBeVisible()
  await expect.poll(() => playground.lastStep()).toBe(steps)
  await expect(playground.graph.getByRole('button', { name: /^space, giova_ioasid/ })).toBeVisible()
  await expect(playground.flow.getByRole('button', { name: /[1-9]\d* assumptions?/ })).toBeEnabled()
})

test('an error keeps the last good state and names line and step', async ({ playground, page }) => {
  await playground.open(FLOW)
  const last = await playground.lastStep()
  const picture = await playground.picture()
  await playground.editor.focus()
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.insertText('ioctl(nothing_fd, IOASID_ALLOC;\n')
  const notice = page.getByRole('alert')
  await expect(notice).toContainText('Line 1:')
  await expect(notice).toContainText(/Showing step \d+/)
  await expect(playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ })).toBeVisible()
  await expect(playground.flow.locator('.line-note').first()).toContainText('1:')
  await page.keyboard.press('ControlOrMeta+z')
  await expect(notice).not.toContainText('Line 1')
  await expect.poll(() => playground.lastStep()).toBe(last)
  await expect.poll(() => playground.picture()).toBe(picture)
})

test('an error in the middle leaves the steps before it, and says how many are not run', async ({
  playground,
  page,
}) => {
  await playground.open(FLOW)
  const good = await playground.lastStep()
  const lines = FLOW.split('\n')
  const at = lines.findIndex(line => line.startsWith('giova_ioasid ='))
  const broken = [...lines]
  broken[at] = 'giova_ioasid = ioctl(ioasid_fd IOASID_ALLOC);'
  await playground.paste(broken.join('\n'))
  await expect(page.getByRole('alert')).toContainText(`Line ${at + 1}:`)
  await expect.poll(() => playground.lastStep()).toBeLessThan(good)
  expect(await playground.lastStep()).toBeGreaterThan(0)
  await expect(playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ })).toBeVisible()
})

test('a refused call shows its errno and its rule, in the text and beside the graph', async ({
  playground,
}) => {
  const refused = FLOW.replace(
    'dma_write(dev1',
    'ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);\ndma_write(dev1',
  )
  await playground.open(refused)
  await expect(playground.flow.getByText('-EEXIST')).toBeVisible()
  const rule = (await playground.flow.locator('.line-note code').first().innerText()).trim()
  expect(rule).toMatch(/^[a-z]+\.[a-z-]+$/)
  await playground.goTo(11)
  await expect(playground.inspector.getByRole('heading', { name: 'Step 11 refused' })).toBeVisible()
  await expect(playground.inspector.getByText(rule)).toBeVisible()
  await expect(playground.inspector.getByRole('row', { name: /^From / })).toBeVisible()
})

test('an assumption can be written into the flow', async ({ playground }) => {
  const bare = FLOW.split('\n')
    .filter(line => !line.startsWith('#'))
    .join('\n')
  await playground.open(bare)
  await playground.flow.getByRole('button', { name: /assumption/ }).click()
  const list = playground.flow.getByRole('list', { name: 'Assumptions' })
  const before = await list.getByRole('listitem').count()
  await list.getByRole('button', { name: 'write it into the flow' }).first().click()
  await expect.poll(() => list.getByRole('listitem').count()).toBeLessThan(before)
  await expect(playground.editor).toContainText('#')
})
