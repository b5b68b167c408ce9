/** The page as a reader knows it: by roles and names, never by how it is built. */

import { readFileSync } from 'node:fs'
import { test as base, expect, type Locator, type Page } from '@playwright/test'

/** A flow that comes with the page. */
export function scenario(name: string): string {
  return readFileSync(new URL(`../src/scenarios/${name}.flow`, import.meta.url), 'utf8')
}

export class Playground {
  readonly page: Page
  /** Everything the console, the page or the network had to complain of. */
  readonly complaints: string[] = []
  readonly requests: string[] = []

  constructor(page: Page) {
    this.page = page
    page.on('console', message => this.complaints.push(`console.${message.type()}: ${message.text()}`))
    page.on('pageerror', error => this.complaints.push(`error: ${error.message}`))
    page.on('request', request => this.requests.push(request.url()))
  }

  /** Opens the page: at a first visit with a flow of the gallery, with a text as one who wrote it on an earlier visit. */
  async open(text?: string): Promise<void> {
    if (text !== undefined) await this.wroteEarlier(text)
    await this.page.goto('/')
    if (text === undefined)
      await this.page.getByRole('link', { name: /^Two devices, two IOASIDs, memory/ }).click()
    await this.ran()
  }

  /** The flow has run, and its last step is shown. */
  async ran(timeout?: number): Promise<void> {
    await expect(this.slider).toBeVisible(timeout === undefined ? {} : { timeout })
    await expect(this.slider, 'the flow has run').not.toHaveAttribute(
      'aria-valuemax',
      '0',
      timeout === undefined ? {} : { timeout },
    )
    await this.atStep(await this.lastStep())
  }

  /** The page that opens next finds this text, as its reader left it. */
  async wroteEarlier(text: string): Promise<void> {
    await this.page.addInitScript(kept => {
      // Once: after a reload the page has its own.
      if (sessionStorage.getItem('written-earlier') !== null) return
      sessionStorage.setItem('written-earlier', 'yes')
      localStorage.setItem('ioas-playground:text', kept)
    }, text)
  }

  /** Takes back what was complained of in these words. */
  forgive(words: RegExp): void {
    const kept = this.complaints.filter(one => !words.test(one))
    this.complaints.splice(0, this.complaints.length, ...kept)
  }

  get slider(): Locator {
    return this.page.getByRole('slider', { name: 'Step' })
  }
  get graph(): Locator {
    return this.page.getByRole('region', { name: 'Graph' })
  }
  get inspector(): Locator {
    return this.page.getByRole('region', { name: 'Inspector' })
  }
  get flow(): Locator {
    return this.page.getByRole('region', { name: 'Flow' })
  }
  get editor(): Locator {
    return this.page.getByRole('textbox', { name: 'Flow text' })
  }

  async step(): Promise<number> {
    return Number(await this.slider.getAttribute('aria-valuenow'))
  }

  async lastStep(): Promise<number> {
    return Number(await this.slider.getAttribute('aria-valuemax'))
  }

  async atStep(n: number): Promise<void> {
    await expect(this.slider).toHaveAttribute('aria-valuenow', String(n))
    await expect(this.page.getByRole('table', { name: `Events of step ${n}` })).toBeVisible()
  }

  async goTo(n: number): Promise<void> {
    await this.slider.focus()
    await this.page.keyboard.press('Home')
    for (let i = 0; i < n; i++) await this.page.keyboard.press('ArrowRight')
    await this.atStep(n)
  }

  async openExample(file: string): Promise<void> {
    await this.flow.getByRole('button', { name: 'Scenarios' }).click()
    await this.page
      .locator('.scenario-menu li')
      .filter({ has: this.page.getByText(file, { exact: true }) })
      .click()
  }

  async press(name: RegExp): Promise<void> {
    await this.page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name }).click()
  }

  /** Replaces the text as a reader would: select all, paste. */
  async paste(text: string): Promise<void> {
    await this.editor.focus()
    await this.page.keyboard.press('ControlOrMeta+a')
    await this.editor.evaluate((target, pasted) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', pasted)
      target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, text)
  }

  /** What the picture says, wherever it stands. */
  async said(): Promise<string> {
    return (await this.picture()).replace(/ @ [-\d,]+$/gm, '')
  }

  /** What the picture says, place included: equal pictures are equal strings. */
  async picture(): Promise<string> {
    return this.graph.evaluate(panel =>
      [...panel.querySelectorAll('[aria-label]')]
        .map(part => {
          const { x, y, width, height } = part.getBoundingClientRect()
          return `${part.getAttribute('aria-label')} @ ${[x, y, width, height].map(Math.round)}`
        })
        .join('\n'),
    )
  }
}

export const test = base.extend<{ playground: Playground }>({
  playground: async ({ page }, use) => {
    const playground = new Playground(page)
    await use(playground)
    expect(playground.complaints, 'the console and the page stay silent').toEqual([])
  },
})

export { expect } from '@playwright/test'
