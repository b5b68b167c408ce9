/**
 * The browser that the browser tests drive: one that is installed, never one they download.
 * Plain JavaScript: both the bootstrap and the Playwright configuration read it (through browser.ts).
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { run } from './processes.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const PLACES = [
  '/usr/bin/chromium',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
/** Nothing the browser does on its own may reach the network or slow a test. */
const QUIET_FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const WHAT_TO_DO = [
  'No Chromium or Chrome was found for the browser tests. Do one of:',
  '  - install one:  apt-get install chromium   (or Google Chrome)',
  '  - npx playwright install chromium',
  '  - name one:     IOAS_BROWSER=/path/to/chrome npm test',
].join('\n')

const isRoot = () => process.getuid?.() === 0

function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)('playwright-core').chromium.executablePath()
  } catch {
    return undefined
  }
}

const onPath = () =>
  (process.env.PATH ?? '').split(delimiter).flatMap(folder => NAMES.map(name => join(folder, name)))

/** @returns {string | undefined} */
function browserPath() {
  const named = process.env.IOAS_BROWSER
  if (named !== undefined && named !== '') return named
  return [playwrightsOwn(), ...onPath(), ...PLACES].find(
    path => path !== undefined && path !== '' && existsSync(path),
  )
}

/**
 * The installed browser and the flags to start it with.
 * @returns {{ path: string, args: string[] }}
 * @throws {Error} saying what to install, where there is none
 */
export function findBrowser() {
  const path = browserPath()
  if (path === undefined) throw new Error(WHAT_TO_DO)
  if (!existsSync(path)) throw new Error(`IOAS_BROWSER names ${path}, which does not exist.`)
  // Chromium's sandbox refuses to run as root.
  return { path, args: isRoot() ? ['--no-sandbox', ...QUIET_FLAGS] : QUIET_FLAGS }
}

/** Installs Debian's chromium where there is no browser and this process may. */
export async function ensureBrowser() {
  if (browserPath() !== undefined || !isRoot() || !existsSync('/usr/bin/apt-get')) return
  console.error('Installing chromium for the browser tests ...')
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { code, output } = await run('apt-get', args, { env, capture: true })
    if (code !== 0) console.error(output)
  }
}
