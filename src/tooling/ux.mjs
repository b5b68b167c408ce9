/**
 * `npm run ux [ID...]`: the goals of the page (e2e/ux), measured in an installed browser on the page as
 * it is built and served. Takes some minutes; nothing else should run meanwhile.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ensureBrowser } from './browser.mjs'
import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { requireNode } from './node-version.mjs'
import { ROOT, run } from './processes.mjs'

requireNode()
await ensureInstalled()
await ensureBrowser()
if (!(await ensureBuilt())) process.exit(2)

const server = spawn(process.execPath, ['--import', 'tsx', 'src/server/serve.ts', '--port', '0'], {
  cwd: ROOT,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [said] = await once(server.stdout, 'data')
const base = /http:\S+/.exec(String(said))?.[0] ?? ''
const { code } = await run(process.execPath, [
  '--import',
  'tsx',
  'e2e/ux/main.ts',
  base,
  ...process.argv.slice(2),
])
server.kill()
process.exitCode = code
