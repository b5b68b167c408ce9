/** S1 to S5, S7 to S11, X3: links. */
import { readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { encodeLink, type LinkView, openLink } from '../../../src/share'
import { toBase64url } from '../../../src/share/base64url'
import { sealed } from '../../../src/share/envelope'
import { madeFlow } from '../../../src/share/flows.fixture'
import { scenario } from '../../page-object'
import { type Bench, FLOW, holds } from '../bench'
import { allOf, type Check, type Finding, rounded } from '../contract'

const OTHER = scenario('simple')
/** What stands before the `#` of a page on a host of its own: `https://ioas.example.org/`. */
const ADDRESS_CHARS = 26

function linkOf(text: string, view: LinkView = {}): string {
  const made = encodeLink({ text, view })
  if (!made.ok) throw new Error(`no link: ${made.problem.kind}`)
  return made.value
}

const LENGTHS = [
  [10, 200],
  [50, 700],
  [100, 1350],
  [200, 2700],
  [1000, 13_100],
] as const

export async function lengths(): Promise<Finding> {
  const found = LENGTHS.map(([steps, most]) => {
    const length = ADDRESS_CHARS + linkOf(madeFlow(steps)).length
    return { steps, most, length }
  })
  const figure = found.map(({ steps, length }) => `${steps}:${length}`).join(',')
  const long = found.filter(({ length, most }) => length > most)
  return {
    ok: long.length === 0,
    figure,
    reason: long.map(({ steps, most }) => `${steps} steps over ${most}`).join(', '),
  }
}

export async function alphabet(): Promise<Finding> {
  const texts = Array.from({ length: 300 }, (_, seed) => madeFlow(5 + (seed % 40), seed))
  const good = texts.filter(text => {
    const link = linkOf(text, { step: text.length % 7 })
    return /^[A-Za-z0-9_.-]*[A-Za-z0-9]$/.test(link) && encodeURIComponent(link) === link
  })
  return { ok: good.length === texts.length, figure: `${good.length}/${texts.length}` }
}

const wrapped = (text: string, joint: string) => text.replace(/.{66}/g, `$&${joint}`)

export async function mangled(bench: Bench): Promise<Finding> {
  const address = `${bench.base}#${linkOf(OTHER, { step: 5 })}`
  const forms: readonly (readonly [string, string])[] = [
    ['%23', address.replace('#', '%23')],
    ['?s=', address.replace('#', '?s=')],
    [
      'SafeLinks',
      `https://nam11.safelinks.protection.outlook.com/?url=${encodeURIComponent(address)}&data=05`,
    ],
    ['<...>', `<${address}>`],
    ['quotes', `"${address}"`],
    ['full stop', `See ${address}.`],
    ['bracket', `(${address})`],
    ['comma', `${address}, and`],
    ['quoted-printable', wrapped(address.replaceAll('=', '=3D'), '=\n')],
    ['wrapped', wrapped(address, '\n')],
    ['quoted and wrapped', `> ${wrapped(address, '\n> ')}`],
    ['in a mail', `Hi,\n\n> see\n> ${wrapped(address, '\n> ')}\n> and tell me\n`],
  ]
  const checks: Check[] = forms.map(([name, form]) => {
    const opened = openLink(form)
    return [name, opened.ok && opened.value.text === OTHER && opened.value.view.step === 5]
  })
  const there = await bench.open({ text: null, fragment: `#%23${linkOf(OTHER, { step: 5 })}` })
  checks.push(['in the address bar', await holds(() => there.atStep(5))])
  return allOf(checks)
}

export async function damage(bench: Bench): Promise<Finding> {
  const link = linkOf(FLOW, { step: 3 })
  let [tried, wrong, unsaid] = [0, 0, 0]
  for (let cut = 1; cut < link.length; cut += 3) {
    const opened = openLink(link.slice(0, -cut))
    tried += 1
    if (opened.ok) wrong += 1
    else if (opened.problem.kind === 'cut' && opened.problem.missing !== cut) unsaid += 1
  }
  for (let at = 4; at < link.length; at += 2) {
    const other = link[at] === 'A' ? 'B' : 'A'
    const opened = openLink(link.slice(0, at) + other + link.slice(at + 1))
    tried += 1
    if (opened.ok && opened.value.text !== FLOW) wrong += 1
  }
  const { page } = await bench.open({ text: null, fragment: `#${link.slice(0, -30)}` })
  const told = await holds(() =>
    page
      .getByRole('alert')
      .getByText(/30 of its .* missing/)
      .waitFor(),
  )
  const figure = `${tried - wrong - unsaid}/${tried},${told ? 'said' : 'silent'}`
  return {
    ok: wrong + unsaid === 0 && told,
    figure,
    reason: told ? '' : 'the page does not say what is missing',
  }
}

export async function released(): Promise<Finding> {
  const corpus: unknown = JSON.parse(readFileSync('src/share/corpus/v1.json', 'utf8'))
  const list: readonly unknown[] = Array.isArray(corpus)
    ? corpus
    : Object.values(corpus ?? {}).flatMap(value => (Array.isArray(value) ? value : []))
  const opens = list.filter(entry => {
    if (typeof entry !== 'object' || entry === null || !('link' in entry) || !('text' in entry)) return false
    const opened = openLink(String(entry.link))
    return opened.ok && opened.value.text === entry.text
  })
  return {
    ok: list.length > 0 && opens.length === list.length,
    figure: `${opens.length}/${list.length}-links`,
  }
}

export async function newer(bench: Bench): Promise<Finding> {
  const made = sealed({ version: 9, body: toBase64url(deflateRawSync('\0x')) })
  const { page, editor } = await bench.open()
  await page.evaluate(hash => (location.hash = hash), made.ok ? made.value : '')
  const told = await holds(() =>
    page
      .getByRole('alert')
      .getByText(/newer build/)
      .waitFor(),
  )
  const kept = await holds(() => editor.getByText('giova_ioasid').first().waitFor())
  return allOf([
    ['says so, and to reload', told],
    ['decodes nothing', kept],
  ])
}

export async function senderSees(bench: Bench): Promise<Finding> {
  const mine = await bench.open()
  await mine.goTo(12)
  await mine.graph.getByRole('button', { name: /^space, gpa_ioasid/ }).click()
  await mine.inspector.getByRole('tab', { name: /Areas/ }).click()
  await mine.page.waitForTimeout(700)
  const there = await bench.blank()
  await there.page.goto(mine.page.url())
  const step = await holds(() => there.atStep(12))
  await there.page.waitForTimeout(500)
  const tab = await there.inspector.getByRole('tab', { name: /Areas/, selected: true }).isVisible()
  const selection = await holds(() =>
    there.inspector.getByRole('heading', { name: 'gpa_ioasid' }).waitFor({ timeout: 2000 }),
  )
  const same = (await there.picture()) === (await mine.picture())
  return allOf([
    ['step', step],
    ['selection', selection],
    ['tab', tab],
    ['the same picture to the pixel', same],
  ])
}

export async function addressBar(bench: Bench): Promise<Finding> {
  const playground = await bench.blank()
  const { page } = playground
  const html = '<link rel="icon" href="data:,"><title>before</title>'
  await page.route('**/before', route => route.fulfill({ contentType: 'text/html', body: html }))
  await page.goto('/before')
  await playground.open(FLOW)
  await page.waitForTimeout(800)
  const late: number[] = []
  for (let i = 0; i < 5; i++) {
    const late1 = await page.evaluate(async () => {
      const before = location.hash
      const slider = document.querySelector<HTMLElement>('[role=slider][aria-label=Step]')
      slider?.focus()
      slider?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true, cancelable: true }),
      )
      const start = performance.now()
      while (location.hash === before && performance.now() - start < 3000)
        await new Promise(r => setTimeout(r, 5))
      return performance.now() - start
    })
    late.push(late1)
  }
  const opened = openLink(page.url())
  await page.goBack()
  const left = page.url().endsWith('/before')
  const most = Math.max(...late)
  const finding = allOf([
    [`within 300 ms (${rounded(most)})`, most <= 300],
    ['holds the text', opened.ok && opened.value.text === FLOW],
    ['Back leaves the document', left],
  ])
  return { ...finding, figure: `${finding.figure},${rounded(most)}ms` }
}

