/** Links, as those who send and those who get them see them. */
import { spawnSync } from 'node:child_process'
import { deflateRawSync } from 'node:zlib'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from '@playwright/test'
import { encodeLink, type LinkView, openLink } from '../src/share'
import { toBase64url } from '../src/share/base64url'
import { sealed } from '../src/share/envelope'
import { expect, Playground, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')
const OTHER = scenario('simple')

function linkOf(text: string, view: LinkView = {}): string {
  const made = encodeLink({ text, view })
  if (!made.ok) throw new Error(made.problem.kind)
  return made.value
}

/** A link with a good checksum around any body. */
function sealedLink(bytes: Uint8Array, version = 1): string {
  const made = sealed({ version, body: toBase64url(bytes) })
  if (!made.ok) throw new Error(made.problem.kind)
  return made.value
}

async function addressed(page: Page): Promise<{ text: string; view: LinkView }> {
  const opened = openLink(page.url())
  return opened.ok ? opened.value : { text: `no link: ${opened.problem.kind}`, view: {} }
}

/** As in a profile that never saw the page. */
async function fresh(browser: Browser, address: string): Promise<Playground> {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  const playground = new Playground(await context.newPage())
  await playground.page.goto(address)
  await expect(playground.slider).toBeVisible()
  return playground
}

/** The document a reader came from. */
const BEFORE = '<link rel="icon" href="data:,"><title>before</title>'

/** The graph without what pointer and focus add to it. */
async function pixels({ page, graph }: Playground): Promise<Buffer> {
  await page.mouse.move(0, 0)
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  return graph.screenshot()
}

/** Of 255, over all colours of all pixels; 255 where the sizes differ. */
function mostDifferent(page: Page, ...pictures: readonly [Buffer, Buffer]): Promise<number> {
  return page.evaluate(
    async encoded => {
      const [a, b] = await Promise.all(
        encoded.map(async text => {
          const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0))
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
          canvas?.drawImage(bitmap, 0, 0)
          return canvas?.getImageData(0, 0, bitmap.width, bitmap.height)
        }),
      )
      if (a === undefined || b === undefined || a.width !== b.width || a.height !== b.height) return 255
      return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] ?? 0))), 0)
    },
    pictures.map(picture => picture.toString('base64')),
  )
}

test('the address is the link of what is shown, and Back leaves the page', async ({ playground, page }) => {
  await page.route('**/before', route => route.fulfill({ contentType: 'text/html', body: BEFORE }))
  await page.goto('/before')
  await playground.open(FLOW)
  await expect.poll(() => page.url()).toContain('#v1.')
  const entries = await page.evaluate(() => history.length)
  await playground.goTo(9)
  await expect.poll(() => addressed(page)).toEqual({ text: FLOW, view: { step: 9 } })
  await playground.press(/^Step forward/)
  await expect.poll(() => addressed(page)).toEqual({ text: FLOW, view: { step: 10 } })
  expect(await page.evaluate(() => history.length)).toBe(entries)
  await page.goBack()
  expect(page.url()).toMatch(/\/before$/)
})

test('a link opens elsewhere as it was: step, object, tab and picture', async ({
  playground,
  page,
  browser,
}) => {
  await playground.open(FLOW)
  await playground.goTo(12)
  await playground.graph.getByRole('button', { name: /^space, gpa_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: /Areas/ }).click()
  const view = { step: 12, tab: 'areas', select: expect.stringMatching(/^space:/) }
  await expect.poll(() => addressed(page)).toMatchObject({ view })
  const sent = await addressed(page)
  const theirs = await fresh(browser, page.url())
  await theirs.atStep(12)
  await expect(theirs.inspector.getByRole('tab', { name: /Areas/ })).toHaveAttribute('aria-selected', 'true')
  await expect(theirs.inspector).toContainText('gpa_ioasid')
  await expect.poll(() => theirs.picture()).toBe(await playground.picture())
  const [mine, other] = [await pixels(playground), await pixels(theirs)]
  expect(
    await mostDifferent(page, mine, other),
    'the same pixels, but for how edges of letters are smoothed',
  ).toBeLessThan(96)
  expect(await addressed(theirs.page)).toEqual(sent)
  expect(theirs.complaints).toEqual([])
  await theirs.page.context().close()
})

