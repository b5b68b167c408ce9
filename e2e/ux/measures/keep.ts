/** W1, W2: nothing that was written is lost. */
import { Playground, scenario } from '../../page-object'
import { type Bench, FLOW, holds } from '../bench'
import { allOf, type Finding, rounded } from '../contract'

/** Beyond the hundred that are promised. */
const EDITS = 104

export async function autosave(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page, editor, flow } = playground
  await editor.click()
  await page.keyboard.press('ControlOrMeta+End')
  const saved = flow.getByText('saved here')
  const start = Date.now()
  await page.keyboard.type('x')
  await holds(() => flow.getByText('saving').waitFor({ timeout: 300 }))
  await saved.waitFor()
  const took = Date.now() - start
  for (let i = 0; i < EDITS; i++) {
    await page.keyboard.insertText(`${i} `)
    // Leaving the page for a moment saves at once what the pause would.
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
      Object.defineProperty(document, 'hidden', { value: false, configurable: true })
    })
  }
  await page.waitForTimeout(600)
  await page.keyboard.press('Alt+h')
  const dialog = page.getByRole('dialog', { name: 'History' })
  const options = dialog.getByRole('option')
  await options.first().waitFor()
  const kept = await options.count()
  await page.keyboard.press('Escape')
  const other = new Playground(await page.context().newPage())
  await other.page.goto('/')
  await other.editor.waitFor()
  await other.paste(FLOW.replace(/^#title.*$/m, '#title other'))
  await page.waitForTimeout(900)
  await Promise.all([page.reload(), other.page.reload()])
  const apart = await holds(async () => {
    await other.page.getByRole('heading', { level: 1, name: 'other' }).waitFor()
    await page.getByRole('heading', { level: 1, name: /two IOASIDs/ }).waitFor()
  })
  const finding = allOf([
    [`saved within 1 s (${took} ms)`, took <= 1000],
    [`a hundred states kept (${kept})`, kept >= 100],
    ['two tabs keep apart', apart],
  ])
  return { ...finding, figure: `${finding.figure},${rounded(took)}ms,${kept}-kept` }
}

export async function undo(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const { page, editor } = playground
  const heading = page.getByRole('heading', { level: 1 })
  const back = async () => {
    await page.getByRole('button', { name: /^Theme/ }).focus()
    await page.keyboard.press('Control+z')
    return holds(() => heading.filter({ hasText: 'two IOASIDs' }).waitFor({ timeout: 5000 }))
  }
  await editor.click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.insertText('// typed')
  await page.keyboard.press('Control+z')
  const typing = await holds(async () => !(await editor.innerText()).includes('// typed'))
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /Command/ }).fill('g.1')
  await page.keyboard.press('Enter')
  await heading.filter({ hasText: /^One device/ }).waitFor()
  const example = await back()
  await playground.paste(scenario('simple'))
  await heading.filter({ hasText: /^One device/ }).waitFor()
  const pasted = await back()
  const files = await page.evaluateHandle(content => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([content], 'a.flow'))
    return transfer
  }, scenario('simple'))
  await editor.dispatchEvent('drop', { dataTransfer: files })
  await heading.filter({ hasText: /^One device/ }).waitFor()
  const file = await back()
  await editor.dispatchEvent('drop', {
    dataTransfer: await page.evaluateHandle(content => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], 'same.flow'))
      return transfer
    }, FLOW),
  })
  await page.waitForTimeout(400)
  await page.keyboard.press('Control+Shift+z')
  const skips = await holds(() => heading.filter({ hasText: /^One device/ }).waitFor({ timeout: 4000 }))
  await page.keyboard.press('Control+z')
  await page.evaluate(() => (location.hash = '#g.1'))
  const opened = await holds(() => heading.filter({ hasText: /^One device/ }).waitFor({ timeout: 5000 }))
  const link = opened && (await back())
  return allOf([
    ['typing', typing],
    ['an example', example],
    ['a paste', pasted],
    ['a file', file],
    ['no step for what changes nothing', skips],
    ['a link', link],
  ])
}
