import type { Page } from '@playwright/test'
import { expect, scenario, test } from './page-object'

const FLOW = scenario('multiple-ioasids')
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1280, height: 720 },
]

test('nothing is asked of any other origin', async ({ playground, baseURL }) => {
  await playground.open()
  await playground.goTo(5)
  expect(playground.requests.length).toBeGreaterThan(3)
  for (const url of playground.requests) expect(url.startsWith(baseURL ?? 'none')).toBe(true)
})

test('the content policy is in the header and in the page, and scripts are strict in both', async ({
  page,
}) => {
  const response = await page.goto('/')
  const header = response?.headers()['content-security-policy'] ?? ''
  const meta =
    (await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content')) ?? ''
  for (const policy of [header, meta]) {
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'self'(?:;|$)/)
    expect(policy).toMatch(/worker-src 'self'(?:;|$)/)
    expect(policy).toMatch(/connect-src 'self'(?:;|$)/)
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).toMatch(/trusted-types [a-z-]+(?:;|$)/)
    expect(policy).not.toContain('unsafe-eval')
  }
  const blocked = await page.evaluate(() => {
    try {
      document.createElement('div').innerHTML = '<b>x</b>'
      return false
    } catch {
      return true
    }
  })
  expect(blocked).toBe(true)
})

test('text is never markup', async ({ playground, page }) => {
  const title = '<img src=x onerror=alert(1)>'
  await playground.open(`#title ${title}\n${FLOW.replace(/^#title.*\n/m, '')}`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title)
  expect(await page.locator('img[src]').count()).toBe(0)
})

/** Pairs of graph objects whose boxes overlap though neither holds the other. */
async function overlaps(page: Page): Promise<string[]> {
  return page.locator('.react-flow').evaluate(flow => {
    const nodes = [...flow.querySelectorAll('.react-flow__node')].filter(
      n => n.querySelector('button') !== null,
    )
    const boxes = nodes.map(n => ({ id: n.getAttribute('data-id') ?? '', box: n.getBoundingClientRect() }))
    const frame = /^(?:context|group):/
    return boxes.flatMap(({ id, box: a }) =>
      boxes
        .filter(({ id: other, box: b }) => {
          if (other <= id || frame.test(id) || frame.test(other)) return false
          return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
        })
        .map(({ id: other }) => `${id} ${other}`),
    )
  })
}

for (const size of SIZES) {
  test(`at ${size.width}x${size.height} nothing scrolls the page, overlaps or leaves its panel`, async ({
    playground,
    page,
  }) => {
    await page.setViewportSize(size)
    await playground.open(FLOW)
    const scrolls = await page.evaluate(() => {
      const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement
      return scrollWidth > clientWidth || scrollHeight > clientHeight
    })
    expect(scrolls).toBe(false)
    expect(await overlaps(page)).toEqual([])
    const panels = ['Flow', 'Graph', 'Inspector', 'Timeline'].map(name =>
      page.getByRole('region', { name, exact: true }),
    )
    for (const panel of panels) {
      const box = await panel.boundingBox()
      if (box === null) throw new Error('a panel is not shown')
      expect(box.x + box.width).toBeLessThanOrEqual(size.width + 0.5)
      expect(box.y + box.height).toBeLessThanOrEqual(size.height + 0.5)
    }
    await playground.graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
    await playground.inspector.getByRole('tab', { name: /Page table/ }).click()
    const clipped = await playground.inspector.evaluate(panel =>
      [...panel.querySelectorAll('[role=treegrid] td:not(:first-child)')]
        .filter(cell => cell.scrollWidth > cell.clientWidth + 1)
        .map(cell => cell.textContent),
    )
    expect(clipped, 'no hex is cut').toEqual([])
  })
}

test('the theme follows the system until it is chosen, and the choice is kept', async ({
  playground,
  page,
}) => {
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'dark' })
  await playground.open()
  const dark = await paper()
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await paper()).not.toBe(dark)
  await page.keyboard.press('Alt+t')
  await page.keyboard.press('Alt+t')
  expect(await paper()).toBe(dark)
  await page.reload()
  expect(await paper()).toBe(dark)
})