test('opening a link gives the text back by one key, and a reload keeps what was opened', async ({
  playground,
  page,
}) => {
  await playground.open(FLOW)
  await page.evaluate(
    link => {
      location.hash = link
    },
    linkOf(OTHER, { step: 3 }),
  )
  await playground.atStep(3)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/One device, one address space/)
  await expect(page.getByRole('status').getByText('Your text is kept')).toBeVisible()
  await expect(playground.flow.getByText('saved here')).toBeVisible()
  await page.reload()
  await playground.atStep(3)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/One device, one address space/)
})

test('restore mine, after a link', async ({ playground, page }) => {
  await playground.open(FLOW)
  await page.evaluate(link => {
    location.hash = link
  }, linkOf(OTHER))
  await page.getByRole('button', { name: /^Restore mine/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/two IOASIDs/)
  await expect.poll(async () => (await addressed(page)).text).toBe(FLOW)
})

test('a gallery code opens its item at the step', async ({ browser, baseURL }) => {
  const there = await fresh(browser, `${baseURL}#g.prereg-ioas:7`)
  await there.atStep(7)
  await expect(there.page.getByRole('heading', { level: 1 })).toHaveText(/registration as an address space/)
  await there.page.context().close()
})

test('mangled addresses open', async ({ browser, baseURL }) => {
  test.setTimeout(120_000)
  const link = linkOf(OTHER, { step: 5 })
  const forms = [
    `#${link}.`,
    `#${link}>`,
    `#${link}),`,
    `#<${link}>`,
    `#"${link}"`,
    `#%23${link}`,
    `?s=${link}`,
    `?url=https%3A%2F%2Fexample.org%2F%23${link}&data=05`,
    `#${link.slice(0, 60)}%20${link.slice(60)}`,
    `#${link.slice(0, 60)}=%0A${link.slice(60)}`,
    `#${link.replaceAll('.', '%2E')}`,
    `#${link}&reserved=0`,
  ]
  for (const form of forms) {
    const there = await fresh(browser, `${baseURL}${form}`)
    await there.atStep(5)
    expect((await addressed(there.page)).text, form).toBe(OTHER)
    await there.page.context().close()
  }
})

test('a mail with a link in it is pasted and opens', async ({ playground, page, baseURL }) => {
  await playground.open(FLOW)
  const wrapped = `${baseURL}#${linkOf(OTHER, { step: 4 })}`.replace(/.{70}/g, '$&\n> ')
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  await page.getByRole('textbox', { name: 'Link to open' }).fill(`Hi,\n\n> see\n> ${wrapped}\n> and tell me`)
  await page.getByRole('button', { name: 'Open link' }).click()
  await playground.atStep(4)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/One device, one address space/)
})

const link = linkOf(OTHER)
const BROKEN: readonly (readonly [what: string, fragment: string, says: RegExp])[] = [
  ['cut', link.slice(0, -30), /cut: 30 of its/],
  ['damaged', link.replace(/.(?=.{20}$)/, c => (c === 'A' ? 'B' : 'A')), /damaged/],
  ['of a newer build', sealedLink(deflateRawSync('\0x'), 9), /newer build.*v9/],
  ['a bomb', sealedLink(deflateRawSync(new Uint8Array(40 * 2 ** 20))), /too large/],
  ['no body', sealedLink(new Uint8Array([255, 255, 255])), /cannot be read/],
]
for (const [what, fragment, says] of BROKEN) {
  test(`a link that is ${what} says so and leaves the text alone`, async ({ playground, page }) => {
    await playground.open(FLOW)
    await page.evaluate(hash => {
      location.hash = hash
    }, fragment)
    await expect(page.getByRole('alert').getByText(says)).toBeVisible()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/two IOASIDs/)
    await page.waitForTimeout(400)
    expect(page.url(), 'it can be looked at').toContain(fragment)
    await page.getByRole('button', { name: 'Put away' }).click()
    await expect(page.getByRole('alert').getByText(says)).toBeHidden()
    await expect.poll(async () => (await addressed(page)).text).toBe(FLOW)
  })
}

