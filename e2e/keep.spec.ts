import { expect, Playground, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')
const MINE = '#title mine\nioasid_fd = open("/dev/ioasid", mode);\n'

test('the text outlives a reload, and every edit can be undone', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.paste('#title mine\n')
  await expect(playground.flow.getByText('saved here')).toBeVisible()
  await page.reload()
  await expect(playground.editor).toContainText('#title mine')
  await playground.openExample('simple.flow')
  await expect(playground.editor).not.toContainText('#title mine')
  await playground.slider.focus()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(playground.editor).toContainText('#title mine')
})

test('what was written is one key away from any example opened over it', async ({ playground, page }) => {
  await playground.open(MINE)
  await playground.openExample('simple.flow')
  const notice = page.getByRole('status').filter({ hasText: 'Your text is kept' })
  await expect(notice).toContainText('from the gallery')
  await playground.openExample('group-half-attached.flow')
  await page.keyboard.press('Alt+z')
  await expect(playground.editor).toContainText('#title mine')
  await expect(notice).toBeHidden()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(playground.editor).not.toContainText('#title mine')
})

test('an example nobody changed is nobody’s text', async ({ playground, page }) => {
  await playground.open()
  await playground.openExample('simple.flow')
  await expect(page.getByText('Your text is kept')).toBeHidden()
})

test('typing is saved within a second', async ({ playground, page }) => {
  await playground.open(MINE)
  await playground.editor.click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('// soon kept')
  await expect(playground.flow.getByText('saved here')).toBeVisible({ timeout: 1000 })
  await page.reload()
  await expect(playground.editor).toContainText('// soon kept')
})

test('a page left in the middle of a word has the word again', async ({ playground, page }) => {
  await playground.open(MINE)
  await playground.editor.click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.insertText('// in haste')
  await page.reload()
  await expect(playground.editor).toContainText('// in haste')
})

test('two tabs do not overwrite each other', async ({ playground, context }) => {
  await playground.open(MINE)
  await expect(playground.editor).toContainText('#title mine')
  const other = new Playground(await context.newPage())
  await other.page.goto('/')
  await expect(other.editor, 'a fresh tab starts with the newest text').toContainText('#title mine')
  await other.paste('#title other\nioasid_fd = open("/dev/ioasid", mode);\n')
  await playground.paste(MINE.replace('mine', 'mine, longer'))
  for (const one of [playground, other]) await expect(one.flow.getByText('saved here')).toBeVisible()
  await other.page.reload()
  await playground.page.reload()
  await expect(other.editor).toContainText('#title other')
  await expect(playground.editor).toContainText('#title mine, longer')
  expect(other.complaints).toEqual([])
})

test('with storage forbidden the page works and says that nothing is kept', async ({ playground, page }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('denied', 'SecurityError')
        },
      })
    }
  })
  await page.goto('/')
  await expect(playground.flow.getByText(/not saved/)).toHaveCount(1)
  await playground.paste(FLOW)
  await playground.atStep(await playground.lastStep())
  await playground.press(/^Step back/)
  await expect(playground.editor).toContainText('giova_ioasid')
  await page.keyboard.press('ControlOrMeta+z')
  await expect(playground.flow.getByText(/not saved/)).toHaveCount(1)
})
