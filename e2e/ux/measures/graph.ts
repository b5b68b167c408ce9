/** T5 to T7, T11, A3, A4, A8, U3: the picture, its outline, its marks. */
import type { Page } from '@playwright/test'
import type { Playground } from '../../page-object'
import { type Bench, FLOW, holds } from '../bench'
import { allOf, type Finding, rounded } from '../contract'
import { manyObjects } from '../flows'

/** In the page: the array of nodes that React Flow was last given, looked up in React's own tree. */
function nodesGiven(): unknown {
  const flow = document.querySelector('.react-flow')
  const key = Object.keys(flow ?? {}).find(name => name.startsWith('__reactFiber$'))
  let fiber = key === undefined ? null : (flow as unknown as Record<string, Fiber>)[key]
  while (fiber) {
    const { nodes } = fiber.memoizedProps ?? {}
    if (Array.isArray(nodes)) return nodes
    fiber = fiber.return
  }
  return null
}

interface Fiber {
  readonly memoizedProps: { readonly nodes?: unknown } | null
  readonly return: Fiber | null
}

export async function sameNodes(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const first = await playground.page.evaluateHandle(nodesGiven)
  const last = await playground.lastStep()
  let same = 0
  for (let n = last - 1; n >= 0; n--) {
    await playground.press(/^Step back/)
    await playground.atStep(n)
    const now = await playground.page.evaluateHandle(nodesGiven)
    const isSame = await playground.page.evaluate(([a, b]) => Array.isArray(a) && a === b, [
      first,
      now,
    ] as const)
    if (isSame) same += 1
  }
  return { ok: same === last, figure: `${same}/${last}-steps` }
}

type Places = ReadonlyMap<string, readonly [x: number, y: number]>

/** Where each object's box stands, by its id in the picture. */
async function places(page: Page): Promise<Places> {
  const found = await page.locator('.react-flow').evaluate(flow =>
    [...flow.querySelectorAll('.react-flow__node')]
      .filter(node => node.querySelector('button') !== null)
      .map(node => {
        const { x, y } = node.getBoundingClientRect()
        return [node.getAttribute('data-id') ?? '', x, y] as const
      }),
  )
  return new Map(found.map(([id, x, y]) => [id, [x, y]]))
}

function farthest(before: Places, after: Places): number {
  const moves = [...before].map(([id, [x, y]]) => {
    const now = after.get(id)
    return now === undefined ? 0 : Math.max(Math.abs(now[0] - x), Math.abs(now[1] - y))
  })
  return Math.max(0, ...moves)
}

export async function nothingMoves(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const last = await playground.lastStep()
  let before = await places(playground.page)
  let most = 0
  let objects = before.size
  for (let n = last - 1; n >= 0; n--) {
    await playground.press(/^Step back/)
    await playground.atStep(n)
    const after = await places(playground.page)
    most = Math.max(most, farthest(before, after))
    objects = Math.max(objects, after.size)
    before = after
  }
  return { ok: most === 0 && objects > 5, figure: `${rounded(most)}px,${objects}-objects,${last}-steps` }
}

export async function editMovesLittle(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  const edits = [
    FLOW.replace('.size = 4KB', '.size = 8KB'),
    FLOW.replace('#device    dev2', '#device    dev3 pci 0000:00:05.0\n#device    dev2'),
    FLOW.replace('note("GIOVA', 'third_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);\nnote("GIOVA'),
  ]
  const moves: number[] = []
  for (const edit of edits) {
    await playground.paste(FLOW)
    await playground.page.waitForTimeout(600)
    const before = await places(page)
    await playground.paste(edit)
    await playground.page.waitForTimeout(800)
    moves.push(farthest(before, await places(page)))
  }
  const most = Math.max(...moves)
  return {
    ok: most <= 8,
    figure: `${rounded(most)}px`,
    reason: `by edit: ${moves.map(rounded).join(', ')} px`,
  }
}

export async function thousands(bench: Bench): Promise<Finding> {
  const playground = await bench.open({ text: manyObjects(1200) })
  const { page } = playground
  const drawn = await page.locator('.react-flow__node button').count()
  const bundles = await playground.graph.getByText(/\d+ devices?/).count()
  const start = Date.now()
  await playground.press(/^Step back/)
  const stepped = await holds(() => playground.atStep(1))
  const back = stepped || (await playground.step()) < (await playground.lastStep())
  const finding = allOf([
    ['something is drawn', drawn > 0],
    ['fewer boxes than objects', drawn < 1000],
    ['bundles say how many they hold', bundles > 0],
    ['it can be stepped', back],
  ])
  return { ...finding, figure: `${finding.figure},${drawn}-boxes,step=${Date.now() - start}ms` }
}

/** Names of what the Tab key leads through, from the first object of the picture to the last. */
async function tabbed({ page, graph }: Playground): Promise<readonly string[]> {
  await graph.getByRole('button', { name: 'Fit the graph' }).focus()
  const order: string[] = []
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab')
    const name = await page.evaluate(() => {
      const at = document.activeElement
      return at?.closest('.react-flow') == null ? null : (at.getAttribute('aria-label') ?? '')
    })
    if (name === null && order.length > 1) break
    if (name !== null) order.push(name)
  }
  return order
}