export async function restoreMine(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page, editor } = playground
  const mine = () => holds(() => editor.getByText('giova_ioasid').first().waitFor({ timeout: 4000 }))
  const heading = page.getByRole('heading', { level: 1 })
  const openLinked = async () => {
    // The same address again would be no event: it is the author's own by then.
    const linked = linkOf(OTHER)
    await page.waitForFunction(hash => !location.hash.endsWith(hash), linked)
    await page.evaluate(hash => (location.hash = hash), linked)
    await heading.filter({ hasText: /^One device/ }).waitFor()
  }
  await openLinked()
  const offered = await holds(() => page.getByRole('status').getByText('Your text is kept').waitFor())
  await page.keyboard.press('Alt+z')
  const byKey = await mine()
  await openLinked()
  await page.keyboard.press('Control+z')
  const byUndo = await mine()
  return allOf([
    ['is offered', offered],
    ['by one key', byKey],
    ['by undo', byUndo],
  ])
}

function noise(lines: number): string {
  let state = 1
  return Array.from({ length: lines }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return `// ${state.toString(36)}${(state ^ 0x5a5a5a5a).toString(36)}`
  }).join('\n')
}

async function shareOffers(bench: Bench, lines: number): Promise<readonly string[]> {
  const playground = await bench.open()
  await playground.paste(`${FLOW}\n${noise(lines)}\n`)
  await playground.page.waitForTimeout(1200)
  await playground.page.getByRole('button', { name: 'Share', exact: true }).click()
  const dialog = playground.page.getByRole('dialog', { name: 'Share' })
  await dialog.waitFor()
  return dialog.getByRole('button').allInnerTexts()
}

