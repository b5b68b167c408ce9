/**
 * `npm test` runs everything; `npm run check` (`--fast`) all that needs no browser. Both install what
 * they need. The last line reads `N passed, N failed`; the exit code is 0 only where none failed.
 */
import { ensureInstalled } from './install.mjs'
import { requireNode } from './node-version.mjs'
import { totals } from './outcomes.mjs'
import { browserStages, checkStages } from './stages.mjs'

requireNode()
await ensureInstalled()
const fast = process.argv.includes('--fast')
const outcomes = [...(await checkStages({ fast })), ...(fast ? [] : await browserStages())]

console.log()
for (const { name, passed, failed, skipped } of outcomes) {
  console.log(`${name}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
}
const { passed, failed } = totals(outcomes)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
