import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
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

test("an example nobody changed is nobody's text", async ({ playground, page }) => {
  await playground.open()
  await playground.openExample('simple.flow')
  await expect(page.getByText('Your text is kept')).toBeHidden()
})

test('typing is saved by itself', async ({ playground, page }) => {
  await playground.open(MINE)
  await playground.editor.focus()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('// soon kept')
  await expect(playground.flow.getByText('saved here')).toBeVisible()
  await page.reload()
  await expect(playground.editor).toContainText('// soon kept')
})

test('a page left in the middle of a word has the word again', async ({ playground, page }) => {
  await playground.open(MINE)
  await playground.editor.focus()
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
  await playground.open()
  await expect(playground.flow.getByText(/not saved/)).toHaveCount(1)
  await playground.paste(FLOW)
  await playground.atStep(await playground.lastStep())
  await playground.press(/^Step back/)
  await expect(playground.editor).toContainText('giova_ioasid')
  await page.keyboard.press('ControlOrMeta+z')
  await expect(playground.flow.getByText(/not saved/)).toHaveCount(1)
})

test('any earlier state can be looked at and brought back, by keys alone', async ({ playground, page }) => {
  await playground.open(MINE)
  for (const word of ['one', 'two', 'three']) {
    await playground.paste(`#title ${word}\n${FLOW}`)
    await expect(playground.flow.getByText('saved here')).toBeVisible()
  }
  await page.keyboard.press('Alt+h')
  const dialog = page.getByRole('dialog', { name: 'History' })
  const list = dialog.getByRole('listbox', { name: 'Revisions' })
  await expect(list.getByRole('option')).toHaveText([/three.*line 1: #title three/, /two/, /one/, /mine/])
  await page.keyboard.press('ArrowDown')
  await expect(list.getByRole('option', { selected: true })).toContainText('two')
  await expect(dialog.getByRole('region', { name: 'Preview' })).toContainText('#title two')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(playground.editor).toContainText('#title two')
  await expect(page.getByRole('status').filter({ hasText: 'from the history' })).toBeVisible()
  await page.keyboard.press('Alt+z')
  await expect(playground.editor).toContainText('#title three')
})

/** Lets a file go over the page, as a reader drags one in. */
async function drop(page: Page, name: string, content: string, repeat = 1): Promise<void> {
  const files = await page.evaluateHandle(
    ({ name, content, repeat }) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(Array(repeat).fill(content), name))
      return transfer
    },
    { name, content, repeat },
  )
  const target = page.getByRole('textbox', { name: 'Flow text' })
  for (const kind of ['dragover', 'drop']) await target.dispatchEvent(kind, { dataTransfer: files })
}

test('a file dropped on the page is opened, and the text stays one key away', async ({
  playground,
  page,
}) => {
  await playground.open(MINE)
  await drop(page, 'theirs.flow', FLOW)
  await expect(playground.editor).toContainText('giova_ioasid')
  await expect(page.getByRole('status').filter({ hasText: 'theirs.flow' })).toContainText('from a file')
  await expect(playground.editor).not.toContainText('#title mine')
  await page.keyboard.press('ControlOrMeta+z')
  await expect(playground.editor).toContainText('#title mine')
})

test('a huge file and one that is no text are refused, and the text stays', async ({ playground, page }) => {
  await playground.open(MINE)
  const notice = page.getByRole('alert')
  await drop(page, 'huge.flow', 'dma_read(dev1, 0, 1); \n'.repeat(1 << 16), 36)
  await expect(notice).toContainText(/huge\.flow has 5\d\.\d MiB/)
  await drop(page, 'picture.png', '\0\0')
  await expect(notice).toContainText('picture.png is not text')
  await expect(playground.editor).toContainText('#title mine')
  await notice.getByRole('button', { name: 'Put away' }).click()
  await expect(notice).toBeEmpty()
})

test('a flow goes out as a file and comes back the same', async ({ playground, page }) => {
  await playground.open(FLOW)
  // From here on no dialog of the system opens.
  page.on('filechooser', () => {})
  const downloading = page.waitForEvent('download')
  await page.keyboard.press('Control+Shift+s')
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^[a-z0-9-]+\.flow$/)
  const path = await download.path()
  expect(readFileSync(path, 'utf8')).toBe(FLOW)
  await playground.paste(MINE)
  const choosing = page.waitForEvent('filechooser')
  await page.keyboard.press('Control+o')
  await (await choosing).setFiles(path)
  await expect(playground.editor).toContainText('giova_ioasid')
})
