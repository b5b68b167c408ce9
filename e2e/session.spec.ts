/** Whole sessions: what somebody comes for, from the first page to the block that goes into a mail. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, scenario, test } from './page-object'
import { VIEWS } from './views'

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

/** 7-bit lines of at most 74 columns; only a link may be longer. */
function expectMail(block: string): void {
  expect(block).toMatch(/^[\x20-\x7e\n]+$/)
  const long = block.split('\n').filter(line => line.length > 74 && !line.startsWith('Link: '))
  expect(long).toEqual([])
}

test('by keyboard alone, from the first visit to the block for a mail', async ({
  playground,
  page,
  context,
}) => {
  test.setTimeout(90_000)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/')
  await expect(page.getByRole('textbox', { name: 'Paste a flow' })).toBeFocused()

  // The gallery is some Tabs away, its second flow one more.
  const wanted = page.getByRole('link', { name: /^Two devices, two IOASIDs, memory/ })
  await wanted.waitFor()
  await tabTo(page, () => wanted.evaluate(link => link === document.activeElement))
  await page.keyboard.press('Enter')
  await playground.ran()

  // Step from wherever the focus is now, then to the step that maps.
  await page.keyboard.press('Home')
  await playground.atStep(0)
  for (let n = 1; n <= 10; n++) await page.keyboard.press('ArrowRight')
  await playground.atStep(10)

  // An object of the graph, its page table, an entry of it.
  const space = playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ })
  await tabTo(page, () => space.evaluate(node => node === document.activeElement), 120)
  await expectSeenFocus(page)
  await page.keyboard.press('Enter')
  await expect(playground.inspector.getByRole('heading', { name: 'gpa_ioasid' })).toBeVisible()
  const tab = playground.inspector.getByRole('tab', { selected: true })
  await tabTo(page, () => tab.evaluate(node => node === document.activeElement), 120)
  await page.keyboard.press('ArrowRight')
  await expect(playground.inspector.getByRole('tabpanel')).toBeVisible()

  // A policy, through the palette.
  await find(page, 'choose the policy')
  await expect(page.getByRole('dialog', { name: 'Policy' })).toBeVisible()
  await page.keyboard.press('Escape')

  // The text, and out of it again.
  await tabTo(page, () => playground.editor.evaluate(node => node === document.activeElement), 120)
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('dma_read(dev1, 0x1000, 4);')
  await expect.poll(() => playground.lastStep()).toBe(26)
  await page.keyboard.press('Tab')
  await expect(playground.editor).not.toBeFocused()

  await find(page, 'copy for mail')
  await expect.poll(() => clipboard(page)).toContain('Link: ')
  const block = await clipboard(page)
  expectMail(block)
  expect(block).toContain('IOASID_MAP_DMA')
  expect(block).toContain('gpa_ioasid')
})

async function find(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: /Command/ })).toBeFocused()
  await page.keyboard.type(command)
  await expect(page.getByRole('listbox', { name: 'Found' }).getByRole('option').first()).toContainText(
    new RegExp(command, 'i'),
  )
  await page.keyboard.press('Enter')
}

/** Tabs until it is reached; a trap or a missing stop ends the test. */
async function tabTo(page: Page, reached: () => Promise<boolean>, most = 60): Promise<void> {
  for (let i = 0; i < most; i++) {
    if (await reached()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`not reached in ${most} Tabs`)
}

async function expectSeenFocus(page: Page): Promise<void> {
  const isSeen = await page.evaluate(() => {
    const at = document.activeElement
    const around = at === null ? [] : [at, ...at.querySelectorAll('*'), at.parentElement ?? at]
    return around.some(element => {
      const { outlineStyle, boxShadow } = getComputedStyle(element)
      return outlineStyle !== 'none' || boxShadow !== 'none'
    })
  })
  expect(isSeen, 'the focus can be seen').toBe(true)
}

test('a newcomer steps the prereg example, changes a policy, reads what changed and copies the block', async ({
  playground,
  page,
  context,
}) => {
  test.setTimeout(120_000)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  let presses = 0
  const press = async (key: string) => {
    presses += 1
    await page.keyboard.press(key)
  }
  const click = async (name: RegExp, role: 'button' | 'link' | 'radio') => {
    presses += 1
    await page.getByRole(role, { name }).first().click()
  }
  await page.goto('/')
  const start = Date.now()
  const title = /^#title\s+(.+)$/m.exec(scenario('prereg-command'))?.[1] ?? 'no title'
  await click(new RegExp(`^${title}`), 'link')
  await playground.ran()
  await press('Home')
  for (let n = 0; n < 5; n++) await press('ArrowRight')
  await playground.atStep(5)
  await click(/^prereg=/, 'button')
  await click(/^none/, 'radio')
  const said = page.getByRole('status').filter({ hasText: 'first difference' })
  await expect(said.first()).toContainText(
    /prereg=command -> none: first difference at line \d+: -E[A-Z]+ instead of 0/,
  )
  await press('Escape')
  await click(/^Go to line/, 'button')
  await expect(playground.inspector.getByRole('heading', { name: /refused/ })).toBeVisible()
  await click(/^Copy for mail/, 'button')
  await expect.poll(() => clipboard(page)).toContain('Link: ')
  const seconds = (Date.now() - start) / 1000
  expectMail(await clipboard(page))
  expect(presses).toBeLessThanOrEqual(15)
  expect(seconds).toBeLessThanOrEqual(60)
})

for (const theme of ['light', 'dark', 'contrast'] as const) {
  test(`axe finds nothing on any view in ${theme}`, async ({ playground, page }) => {
    test.setTimeout(240_000)
    await page.addInitScript(chosen => localStorage.setItem('ioas-playground:theme', chosen), theme)
    await page.goto('/')
    const found: string[] = []
    for (const { name, go } of VIEWS) {
      await go(playground)
      found.push(...(await violations(page, theme)).map(violation => `${name}: ${violation}`))
    }
    expect(found).toEqual([])
  })
}

/** What a theme alone can change is contrast; the rest is looked at once. */
async function violations(page: Page, theme: string): Promise<readonly string[]> {
  const builder = new AxeBuilder({ page })
  const { violations } = await (theme === 'light' ? builder : builder.withRules(['color-contrast'])).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' | ')}`)
}
