/** A1, A2, A6, A7, W4: everybody, by whatever means. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { ACTIONS } from '../../../src/ui/app/actions'
import { VIEWS } from '../../views'
import { type Bench, holds } from '../bench'
import { allOf, type Check, type Finding } from '../contract'

const THEMES = ['light', 'dark', 'contrast'] as const

export async function axe(bench: Bench): Promise<Finding> {
  let looked = 0
  const found: string[] = []
  for (const theme of THEMES) {
    const playground = await bench.open({ text: null })
    const { page } = playground
    await page.evaluate(chosen => localStorage.setItem('ioas-playground:theme', chosen), theme)
    await page.reload()
    for (const { name, go } of VIEWS) {
      await go(playground)
      // What a theme alone can change is contrast; the rest is looked at once.
      const builder = new AxeBuilder({ page })
      const { violations } = await (theme === 'light'
        ? builder
        : builder.withRules(['color-contrast'])
      ).analyze()
      looked += 1
      found.push(...violations.map(({ id, nodes }) => `${theme} ${name}: ${id} x${nodes.length}`))
    }
  }
  return {
    ok: found.length === 0,
    figure: `${found.length}-in-${looked}-views`,
    reason: found.slice(0, 4).join('; '),
  }
}

/** Where the focus is, and whether it can be seen: something about it looks other without the focus. */
async function focused(page: Page): Promise<{ readonly what: string; readonly isSeen: boolean }> {
  return page.evaluate(() => {
    const at = document.activeElement
    if (!(at instanceof HTMLElement || at instanceof SVGElement) || at === document.body)
      return { what: 'the page', isSeen: true }
    const looks = () =>
      [at, ...at.querySelectorAll('*'), at.parentElement ?? at]
        .slice(0, 60)
        .map(element => {
          const {
            outline,
            outlineOffset,
            padding,
            boxShadow,
            stroke,
            strokeWidth,
            borderColor,
            backgroundColor,
            fill,
          } = getComputedStyle(element)
          return [
            outline,
            outlineOffset,
            padding,
            boxShadow,
            stroke,
            strokeWidth,
            borderColor,
            backgroundColor,
            fill,
          ].join()
        })
        .join('|')
    const before = looks()
    at.blur()
    const isSeen = looks() !== before || at.matches('.cm-content, input, textarea')
    at.focus()
    return {
      what: `${at.tagName} ${at.getAttribute('aria-label') ?? at.textContent?.slice(0, 30) ?? ''}`,
      isSeen,
    }
  })
}

export async function byKeyboard(bench: Bench): Promise<Finding> {
  const { page } = await bench.open()
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  const seen = new Set<string>()
  const unseen: string[] = []
  let stuck = 0
  let before = ''
  for (let i = 0; i < 90; i++) {
    await page.keyboard.press('Tab')
    const { what, isSeen } = await focused(page)
    seen.add(what)
    if (!isSeen) unseen.push(what)
    stuck = what === before ? stuck + 1 : 0
    if (stuck > 3) break
    before = what
  }
  const regions = await page.evaluate(() =>
    ['Flow', 'Graph', 'Inspector', 'Timeline'].filter(
      name => document.querySelector(`section[aria-label="${name}"]`) === null,
    ),
  )
  const finding = allOf([
    ['no trap', stuck <= 3],
    ['the focus is seen', unseen.length === 0],
    ['it gets around', seen.size > 20],
    ['all panels are there', regions.length === 0],
  ])
  const where = unseen.length > 0 ? `; unseen on ${[...new Set(unseen)].slice(0, 3).join(' | ')}` : ''
  return {
    ...finding,
    figure: `${finding.figure},${seen.size}-stops`,
    reason: `${finding.reason ?? ''}${where}`,
  }
}

