/** U5, U6, I4 to I7, X5: the text, its errors and what explains it. */
import { DIALECTS, helpFor, RULES } from '../../../src/engine'
import { madeFlow } from '../../../src/share/flows.fixture'
import { type Bench, FLOW, holds } from '../bench'
import { allOf, type Finding, quantile, rounded } from '../contract'

/** Every refusal a rule can give has its number, its sentence and its source; and one is shown with all three. */
export async function refusals(bench: Bench): Promise<Finding> {
  const rules = Object.entries(RULES)
  const whole = rules.filter(
    ([, { errno, text, source }]) => /^E[A-Z0-9]+$/.test(errno) && text !== '' && source !== '',
  )
  const refused = `${FLOW}\nioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);\n`
  const { inspector, flow } = await bench.open({ text: refused })
  const card = await holds(async () => {
    await inspector.getByRole('heading', { name: /refused/ }).waitFor()
    const rule = inspector.getByRole('article', { name: /^Rule [a-z]+\./ })
    await rule.getByText('-EEXIST').waitFor()
    await rule
      .getByText(/the text says so|ruling|limit/)
      .first()
      .waitFor()
  })
  const inline = await holds(() => flow.getByText('-EEXIST').first().waitFor())
  const ok = whole.length === rules.length && card && inline
  const reason = card ? 'not at its line' : 'the card does not show all three'
  return { ok, figure: `${whole.length}/${rules.length}-rules`, reason }
}

/** Every command has a card; one is opened by keyboard and by pointer. */
export async function cards(bench: Bench): Promise<Finding> {
  const commands = DIALECTS.flatMap(dialect =>
    dialect.commands.map(({ name }) => [dialect.id, name] as const),
  )
  const missing = commands
    .filter(([dialect, name]) => helpFor(name, dialect) === null)
    .map(([, name]) => name)
  const { editor, page } = await bench.open()
  const word = editor.getByText('VFIO_BIND_IOASID_FD').first()
  const hovered = await holds(async () => {
    await word.hover()
    await page.locator('.cm-tooltip').filter({ hasText: 'VFIO_BIND_IOASID_FD' }).waitFor()
  })
  await page.mouse.move(0, 0)
  const keyed = await holds(async () => {
    await word.click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('F1')
    await page.locator('.cm-tooltip').filter({ hasText: 'VFIO_BIND_IOASID_FD' }).waitFor()
  })
  const finding = allOf([
    [`a card for each (${missing.join(' ')})`, missing.length === 0 && commands.length > 10],
    ['by pointer', hovered],
    ['by keyboard', keyed],
  ])
  return {
    ...finding,
    figure: `${commands.length - missing.length}/${commands.length}-commands,${finding.figure}`,
  }
}

const MISTAKES = [
  'gpa = ioctl(ioasid_fd, IOASID_ALOC);',
  'ioctl(nothing_fd@, IOASID_ALLOC);',
  'x = { .ioasd = 1 }; ioctl(ioasid_fd, IOASID_MAP_DMA, &x);',
  'ioctl(ioasid_fd IOASID_ALLOC);',
]

export async function manyErrors(bench: Bench): Promise<Finding> {
  const text = `${FLOW}\n${Array.from({ length: 24 }, (_, i) => MISTAKES[i % MISTAKES.length]?.replace('@', String(i))).join('\n')}\n`
  const { flow, page } = await bench.open()
  const playground = flow
  await page.getByRole('textbox', { name: 'Flow text' }).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
  const button = playground.getByRole('button', { name: /\d+ problems?/ })
  await page.waitForTimeout(1500)
  await button.click()
  const list = page.getByRole('list', { name: 'Problems' })
  const lines = await list.getByRole('listitem').allInnerTexts()
  const first = FLOW.split('\n').length
  const named = new Set(lines.flatMap(line => /(\d+):\d+/.exec(line)?.[1] ?? []).map(Number))
  const told = Array.from({ length: 24 }, (_, i) => first + 1 + i).filter(
    line => named.has(line) || named.has(line - 1),
  )
  const fixes = lines.filter(line =>
    /did you mean|IOASID_ALLOC|\bioasid\b|replace|insert|write/i.test(line),
  ).length
  const ok = named.size >= 20 && told.length >= 20 && fixes > 0
  return { ok, figure: `${named.size}-lines-told,${fixes}-with-fix`, reason: 'of 24 wrong lines' }
}