test('a link that is markup stays text', async ({ browser, baseURL }) => {
  const title = '<img src=x onerror=alert(1)>'
  const there = await fresh(
    browser,
    `${baseURL}#${linkOf(`#title ${title}\n${OTHER.replace(/^#title.*\n/m, '')}`)}`,
  )
  await expect(there.page.getByRole('heading', { level: 1 })).toHaveText(title)
  expect(await there.page.locator('img[src]').count()).toBe(0)
  await there.page.context().close()
})

test('Ctrl+S copies the link, and says so', async ({ playground, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await playground.open(FLOW)
  await playground.goTo(6)
  await page.keyboard.press('Control+s')
  await expect(page.getByText(/^Link copied: \d+ characters\.$/)).toBeVisible()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(openLink(copied)).toEqual({ ok: true, value: { text: FLOW, view: { step: 6 } } })
})

test('the block for mail is the one of the command line', async ({ playground, page, context, baseURL }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await playground.open(FLOW)
  await playground.goTo(14)
  await page.getByRole('button', { name: 'Copy for mail' }).click()
  await expect(page.getByText(/^Copied for mail/)).toBeVisible()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  const args = [
    'src/tooling/ioas.mjs',
    'export',
    '-',
    '--as',
    'mail',
    '--step',
    '14',
    '--base',
    baseURL ?? '',
  ]
  const { stdout } = spawnSync(process.execPath, args, { input: FLOW, encoding: 'utf8' })
  expect(copied).toBe(stdout)
  expect(copied.split('\n').filter(line => line.length > 74 && !line.startsWith('Link: '))).toEqual([])
})

test('a text too long for a link is offered as a file first', async ({ playground, page }) => {
  await playground.open(FLOW)
  let state = 1
  const noise = Array.from({ length: 6000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return `// ${state.toString(36)}${(state ^ 0x5a5a5a5a).toString(36)}`
  })
  await playground.paste(`${FLOW}\n${noise.join('\n')}\n`)
  await expect.poll(() => page.url(), { timeout: 15_000 }).not.toContain('#')
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const share = page.getByRole('dialog', { name: 'Share' })
  await expect(share.getByText(/too long/)).toBeVisible()
  const download = page.waitForEvent('download')
  await share.getByRole('button', { name: 'Save as a file' }).click()
  expect((await download).suggestedFilename()).toMatch(/\.flow$/)
})

test('a host that sees the # in the path sends the reader on', async ({ browser, baseURL }) => {
  const there = await fresh(browser, `${baseURL}%23${linkOf(OTHER, { step: 5 })}`)
  await there.atStep(5)
  await expect.poll(async () => (await addressed(there.page)).text).toBe(OTHER)
  await there.page.context().close()
})

test('a page that is not there says so, and leads home', async ({ page, baseURL }) => {
  const answer = await page.goto('/nothing-here')
  expect(answer?.status()).toBe(404)
  await expect(page.getByRole('heading', { name: 'There is no such page here' })).toBeVisible()
  expect(
    await page.getByRole('link', { name: 'IOAS Playground' }).evaluate(a => (a as HTMLAnchorElement).href),
  ).toBe(baseURL)
})

test('a link pasted on the first visit opens, and a broken one says what is wrong', async ({
  page,
  baseURL,
}) => {
  await page.goto('/')
  await page.getByLabel('Paste a flow').focus()
  const paste = (text: string) =>
    page.getByLabel('Paste a flow').evaluate((target, pasted) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', pasted)
      target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, text)
  await paste(`${baseURL}#${linkOf(OTHER).slice(0, -12)}`)
  await expect(page.getByRole('alert').getByText(/cut: 12 of its/)).toBeVisible()
  await page.goto('about:blank')
  await page.goto('/')
  await paste(`> See <${baseURL}#${linkOf(OTHER, { step: 2 })}>`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/One device, one address space/)
})

test('breakpoints, the outline and the place of the graph go with the link', async ({ browser, baseURL }) => {
  const view: LinkView = {
    step: 4,
    centre: 'outline',
    zoom: [12, 34, 0.8],
    breaks: [
      { kind: 'line', value: 12 },
      { kind: 'errno', value: 'EBUSY', off: true },
    ],
  }
  const there = await fresh(browser, `${baseURL}#${linkOf(FLOW, view)}`)
  await there.page.waitForTimeout(600)
  expect((await addressed(there.page)).view).toEqual(view)
  expect(there.complaints).toEqual([])
  await there.page.context().close()
})

test('a comparison goes with the link, with its columns', async ({ playground, page, browser }) => {
  await playground.open(scenario('prereg-command'))
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.getByRole('combobox', { name: 'Design of column B' }).fill('prereg=none')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'One column more' }).click()
  const columns = page.getByRole('combobox', { name: /^Design of column/ })
  await expect(columns).toHaveCount(3)
  const written = await columns.evaluateAll(fields => fields.map(field => (field as HTMLInputElement).value))
  expect(written.slice(0, 2)).toEqual(['', 'prereg=none'])
  await expect.poll(async () => (await addressed(page)).view.columns).toEqual(written)
  const context = await browser.newContext()
  const theirs = await context.newPage()
  await theirs.goto(page.url())
  const shown = theirs.getByRole('combobox', { name: /^Design of column/ })
  await expect(shown).toHaveCount(3)
  expect(await shown.evaluateAll(fields => fields.map(field => (field as HTMLInputElement).value))).toEqual(
    written,
  )
  // On the workbench nobody sees them, and the link is as short as before.
  await theirs.getByRole('button', { name: 'Back to the flow' }).click()
  await expect.poll(async () => (await addressed(theirs)).view).toEqual({})
  await context.close()
})

