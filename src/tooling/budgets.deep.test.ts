import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { BUDGETS, filesFor, initialFiles, overBudget, weigh } from './budgets.mjs'
import { runTool } from './processes.mjs'

const folder = mkdtempSync(join(tmpdir(), 'weigh-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('weights', () => {
  it('count what a chunk imports at once, once, and not what it fetches when asked', () => {
    const manifest = {
      'index.html': { file: 'a.js', imports: ['_b', '_c'], dynamicImports: ['d'], isEntry: true },
      _b: { file: 'b.js', imports: ['_c'] },
      _c: { file: 'c.js', imports: ['_b'] },
      d: { file: 'd.js' },
    }
    expect([...filesFor(manifest, ['index.html', 'gone'])].sort()).toEqual(['a.js', 'b.js', 'c.js'])
  })

  it('tell page, worker and styles apart', () => {
    const incompressible = (bytes: number) =>
      Buffer.from(
        Array.from({ length: bytes }, (_, i) => (Math.imul(i ^ (i >>> 3), 2_654_435_761) >>> 11) & 255),
      )
    mkdirSync(join(folder, '.vite'))
    mkdirSync(join(folder, 'assets'))
    const files = {
      'index-1.js': 5000,
      'GraphPanel-1.js': 3000,
      'late-1.js': 2000,
      'entry-1.js': 9000,
      'a.css': 1000,
    }
    for (const [name, bytes] of Object.entries(files)) {
      writeFileSync(join(folder, 'assets', name), incompressible(bytes))
    }
    const manifest = {
      'index.html': { file: 'assets/index-1.js', isEntry: true },
      'src/ui/panels/graph/GraphPanel.tsx': { file: 'assets/GraphPanel-1.js' },
      late: { file: 'assets/late-1.js' },
    }
    writeFileSync(join(folder, '.vite/manifest.json'), JSON.stringify(manifest))
    const weights = weigh(folder)
    expect(weights.total).toBeGreaterThan(weights.initial)
    expect(weights.worker).toBeGreaterThan(weights.css)
    expect(overBudget(weights)).toEqual([])
  })

  it('say what is over', () => {
    expect(overBudget({ ...BUDGETS, css: BUDGETS.css + 1 })).toEqual(['css: 16.0 kB, at most 15'])
  })
})

describe('the page as it is built now', () => {
  it('keeps its budgets, and the editor out of what the first graph waits for', {
    timeout: 180_000,
  }, async () => {
    const dist = join(folder, 'dist')
    const built = await runTool('vite', ['build', '--logLevel', 'error', '--outDir', dist], {
      capture: true,
      env: { NODE_ENV: 'production' },
    })
    expect(built.code, built.output).toBe(0)
    const html = readFileSync(join(dist, 'index.html'), 'utf8')
    const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file)
    expect(named, 'all that the first graph waits for is fetched at once').toEqual(
      expect.arrayContaining([...initialFiles(dist)]),
    )
    expect(html, 'the engine waits for no style sheet').toMatch(/<script[^>]* async [^>]*\/early-/)
    const weights = weigh(dist)
    expect(overBudget(weights), JSON.stringify(weights)).toEqual([])
    const first = initialFiles(dist)
    expect([...first].filter(file => /Editor|Inspector|Palette|scenarios/.test(file))).toEqual([])
    expect([...first].some(file => /GraphPanel/.test(file))).toBe(true)
  })
})
