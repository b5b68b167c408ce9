/**
 * The command line in one file, made from its sources when they have changed: a command starts in a
 * fraction of the time that compiling two hundred modules takes.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { filesOf, hashOf } from './hash.mjs'
import { ROOT } from './processes.mjs'

const INPUTS = [
  'package-lock.json',
  'src/cli',
  'src/engine',
  'src/scenarios',
  'src/share',
  'src/tooling/cli-bundle.mjs',
]
const NOT_BUNDLED = /\.(test|fixture|conformance)\.tsx?$|\.flow$|\.md$/
/** Inside node_modules, so that the bundle's imports of packages resolve. */
const CACHE = join(ROOT, 'node_modules/.cache/ioas')

/** @param {string} outfile */
async function bundle(outfile) {
  const { build } = await import('esbuild')
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/cli/main.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    minifySyntax: true,
    logLevel: 'error',
  })
}

/** Commands may start side by side: each makes its own file, and the last to rename wins. */
async function makeBundle(/** @type {string} */ path) {
  mkdirSync(CACHE, { recursive: true })
  const own = `${path}.${process.pid}`
  await bundle(own)
  for (const name of readdirSync(CACHE)) {
    const isOld = name.endsWith('.mjs') && join(CACHE, name) !== path
    if (isOld) rmSync(join(CACHE, name), { force: true })
  }
  renameSync(own, path)
}

/**
 * Brings the bundle up to date.
 * @returns {Promise<string>} its path
 */
export async function cliBundle() {
  const hash = hashOf(filesOf(INPUTS).filter(path => !NOT_BUNDLED.test(path)))
  const path = join(CACHE, `${hash.slice(0, 16)}.mjs`)
  if (!existsSync(path)) await makeBundle(path)
  return path
}
