/**
 * What the built page weighs, by its manifest. Kilobytes are 1,000 bytes after gzip -9.
 *
 * `initial`: what is fetched before the graph is painted: the entry, what it imports, and the graph's own
 * part. `total`: every script of the page, also those fetched only when asked for. `css`: every style
 * sheet. The worker is counted apart: it is fetched beside the page and paints nothing.
 *
 * The total was 400 while the page was one workbench; every further view (comparison, matrix, then and now)
 * is a chunk that nobody fetches before opening it, so the total grows with them and `initial` does not.
 * The worker holds every dialect and platform with its help; it grows with them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** @typedef {{ file: string, imports?: string[], dynamicImports?: string[], css?: string[], isEntry?: boolean, src?: string }} Chunk */
/** @typedef {{ initial: number, total: number, css: number, worker: number }} Weights */

/** @type {Weights} */
export const BUDGETS = { initial: 185, total: 440, css: 15, worker: 320 }

const GRAPH = 'src/ui/panels/graph/GraphPanel.tsx'
const WORKER = /\/entry-[\w-]+\.js$/

/**
 * The files of a chunk and of all it imports at once.
 * @param {Readonly<Record<string, Chunk>>} manifest
 * @param {readonly string[]} keys
 * @returns {Set<string>}
 */
export function filesFor(manifest, keys) {
  const seen = new Set()
  const files = new Set()
  const visit = (/** @type {string} */ key) => {
    const chunk = manifest[key]
    if (chunk === undefined || seen.has(key)) return
    seen.add(key)
    files.add(chunk.file)
    chunk.imports?.forEach(visit)
  }
  keys.forEach(visit)
  return files
}

/** @returns {Record<string, Chunk>} */
const manifestOf = (/** @type {string} */ folder) =>
  JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'))

/**
 * The scripts that the first graph waits for.
 * @param {string} folder the built page
 */
export function initialFiles(folder) {
  const manifest = manifestOf(folder)
  const entries = Object.keys(manifest).filter(key => manifest[key]?.isEntry === true)
  return filesFor(manifest, [...entries, GRAPH])
}

/**
 * @param {string} folder the built page
 * @returns {Weights} kilobytes
 */
export function weigh(folder) {
  const weight = (/** @type {Iterable<string>} */ files) =>
    [...files].reduce(
      (sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length,
      0,
    ) / 1000
  const assets = readdirSync(join(folder, 'assets')).map(name => `assets/${name}`)
  const scripts = assets.filter(file => file.endsWith('.js'))
  return {
    initial: weight(initialFiles(folder)),
    total: weight(scripts.filter(file => !WORKER.test(file))),
    css: weight(assets.filter(file => file.endsWith('.css'))),
    worker: weight(scripts.filter(file => WORKER.test(file))),
  }
}

/**
 * @param {Weights} weights
 * @returns {string[]} what is over its budget, in words
 */
export function overBudget(weights) {
  return Object.entries(BUDGETS).flatMap(([name, most]) => {
    const is = weights[/** @type {keyof Weights} */ (name)]
    return is > most ? [`${name}: ${is.toFixed(1)} kB, at most ${most}`] : []
  })
}
