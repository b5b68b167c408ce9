/**
 * Brings node_modules to exactly what package-lock.json says, and does nothing where it is there
 * already: the second start needs no network.
 * Plain JavaScript without dependencies: it runs before anything is installed.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, runNpm } from './processes.mjs'

const LOCKFILE = join(ROOT, 'package-lock.json')
/** npm's own record of what it installed. */
const INSTALLED = join(ROOT, 'node_modules/.package-lock.json')
const STAMP = join(ROOT, 'node_modules/.ioas-install')

/** What an installation depends on: the lockfile and the machine its binaries are for. */
function wantedStamp() {
  const lock = createHash('sha256').update(readFileSync(LOCKFILE)).digest('hex')
  return `${lock} ${process.platform} ${process.arch}`
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @param {string} path
 * @returns {Record<string, LockedPackage>}
 */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {}
}

/**
 * True when every package of the lockfile that this machine needs is installed in its exact version,
 * and nothing else is: an installation made by hand with npm counts.
 * @param {Record<string, LockedPackage>} locked
 * @param {Record<string, LockedPackage>} installed
 */
export function isSameTree(locked, installed) {
  const same = (/** @type {LockedPackage} */ a, /** @type {LockedPackage | undefined} */ b) =>
    b === undefined ? a.optional === true : a.version === b.version && a.integrity === b.integrity
  const wanted = Object.entries(locked).filter(([path]) => path !== '')
  return (
    wanted.every(([path, entry]) => same(entry, installed[path])) &&
    Object.keys(installed).every(path => path in locked)
  )
}

function isInstalled() {
  if (!existsSync(INSTALLED)) return false
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wantedStamp()) return true
  return isSameTree(packagesOf(LOCKFILE), packagesOf(INSTALLED))
}

function remember() {
  try {
    if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wantedStamp())
      writeFileSync(STAMP, wantedStamp())
  } catch {
    // A read-only installation is compared in full each time.
  }
}

/**
 * Installs by `npm ci` where needed. Ends the process with exit code 1 where that fails.
 * No package's install script is needed, so none is run.
 */
export async function ensureInstalled() {
  if (!isInstalled()) {
    console.error('Installing the packages of package-lock.json ...')
    // Captured: the command line's standard output is not for npm to write on.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const { code, output } = await runNpm(args, { capture: true })
    if (code !== 0) {
      console.error(output)
      console.error('npm ci failed. The first run needs the network (or a filled npm cache).')
      process.exit(1)
    }
  }
  remember()
}
