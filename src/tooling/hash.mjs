/** Fingerprints of files by content: what was made from them is current as long as they are equal. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ROOT } from './processes.mjs'

/**
 * The files that paths (files or folders, relative to the top folder) stand for, sorted, with forward slashes.
 * @param {readonly string[]} paths
 * @returns {string[]}
 */
export function filesOf(paths) {
  const under = (/** @type {string} */ path) => {
    const full = join(ROOT, path)
    if (!existsSync(full)) return []
    if (statSync(full).isFile()) return [path]
    const entries = readdirSync(full, { recursive: true, withFileTypes: true }).filter(entry =>
      entry.isFile(),
    )
    return entries.map(entry => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  }
  return paths.flatMap(under).sort()
}

/**
 * One hash over names and contents.
 * @param {readonly string[]} files relative to the top folder
 */
export function hashOf(files) {
  const hash = createHash('sha256')
  for (const path of files)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0')
  return hash.digest('hex')
}