export async function lastGoodState(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page, graph } = playground
  const before = await playground.said()
  await playground.editor.click()
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.insertText('ioctl(nothing_fd, IOASID_ALLOC;\n')
  const banner = page.getByRole('alert').filter({ hasText: /Line 1/ })
  const told = await holds(() => banner.waitFor())
  const stays = await graph.getByRole('button', { name: /^space, gpa_ioasid/ }).isVisible()
  const same = (await playground.said()) === before
  const names = told && /step \d+/i.test(await banner.innerText())
  return allOf([
    ['a banner names the line', told],
    ['and the step shown', names],
    ['the graph stays', stays],
    ['and says the same', same],
  ])
}

export async function inlineResults(bench: Bench): Promise<Finding> {
  const refused = `${FLOW}\nioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);\n`
  const { flow } = await bench.open({ text: refused })
  const has = (text: string | RegExp) => holds(() => flow.getByText(text).first().waitFor({ timeout: 3000 }))
  await flow.getByRole('textbox').evaluate(editor => editor.closest('.cm-scroller')?.scrollTo(0, 300))
  const [zero, id, holdsTrue] = [await has(/^= 0$/), await has(/^= [12]$/), await has(/^holds$/)]
  await flow.getByRole('textbox').evaluate(editor => editor.closest('.cm-scroller')?.scrollTo(0, 1e6))
  const [errno, rule] = [
    await has('-EEXIST'),
    (await flow.locator('.line-note code').allInnerTexts()).some(text =>
      /^[a-z]+\.[a-z-]+$/.test(text.trim()),
    ),
  ]
  return allOf([
    ['a result', zero],
    ['an id', id],
    ['a check that held', holdsTrue],
    ['an errno', errno],
    ['its rule', rule],
  ])
}

export async function editToState(bench: Bench): Promise<Finding> {
  // Some 150 steps make some 200 lines.
  const playground = await bench.open({ text: madeFlow(130) })
  const { page } = playground
  await playground.editor.click()
  await page.keyboard.press('ControlOrMeta+End')
  const times: number[] = []
  for (let i = 0; i < 12; i++) {
    times.push(
      await page.evaluate(async () => {
        const slider = document.querySelector('[role=slider][aria-label=Step]')
        const lastStep = () => Number(slider?.getAttribute('aria-valuemax'))
        const before = lastStep()
        const start = performance.now()
        document.execCommand('insertText', false, '\ndma_read(dev1, 0x1000, 4);')
        while (lastStep() === before && performance.now() - start < 5000)
          await new Promise(resolve => requestAnimationFrame(resolve))
        return performance.now() - start
      }),
    )
  }
  const p95 = quantile(times, 0.95)
  const reason = 'run, drawing of the graph and marks in the text, one after the other'
  return { ok: p95 <= 50, figure: `p95=${rounded(p95)}ms,median=${rounded(quantile(times, 0.5))}ms`, reason }
}

const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

/** What stands in a name's place wherever the page shows it: never the character itself. */
export async function hostileNames(bench: Bench): Promise<Finding> {
  const title = 'safe\u202eevil\u2066\u0007'
  const text = FLOW.replace(/^#title.*$/m, `#title ${title}`).replace('"guest page"', '"\u202egap\u2069"')
  const { page, editor } = await bench.open({ text })
  const shown = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const parts: string[] = []
    while (walker.nextNode()) parts.push(walker.currentNode.textContent ?? '')
    return parts.join('\n')
  })
  const heading = await page.getByRole('heading', { level: 1 }).innerText()
  const links = await page.locator('a[href]').evaluateAll(all => all.map(a => a.getAttribute('href') ?? ''))
  const hosts = links.filter(href => /^[a-z]+:/i.test(href)).map(href => new URL(href).host)
  const BUILT_IN = /(^|\.)(kernel\.org|bootlin\.com)$/
  return allOf([
    ['no control of direction anywhere', !DIRECTION.test(shown)],
    ['the heading tells of it', /202e|u\+|\\u/i.test(heading)],
    ['the editor marks it', (await editor.locator('.escaped').count()) > 0],
    ['links go to known hosts', hosts.every(host => BUILT_IN.test(host))],
  ])
}