export async function singleKeys(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  const away = () => page.getByRole('button', { name: /^Theme/ }).focus()
  const last = await playground.lastStep()
  await away()
  await page.keyboard.press('k')
  const works = await holds(() => playground.atStep(last - 1))
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys' })
  await keys.getByRole('button', { name: /^Step back:/ }).click()
  await page.keyboard.press('h')
  await page.keyboard.press('Escape')
  await away()
  await page.keyboard.press('h')
  const remapped = await holds(() => playground.atStep(last - 2))
  await page.keyboard.press('?')
  await keys.getByRole('checkbox', { name: /Single keys/ }).click()
  await page.keyboard.press('Escape')
  await away()
  await page.keyboard.press('h')
  await page.keyboard.press('j')
  await page.waitForTimeout(300)
  const off = (await playground.step()) === last - 2
  await page.keyboard.press('Alt+.')
  const others = await holds(() => playground.atStep(last - 1))
  return allOf([
    ['a single key steps', works],
    ['it can be another', remapped],
    ['all can be off', off],
    ['keys with Alt stay', others],
  ])
}

/** Targets smaller than 24 px that no rule of WCAG 2.5.8 excuses: not inline in text, not the browser's own. */
async function smallTargets(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const all = [
      ...document.querySelectorAll<HTMLElement>(
        'button, a[href], select, input:not([type=hidden]), summary, [role=tab], [role=slider]',
      ),
    ]
    const boxes = all
      .map(element => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height > 0)
    const small = boxes.filter(({ element, box }) => {
      if (box.width >= 23.5 && box.height >= 23.5) return false
      if (
        getComputedStyle(element).display === 'inline' ||
        element.closest('p, .cm-editor, .sr-only, svg') !== null
      )
        return false
      const label = element.closest('label')?.getBoundingClientRect()
      if (label !== undefined && label.width >= 23.5 && label.height >= 23.5) return false
      // Spacing: a circle of 24 px around its middle that meets no other target.
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
      return boxes.some(({ element: other, box: near }) => {
        if (other === element || other.contains(element) || element.contains(other)) return false
        const dx = Math.max(near.left - x, 0, x - near.right)
        const dy = Math.max(near.top - y, 0, y - near.bottom)
        return Math.hypot(dx, dy) < 12
      })
    })
    return small.map(
      ({ element, box }) =>
        `${(element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 24)} ${Math.round(box.width)}x${Math.round(box.height)}`,
    )
  })
}

export async function targets(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  const small = await smallTargets(page)
  const narrow = await bench.open({ viewport: { width: 320, height: 256 } })
  const across = await narrow.page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  const parts: Check[] = []
  for (const name of ['Timeline', 'Graph', 'Flow', 'Inspector']) {
    const region = narrow.page.getByRole('region', { name, exact: true })
    parts.push([`${name} at 400 %`, await holds(() => region.scrollIntoViewIfNeeded())])
  }
  const finding = allOf([
    [`targets of 24 px (${small.slice(0, 4).join('; ')})`, small.length === 0],
    ['no sideways scroll at 400 %', !across],
    ...parts,
  ])
  return { ...finding, figure: `${finding.figure},${small.length}-small` }
}

export async function everyAction(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page } = playground
  const missing: string[] = []
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: /Command/ })
  for (const { title } of ACTIONS) {
    await field.fill(title)
    const found = await page.getByRole('option').allInnerTexts()
    if (!found.some(text => text.includes(title))) missing.push(title)
  }
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Theme/ }).focus()
  await page.keyboard.press('?')
  const overlay = page.getByRole('dialog', { name: 'Keys' })
  await overlay.waitFor()
  const text = await overlay.innerText()
  const unlisted = ACTIONS.filter(({ keys, title }) => keys.length > 0 && !text.includes(title)).map(
    ({ title }) => title,
  )
  await page.keyboard.press('Escape')
  const tips = await page
    .getByRole('region', { name: 'Timeline' })
    .getByRole('button')
    .evaluateAll(all => all.map(b => b.getAttribute('title') ?? ''))
  const withKeys = tips.filter(tip => /\(.+\)$/.test(tip)).length
  const finding = allOf([
    [`in the palette (${missing.slice(0, 3).join(', ')})`, missing.length === 0],
    [`in the list of keys (${unlisted.slice(0, 3).join(', ')})`, unlisted.length === 0],
    ['in tooltips', withKeys >= 6],
  ])
  return {
    ...finding,
    figure: `${ACTIONS.length - missing.length}/${ACTIONS.length}-actions,${finding.figure}`,
  }
}
