/** The picture in the middle: nothing moves, the outline says the same, all of it by keys, very large flows in bundles. */
import { expect, type Playground, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')

/** Places of all parts of the picture on the screen, by id; edges by their label or line. */
function places({ graph }: Playground): Promise<Readonly<Record<string, string>>> {
  return graph.evaluate(panel =>
    Object.fromEntries(
      [...panel.querySelectorAll<HTMLElement>('[data-part]')].map(part => {
        const drawn = part.querySelector('path.line') ?? part
        const { x, y, width, height } = drawn.getBoundingClientRect()
        return [part.dataset.part ?? '', [x, y, width, height].join()]
      }),
    ),
  )
}

const focused = ({ page }: Playground) =>
  page.evaluate(() => document.activeElement?.getAttribute('data-part') ?? null)

test.describe('stepping', () => {
  for (const name of ['multiple-ioasids', 'software-nesting', 'papr-no-passthrough', 'group-half-attached']) {
    test(`moves nothing by a single pixel in ${name}: made, attached anew and gone`, async ({
      playground,
    }) => {
      await playground.open(scenario(name))
      const last = await playground.lastStep()
      await playground.goTo(0)
      const known = new Map<string, string>()
      for (let n = 0; n <= last; n++) {
        await playground.atStep(n)
        for (const [id, place] of Object.entries(await places(playground))) {
          expect([n, id, place]).toEqual([n, id, known.get(id) ?? place])
          known.set(id, place)
        }
        if (n < last) await playground.press(/^Step forward/)
      }
      expect(known.size).toBeGreaterThan(8)
    })
  }

  test('keeps where the reader moved the picture', async ({ playground, page }) => {
    await playground.open(FLOW)
    await playground.graph.getByRole('button', { name: 'Zoom in' }).click()
    await expect(playground.graph.getByTitle('To full size')).not.toHaveText('100%')
    const before = await places(playground)
    await playground.press(/^Step back/)
    const after = await places(playground)
    for (const [id, place] of Object.entries(after)) expect([id, before[id] ?? place]).toEqual([id, place])
    await page.keyboard.press('f')
    await expect(playground.graph.getByTitle('To full size')).toHaveText('100%')
  })
})

test('an edit of one line keeps the objects it does not change within 8 pixels', async ({ playground }) => {
  await playground.open(FLOW)
  const before = await places(playground)
  await playground.paste(FLOW.replace('.size = 4KB', '.size = 8KB'))
  await expect(playground.graph.getByRole('button', { name: /^space, giova_ioasid.*8 KiB/ })).toBeVisible()
  const after = await places(playground)
  for (const [id, place] of Object.entries(before)) {
    const [was, is] = [place, after[id] ?? ''].map(text => text.split(',').map(Number))
    for (const i of [0, 1])
      expect(Math.abs((was?.[i] ?? 0) - (is?.[i] ?? Number.NaN)), id).toBeLessThanOrEqual(8)
  }
})

test('the outline has the objects and edges of the picture, at every step', async ({ playground, page }) => {
  await playground.open(FLOW)
  for (const n of [0, 7, 14, 15]) {
    await playground.goTo(n)
    const inPicture = Object.keys(await places(playground)).sort()
    await playground.graph.getByRole('button', { name: 'Outline' }).click()
    const tree = page.getByRole('tree', { name: 'Outline of the graph' })
    await expect(tree).toBeVisible()
    expect(Object.keys(await places(playground)).sort()).toEqual(inPicture)
    await playground.graph.getByRole('button', { name: 'Graph', exact: true }).click()
  }
})

test('the outline goes with the step, and its keys open, close and choose', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.goTo(15)
  await playground.graph.getByRole('button', { name: 'Outline' }).click()
  const attached = page.getByRole('treeitem', { name: /attached to giova_ioasid/ })
  await expect(attached).toHaveText(/created/)
  await page.keyboard.press('Tab')
  await page.keyboard.press('End')
  await page.keyboard.press('Home')
  await expect(page.getByRole('treeitem', { name: /Process memory VMM/ })).toBeFocused()
  const lines = await page.getByRole('treeitem').count()
  await page.keyboard.press('ArrowLeft')
  expect(await page.getByRole('treeitem').count()).toBeLessThan(lines)
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('treeitem')).toHaveCount(lines)
  await page.getByRole('treeitem', { name: /space gpa_ioasid/ }).focus()
  await page.keyboard.press('Enter')
  await expect(playground.inspector).toContainText('gpa_ioasid')
  await playground.goTo(14)
  await expect(attached).toHaveCount(0)
})