export async function focusOrder(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const order = await tabbed(playground)
  const at = (pattern: RegExp) => order.findIndex(name => pattern.test(name))
  const [gpa, giova] = [at(/^space, gpa_ioasid/), at(/^space, giova_ioasid/)]
  const [one, two] = [at(/^device, dev1/), at(/^device, dev2/)]
  const [edgeOne, edgeTwo] = [at(/dev1 attached/), at(/dev2 attached/)]
  const focusable = await holds(async () => {
    await playground.graph.getByRole('button', { name: /^device, dev1/ }).focus()
    return playground.graph
      .getByRole('button', { name: /^device, dev1/ })
      .evaluate(e => e === document.activeElement)
  })
  return allOf([
    ['spaces as created', gpa >= 0 && gpa < giova],
    ['devices as named', one >= 0 && one < two],
    ['an edge behind its object', edgeOne > one && edgeOne < two && edgeTwo > two],
    ['objects take the focus', focusable],
  ])
}

async function drawnIds(page: Page): Promise<ReadonlySet<string>> {
  const ids = await page.evaluate(() => [
    ...[...document.querySelectorAll('.react-flow__node')]
      .filter(node => node.querySelector('button') !== null)
      .map(node => node.getAttribute('data-id')),
    ...[...document.querySelectorAll('.react-flow__edge')]
      .filter(edge => edge.childElementCount > 0)
      .map(edge => edge.getAttribute('data-id')),
  ])
  return new Set(ids.filter(id => id !== null))
}

async function outlinedIds(page: Page): Promise<ReadonlySet<string>> {
  const ids = await page
    .locator('[role=treeitem][data-part]')
    .evaluateAll(items => items.map(item => item.getAttribute('data-part')))
  return new Set(ids.filter(id => id !== null))
}

async function asOutline({ page, graph }: Playground, isWanted: boolean): Promise<void> {
  const tree = graph.getByRole('tree')
  if ((await tree.isVisible()) !== isWanted) {
    await page.getByRole('button', { name: /^Theme/ }).focus()
    await page.keyboard.press('o')
  }
  await (isWanted ? tree : page.locator('.react-flow')).waitFor()
}

export async function outlineInSync(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  const steps = [0, 5, 8, 12, 16, 20]
  const missing: string[] = []
  for (const step of steps) {
    await playground.goTo(step)
    await asOutline(playground, false)
    const drawn = await drawnIds(page)
    await asOutline(playground, true)
    const told = await outlinedIds(page)
    const apart = [...drawn].filter(id => !told.has(id)).concat([...told].filter(id => !drawn.has(id)))
    if (apart.length > 0) missing.push(`step ${step}: ${apart.slice(0, 3).join(' ')}`)
  }
  return {
    ok: missing.length === 0,
    figure: `${steps.length - missing.length}/${steps.length}-steps`,
    reason: missing.join('; '),
  }
}

interface Leaf {
  readonly key: string
  readonly value: string
  readonly mark: string
}

/** Every row of every object as the outline tells it. */
async function leaves(page: Page): Promise<readonly Leaf[]> {
  return page.locator('[role=treeitem]').evaluateAll(items =>
    items.map(item => ({
      key: item.getAttribute('data-key') ?? '',
      value: (item.querySelector('.g-line-value')?.textContent ?? '').replace(/^.* -> /, ''),
      mark: item.querySelector('.mark')?.textContent?.trim().slice(0, 1) ?? '',
    })),
  )
}

export async function marksAgree(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  await playground.goTo(0)
  await asOutline(playground, true)
  let before = new Map<string, Leaf>()
  let [judged, changed] = [0, 0]
  const wrong: string[] = []
  const last = await playground.lastStep()
  for (let n = 0; n <= last; n++) {
    const all = await leaves(page)
    const stays = all.filter(leaf => leaf.mark !== '-')
    for (const { key, value, mark } of n === 0 ? [] : all) {
      const known = before.get(key)
      const expected = known === undefined ? '+' : known.value === value ? '' : '~'
      judged += 1
      if (mark !== '') changed += 1
      // What a changed object is called may stay while its rows change; a row's mark is its own.
      const agrees =
        mark === '-' ? known !== undefined : mark === expected || (mark === '~' && expected === '')
      if (!agrees) wrong.push(`step ${n}: ${key} has "${mark}" for "${expected}"`)
    }
    before = new Map(stays.map(leaf => [leaf.key, leaf]))
    if (n < last) {
      await page.getByRole('button', { name: /^Step forward/ }).click()
      await playground.atStep(n + 1)
    }
  }
  const ok = wrong.length === 0 && changed > 20
  return { ok, figure: `${judged - wrong.length}/${judged}-leaves`, reason: wrong.slice(0, 2).join('; ') }
}

/** Marks are signs and words; the same with all colour taken away. */
export async function withoutColour(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  const client = await page.context().newCDPSession(page)
  await client.send('Emulation.setEmulatedVisionDeficiency', { type: 'achromatopsia' })
  await playground.goTo(16)
  const marks = await playground.graph
    .locator('.mark, .badge')
    .evaluateAll(found =>
      found.filter(mark => /mark-|badge-/.test(mark.className)).map(mark => mark.textContent ?? ''),
    )
  const signs = marks.filter(text => /^[+~-](created|changed|removed)$/.test(text.trim()))
  return {
    ok: marks.length > 0 && signs.length === marks.length,
    figure: `${signs.length}/${marks.length}-marks`,
  }
}
