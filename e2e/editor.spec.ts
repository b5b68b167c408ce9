import { expect, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`

const START = lines(
  '#title     A short one',
  '#dialect   rfc-v1',
  '#platform  vtd',
  '#device    dev1 pci 0000:00:03.0',
  '#memory    0x40000000 1MB guest',
  '',
  'device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);',
  'ioasid_fd = open("/dev/ioasid", O_RDWR);',
  'ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);',
  'gpa = ioctl(ioasid_fd, IOASID_ALLOC);',
)

test('the card of a word opens under the pointer and by key, and Escape puts it away', async ({
  playground,
  page,
}) => {
  await playground.open(START)
  await playground.flow.getByText('IOASID_ALLOC').hover()
  const hovered = page.getByRole('tooltip', { name: 'Help: IOASID_ALLOC' })
  await expect(hovered).toContainText('returns its number')
  await expect(hovered).toContainText('alloc.type')
  await page.mouse.move(5, 5)
  await expect(hovered).toBeHidden()

  await playground.flow.getByText('VFIO_BIND_IOASID_FD').click()
  await page.keyboard.press('F1')
  const card = page.getByRole('dialog', { name: 'Help: VFIO_BIND_IOASID_FD' })
  await expect(card).toBeFocused()
  await expect(card).toContainText('bind.taken')
  await expect(card.getByRole('link', { name: /ioasid uAPI proposal/ })).toHaveAttribute(
    'href',
    /^https:\/\/lore\.kernel\.org\/r\//,
  )
  await page.keyboard.press('Escape')
  await expect(card).toBeHidden()
  await expect(playground.editor).toBeFocused()
})

test('completion knows the file of the call, the struct of the command and the words of a directive', async ({
  playground,
  page,
}) => {
  await playground.open(START)
  await playground.editor.focus()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('m = { .ioasid = gpa };')
  await page.keyboard.press('Enter')
  await page.keyboard.type('ioctl(ioasid_fd, IOASID_UN')
  const list = page.getByRole('listbox')
  await expect(list.getByRole('option', { name: /IOASID_UNMAP_DMA/ })).toBeVisible()
  await expect(list.getByRole('option', { name: /VFIO_/ })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.keyboard.type('MAP_DMA, &m);')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('End')
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('; .')
  await expect(list.getByRole('option')).toHaveText([/^ioasid/, /^iova/, /^size/])
  await page.keyboard.press('Escape')
})

test('what makes a step is marked: its call and the struct it passes', async ({ playground }) => {
  await playground.open(
    `${START}at = {\n  .ioasid = gpa\n};\n/* between */\nioctl(device_fd1,\n      VFIO_ATTACH_IOASID, &at);\n`,
  )
  await expect(playground.flow.locator('.cm-line.now')).toHaveText([
    'at = {',
    '  .ioasid = gpa',
    '};',
    /^ioctl\(device_fd1,/,
    /VFIO_ATTACH_IOASID, &at\);/,
  ])
})

test('a refusal that the flow asks for is no error', async ({ playground }) => {
  await playground.open(
    `${START}expect(ioctl(ioasid_fd, IOASID_FREE, 9) == -ENOENT);\nioctl(ioasid_fd, IOASID_FREE, 8);\n`,
  )
  await expect(playground.flow.locator('.cm-line.refused')).toHaveText([/IOASID_FREE, 8/])
  await expect(playground.flow.locator('.line-note.expected')).toContainText('id.unknown')
})

test('twenty errors are all told, gone through and fixed by key', async ({ playground, page }) => {
  const broken = Array.from({ length: 20 }, (_, n) => `x${n} = ioctl(ioasid_fd, IOASID_ALOC);`)
  await playground.open(START)
  await playground.paste(START + lines(...broken))
  const foot = playground.flow.getByRole('button', { name: '20 problems' })
  await expect(foot).toBeVisible()
  await foot.click()
  await expect(playground.flow.getByRole('list', { name: 'Problems' }).getByRole('listitem')).toHaveCount(20)
  await foot.click()
  await expect(playground.flow.getByRole('button', { name: 'Change to IOASID_ALLOC' }).first()).toBeVisible()
  await playground.editor.focus()
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.press('F8')
  await page.keyboard.press('Alt+Enter')
  await expect(playground.flow.getByRole('button', { name: '19 problems' })).toBeVisible()
  await page.keyboard.press('Shift+F8')
  await page.keyboard.press('Alt+Enter')
  await expect(playground.flow.getByRole('button', { name: '18 problems' })).toBeVisible()
  await playground.flow.getByRole('button', { name: 'Change to IOASID_ALLOC' }).first().click()
  await expect(playground.flow.getByRole('button', { name: '17 problems' })).toBeVisible()
})

test('all assumptions are written into a pasted mail in one step, and the same steps follow', async ({
  playground,
  page,
}) => {
  const code = FLOW.split('\n').filter(line => !line.startsWith('#'))
  await playground.open(START)
  await playground.paste(
    `On Thu, someone wrote:\n> This is how it goes.\n${code.map(line => `> ${line}`).join('\n')}\n`,
  )
  await expect(playground.flow.locator('.skipped', { hasText: 'This is how it goes' })).toBeVisible()
  await expect(playground.flow.getByRole('button', { name: /mail cleaned/ })).toBeVisible()
  const assumed = playground.flow.getByRole('button', { name: /[1-9]\d* assumptions/ })
  await assumed.click()
  const steps = await playground.lastStep()
  await playground.flow.getByRole('button', { name: 'write all into the flow' }).click()
  await expect(playground.flow.getByRole('button', { name: '0 assumptions' })).toBeVisible()
  expect(await playground.lastStep()).toBe(steps)
  await playground.editor.focus()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(assumed).toBeVisible()
})

test('directives fold to a line that says what the machine is', async ({ playground }) => {
  await playground.open(FLOW)
  const fold = playground.flow.getByRole('button', {
    name: /7 directives dev1 00:03.0, dev2 00:04.0, 1GB guest/,
  })
  await expect(fold).toHaveAttribute('aria-expanded', 'false')
  await expect(playground.editor).not.toContainText('#platform')
  await fold.click()
  await expect(playground.editor).toContainText('#platform')
})

test('characters that turn or hide text are shown as what they are', async ({ playground }) => {
  await playground.open(`${START}note("a\u202eb\u200bc");\n`)
  await expect(playground.flow.locator('.escaped')).toHaveText(['\\u202e', '\\u200b'])
  expect(await playground.said()).not.toMatch(/[\u202e\u200b]/)
})
