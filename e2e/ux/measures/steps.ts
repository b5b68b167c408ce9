/** U1, U2, U4, U9, U10, A5: moving through the steps and finding out why. */
import type { Page } from '@playwright/test'
import type { Playground } from '../../page-object'
import { type Bench, FLOW, holds } from '../bench'
import { allOf, type Check, type Finding } from '../contract'

async function away(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Theme/ }).focus()
}

async function reaches(playground: Playground, from: number, act: () => Promise<void>, to: number) {
  return holds(async () => {
    await playground.goTo(from)
    await away(playground.page)
    await act()
    await playground.atStep(to)
  })
}

async function palette(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /Command/ }).fill(words)
  await page.keyboard.press('Enter')
}

async function breakAt(page: Page, kind: string, value: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Breakpoints' })
  if (!(await dialog.isVisible())) await page.getByRole('button', { name: /^Breakpoints/ }).click()
  await dialog.getByLabel('Stop at').selectOption(kind)
  const field = dialog.getByRole('combobox', { name: kind }).or(dialog.getByRole('textbox', { name: kind }))
  if (kind === 'Object') await dialog.getByLabel('Object').selectOption(value)
  else await field.fill(value)
  await dialog.getByRole('button', { name: 'Add' }).click()
  await page.keyboard.press('Escape')
}

export async function transport(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  const last = await playground.lastStep()
  const timeline = page.getByRole('region', { name: 'Timeline' })
  const click = (name: RegExp) => () => timeline.getByRole('button', { name }).click()
  const press = (key: string) => () => page.keyboard.press(key)
  const checks: Check[] = [
    ['forward', await reaches(playground, 3, click(/^Step forward/), 4)],
    ['back', await reaches(playground, 3, click(/^Step back/), 2)],
    ['first', await reaches(playground, 3, click(/^To the start/), 0)],
    ['last', await reaches(playground, 3, click(/^To the last step/), last)],
    ['forward by key', await reaches(playground, 3, press('ArrowRight'), 4)],
    ['last by key', await reaches(playground, 3, press('End'), last)],
    ['play', await reaches(playground, last - 1, click(/^Play \(/), last)],
    ['speed', await holds(() => page.getByLabel('Speed of play').selectOption('4x'))],
    ['s in the palette', await reaches(playground, 3, () => palette(page, 's'), 4)],
    ['n in the palette', await reaches(playground, 3, () => palette(page, 'n'), 4)],
    ['rs in the palette', await reaches(playground, 3, () => palette(page, 'rs'), 2)],
  ]
  await breakAt(page, 'Command', 'IOASID_MAP_DMA')
  checks.push(
    ['continue', await reaches(playground, 0, click(/^Run to the next breakpoint/), 10)],
    ['reverse', await reaches(playground, last, click(/^Run back to the previous/), 16)],
    ['c in the palette', await reaches(playground, 0, () => palette(page, 'c'), 10)],
    ['rc in the palette', await reaches(playground, last, () => palette(page, 'rc'), 16)],
  )
  return allOf(checks)
}

/** Kind, value, and the steps of FLOW (with a refused call behind it) where a run from the start stops first, and from the end. */
const BREAKS = [
  ['Line', 'giova_ioasid = ioctl', 13, 13],
  ['Command', 'IOASID_MAP_DMA', 10, 26],
  ['Errno', 'EEXIST', 26, 26],
  ['Object', 'giova_ioasid', 13, null],
  ['IOVA range', '0x2000+0x1000', 10, null],
  ['HVA range', '0x40000000..0x7fffffff', null, null],
] as const

export async function breakpoints(bench: Bench): Promise<Finding> {
  const playground = await bench.open({
    text: `${FLOW}\nioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);\nnote("end");\n`,
  })
  const { page } = playground
  const last = await playground.lastStep()
  const checks: Check[] = []
  for (const [kind, value, first, latest] of BREAKS) {
    const set = await holds(() =>
      kind === 'Line' ? breakAtLine(playground, value) : breakAt(page, kind, value),
    )
    checks.push([
      `${kind} forward`,
      set && (await stops(playground, 0, /^Run to the next breakpoint/, first)),
    ])
    checks.push([`${kind} back`, set && (await stops(playground, last, /^Run back to the previous/, latest))])
    await away(page)
    await palette(page, 'Remove all breakpoints')
  }
  return allOf(checks)
}

async function breakAtLine({ editor, page }: Playground, words: string): Promise<void> {
  await editor.locator('.cm-line', { hasText: words }).click()
  await page.keyboard.press('F9')
}

/** Null: anywhere but at the ends. */
async function stops(
  playground: Playground,
  from: number,
  button: RegExp,
  at: number | null,
): Promise<boolean> {
  return holds(async () => {
    const { page } = playground
    const last = await playground.lastStep()
    await away(page)
    await page.keyboard.press(from === 0 ? 'Home' : 'End')
    await playground.atStep(from)
    await page.getByRole('button', { name: button }).click()
    await page.waitForFunction(
      step =>
        document.querySelector('[role=slider][aria-label=Step]')?.getAttribute('aria-valuenow') !==
        String(step),
      from,
    )
    const now = await playground.step()
    return at === null ? now > 0 && now < last : now === at
  })
}

export async function provenance(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page, graph, inspector } = playground
  const leads = async (open: () => Promise<void>, step: number) =>
    holds(async () => {
      await playground.goTo(await playground.lastStep())
      await open()
      await inspector
        .getByRole('button', { name: /step \d+|before/i })
        .first()
        .click()
      await page.waitForTimeout(300)
      return (await playground.step()) === step
    })
  const space = async () => graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
  const byKey = async (key: string) => {
    await away(page)
    await page.keyboard.press(key)
    await page.waitForTimeout(400)
    return playground.step()
  }
  const toLast = async () => {
    await playground.goTo(await playground.lastStep())
    await space()
  }
  await toLast()
  const before = await byKey('[')
  const earlier = await byKey('[')
  const next = await byKey(']')
  await toLast()
  await palette(page, 'To the first change')
  await page.waitForTimeout(400)
  const first = await playground.step()
  const entry = async () => {
    await space()
    await inspector.getByRole('tab', { name: /Page table/ }).click()
    await inspector.getByRole('row').filter({ hasText: /\[2\]/ }).click()
  }
  return allOf([
    ['object: change before', before > 0 && before < (await playground.lastStep())],
    ['object: the one before that', earlier < before],
    ['object: next change', next === before],
    ['object: first change', first === 13],
    ['entry: the step that wrote it', await leads(entry, 16)],
  ])
}

