/** A browser on the built page, with a fresh profile for whoever asks for one. */
import type { Browser, BrowserContextOptions, CDPSession } from '@playwright/test'
import { Playground, scenario } from '../page-object'

export const FLOW = scenario('multiple-ioasids')

/** The longest flows that rows open take seconds to run. */
const RUN_MS = 30_000

interface Options extends BrowserContextOptions {
  /** The text of an earlier visit; null opens the page as a first visitor, without waiting for a run. */
  readonly text?: string | null
  /** Runs in the page before its own scripts. */
  readonly before?: () => void
  /** Behind `/`, as `#...`. */
  readonly fragment?: string
}

export class Bench {
  readonly browser: Browser
  readonly base: string

  constructor(browser: Browser, base: string) {
    this.browser = browser
    this.base = base
  }

  /** The page as one reader sees it, at the last step of a flow unless told otherwise. */
  async open({ text = FLOW, before, fragment = '', ...options }: Options = {}): Promise<Playground> {
    const playground = await this.blank(options)
    if (before !== undefined) await playground.page.addInitScript(before)
    if (text !== null) await playground.wroteEarlier(text)
    await playground.page.goto(`/${fragment}`)
    if (text !== null) await playground.ran(RUN_MS)
    return playground
  }

  /** A fresh profile on an empty tab. */
  async blank(options: BrowserContextOptions = {}): Promise<Playground> {
    const context = await this.browser.newContext({
      baseURL: this.base,
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(8000)
    // What tsx adds to functions that are sent to the page.
    await context.addInitScript('globalThis.__name = value => value')
    return new Playground(await context.newPage())
  }

  /** Ends every profile: each row begins with none. */
  async tidy(): Promise<void> {
    await Promise.all(this.browser.contexts().map(context => context.close()))
  }
}

export async function devtools({ page }: Playground): Promise<CDPSession> {
  return page.context().newCDPSession(page)
}

/** Whether a thing comes to hold in a while; what it throws counts as no. */
export async function holds(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await attempt()) !== false
  } catch {
    return false
  }
}
