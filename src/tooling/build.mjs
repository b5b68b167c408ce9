/**
 * Builds the page into dist/ where dist/ is missing or was made from other inputs. A hash of the
 * inputs' contents decides, not their times: a checkout or a copy does not rebuild.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packFolder } from './compress.mjs'
import { filesOf, hashOf } from './hash.mjs'
import { ensureInstalled } from './install.mjs'
import { requireNode } from './node-version.mjs'
import { ROOT, runTool } from './processes.mjs'

/** What goes into a build: files and folders. */
const INPUTS = ['index.html', 'package-lock.json', 'public', 'src', 'tsconfig.base.json', 'vite.config.ts']
/** Parts of src that no page is made of. */
const NOT_BUILT = /\.test\.tsx?$|\.fixture\.ts$|^src\/(bench|cli|tooling)\//
const STAMP = join(ROOT, 'dist/.inputs')

const inputsHash = () => hashOf(filesOf(INPUTS).filter(path => !NOT_BUILT.test(path)))

const isBuilt = (/** @type {string} */ hash) =>
  existsSync(join(ROOT, 'dist/index.html')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash

/**
 * Builds if needed.
 * @returns {Promise<boolean>} whether dist/ now is what the inputs make
 */
export async function ensureBuilt() {
  const hash = inputsHash()
  if (isBuilt(hash)) return true
  console.error('Building the page ...')
  const { code, output } = await runTool('vite', ['build', '--logLevel', 'warn'], { capture: true })
  if (code !== 0) {
    console.error(output)
    return false
  }
  await packFolder(join(ROOT, 'dist'))
  writeFileSync(STAMP, hash)
  return true
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  requireNode()
  await ensureInstalled()
  process.exit((await ensureBuilt()) ? 0 : 1)
}