export async function filesForLongOnes(bench: Bench): Promise<Finding> {
  const isFile = (name: string) => /file/i.test(name)
  const medium = await shareOffers(bench, 1000)
  const long = await shareOffers(bench, 6000)
  const firstOf = (names: readonly string[]) => names.findIndex(isFile)
  const linkAt = long.findIndex(name => /link/i.test(name))
  return allOf([
    ['over 8,000 characters a file is offered', firstOf(medium) >= 0],
    ['over 32 KiB the file comes first', firstOf(long) >= 0 && (linkAt < 0 || firstOf(long) < linkAt)],
  ])
}

export async function bombs(bench: Bench): Promise<Finding> {
  const bytes = deflateRawSync(new Uint8Array(40 * 2 ** 20))
  const made = sealed({ version: 1, body: toBase64url(bytes) })
  const bomb = made.ok ? made.value : ''
  openLink(bomb)
  const start = performance.now()
  const opened = openLink(bomb)
  const took = performance.now() - start
  const long = openLink(`v1.${'A'.repeat(70_000)}`)
  const { page } = await bench.open()
  await page.evaluate(hash => (location.hash = hash), bomb)
  const told = await holds(() =>
    page
      .getByRole('alert')
      .getByText(/too large/)
      .waitFor(),
  )
  const finding = allOf([
    [`a bomb is refused in 50 ms (${rounded(took)})`, !opened.ok && took <= 50],
    ['a link too long is refused', !long.ok],
    ['the page says so', told],
  ])
  return { ...finding, figure: `${finding.figure},${rounded(took)}ms` }
}