test('Tab goes through the picture as things were made, an object and then its edges, and out of it', async ({
  playground,
  page,
}) => {
  await playground.open(FLOW)
  const parts = Object.keys(await places(playground))
  await playground.graph.getByRole('button', { name: /^memory/ }).focus()
  const walked: (string | null)[] = []
  for (let part = await focused(playground); part !== null; part = await focused(playground)) {
    walked.push(part)
    if (walked.length > parts.length) throw new Error(`a trap: ${walked}`)
    await page.keyboard.press('Tab')
  }
  expect(walked).toEqual([
    'memory',
    'iommu:0',
    ...['group:1', 'device:dev1', 'attach:dev1:space:2', 'group:2', 'device:dev2', 'attach:dev2:space:3'],
    ...walked.slice(8),
  ])
  expect([...walked].sort()).toEqual(parts.sort())
})

test('arrows go to the neighbour, Enter chooses it, and the focus is seen', async ({ playground, page }) => {
  await playground.open(FLOW)
  await playground.graph.getByRole('button', { name: /^device, dev1/ }).focus()
  const step = await playground.step()
  await page.keyboard.press('ArrowRight')
  expect(await focused(playground)).toBe('device:dev2')
  expect(await playground.step()).toBe(step)
  await page.keyboard.press('Enter')
  await expect(playground.inspector).toContainText('dev2')
  for (let i = 0; i < 6 && (await focused(playground)) !== 'memory'; i++) await page.keyboard.press('ArrowUp')
  expect(await focused(playground)).toBe('memory')
  await playground.graph.getByRole('button', { name: /^dev1 attached to/ }).focus()
  await page.keyboard.press('ArrowUp')
  const ring = await page.evaluate(
    () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
  )
  expect(ring).not.toBe('none')
})

/** `count` devices on one address space. */
function manyDevices(count: number): string {
  const rid = (i: number) =>
    `0000:${(1 + (i >> 8)).toString(16).padStart(2, '0')}:${((i >> 3) & 31).toString(16).padStart(2, '0')}.${i & 7}`
  const devices = Array.from({ length: count }, (_, i) => i)
  return [
    '#title many devices',
    ...devices.map(i => `#device d${i} pci ${rid(i)}`),
    'ctx = open("/dev/ioasid", O_RDWR);',
    'sp = ioctl(ctx, IOASID_ALLOC);',
    'at = { .ioasid = sp };',
    ...devices.flatMap(i => [
      `fd${i} = open("/dev/vfio/devices/d${i}", O_RDWR);`,
      `ioctl(fd${i}, VFIO_BIND_IOASID_FD, ctx);`,
      `ioctl(fd${i}, VFIO_ATTACH_IOASID, &at);`,
    ]),
  ].join('\n')
}

test('very many devices stand in bundles with their number, and a click shows them', async ({
  playground,
  page,
}) => {
  await playground.wroteEarlier(manyDevices(120))
  await page.goto('/')
  await playground.ran(25_000)
  const bundles = playground.graph.getByRole('button', { name: /^bundle/ })
  await expect(bundles).toHaveCount(3)
  await expect(bundles.first()).toHaveText(/50 devices/)
  await expect(playground.graph.getByRole('button', { name: /^device,/ })).toHaveCount(0)
  await bundles.first().click()
  await expect(playground.graph.getByRole('button', { name: /^device,/ })).toHaveCount(50)
  await expect(bundles).toHaveCount(2)
  await playground.graph.getByRole('button', { name: /^Close all bundles/ }).click()
  await expect(bundles).toHaveCount(3)
})