test('a note to a step goes with the link, is marked in the timeline, and is read there', async ({
  playground,
  page,
  browser,
}) => {
  await playground.open(FLOW)
  await playground.goTo(3)
  await playground.press(/^Note to this step/)
  const note = page.getByRole('textbox', { name: 'Note to step 3' })
  await expect(note).toBeFocused()
  await note.fill('Why is this open not refused?')
  await expect
    .poll(async () => (await addressed(page)).view.notes)
    .toEqual([{ step: 3, text: 'Why is this open not refused?' }])
  await page.keyboard.press('Escape')
  await playground.press(/^Step forward/)
  await expect(note).toBeHidden()
  await expect.poll(async () => (await addressed(page)).view.step).toBe(4)
  const theirs = await fresh(browser, page.url())
  await theirs.atStep(4)
  await expect(theirs.page.getByTitle(/^3 open .*, note$/)).toBeVisible()
  await theirs.goTo(3)
  const read = theirs.page.getByRole('textbox', { name: 'Note to step 3' })
  await expect(read).toHaveValue('Why is this open not refused?')
  await theirs.page.getByRole('button', { name: 'Remove the note to step 3' }).click()
  await expect(read).toBeHidden()
  await expect.poll(async () => (await addressed(theirs.page)).view.notes).toBe(undefined)
  // Another flow has no notes.
  await playground.openExample('simple.flow')
  await expect.poll(async () => (await addressed(page)).view.notes).toBe(undefined)
  expect(theirs.complaints).toEqual([])
  await theirs.page.context().close()
})

test('axe finds nothing in Share, with a long link, and in the notice of a broken one', async ({
  playground,
  page,
}) => {
  test.setTimeout(90_000)
  const check = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    return violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).join(' | ')}`)
  }
  const words = Array.from({ length: 1500 }, (_, i) => `// ${Math.imul(i + 1, 2654435761).toString(36)}`)
  await playground.open(`${FLOW}\n${words.join('\n')}\n`)
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const share = page.getByRole('dialog', { name: 'Share' })
  await expect(share.getByText('a file is safer')).toBeVisible()
  await expect(share.getByRole('button', { name: 'Save as a file' })).toBeVisible()
  await expect(share.getByRole('textbox', { name: 'Text for mail' })).toHaveValue(/^# Two devices/)
  expect(await check()).toEqual([])
  await page.keyboard.press('Escape')
  await page.evaluate(
    hash => {
      location.hash = hash
    },
    link.slice(0, -30),
  )
  await expect(page.getByRole('alert').getByText(/cut: 30 of its/)).toBeVisible()
  expect(await check()).toEqual([])
})