export async function walk(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { inspector, page } = playground
  await playground.graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
  await inspector.getByRole('tab', { name: 'Translate' }).click()
  const form = inspector.getByRole('form', { name: 'Translate' })
  await form.getByLabel('Device').selectOption('dev2')
  await form.getByLabel('IOVA').fill('0x2abc')
  const status = inspector.getByRole('status')
  const arrives = await holds(() => status.filter({ hasText: /HPA 0x[0-9a-f_]*abc/ }).waitFor())
  const references = inspector.getByRole('list', { name: 'Memory references' }).locator('li:not(.walk-end)')
  const all = await references.count()
  const chosen = () => inspector.locator('[aria-current], [aria-selected=true]').last().innerText()
  await away(page)
  const before = (await holds(chosen)) && (await chosen())
  await page.keyboard.press('Alt+[')
  const one = await holds(async () => (await chosen()) !== before)
  await form.getByLabel('IOVA').fill('0x3000')
  const faults = await holds(() => status.filter({ hasText: 'Fault' }).waitFor())
  await page.waitForTimeout(300)
  const stopped = await references.count()
  return allOf([
    ['a translation and its address', arrives],
    ['root, context, PASID and four levels', all === 8],
    ['one reference at a time', one],
    ['a fault is named', faults],
    ['the walk stops at the failing level', stopped > 0 && stopped <= all],
  ])
}

export async function lanes(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  await playground.goTo(16)
  const chart = playground.page.getByRole('region', { name: /^Sequence up to step 16/ })
  const rows = await chart.getByRole('listitem').allInnerTexts()
  const arrows = await chart.locator('svg').count()
  return allOf([
    ['a chart', arrows > 0],
    ['as text, too', rows.length >= 4],
    ['VMM to kernel', rows.some(row => /VMM to kernel: IOASID_MAP_DMA/.test(row))],
    ['kernel to IOMMU', rows.some(row => /kernel to IOMMU/.test(row))],
    ['the answer', rows.some(row => /kernel to VMM: = 0/.test(row))],
  ])
}

export async function announced(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const last = await playground.lastStep()
  await playground.goTo(0)
  const live = playground.page.locator('.sr-only[aria-live="polite"]').filter({ hasText: /^(Step \d|Start)/ })
  let told = 0
  let changes = 0
  for (let n = 1; n <= last; n++) {
    await playground.page.keyboard.press('ArrowRight')
    await playground.atStep(n)
    const isTold = await holds(() =>
      live.filter({ hasText: `Step ${n} of ${last}: ` }).waitFor({ timeout: 2500 }),
    )
    const said = await live.innerText()
    if (isTold) told += 1
    if (/created|changed|removed/.test(said)) changes += 1
  }
  const ok = told === last && changes > 5
  return {
    ok,
    figure: `${told}/${last}-steps,${changes}-with-changes`,
    reason: changes > 5 ? '' : 'does not tell what changed',
  }
}
