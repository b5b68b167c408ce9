/**
 * `npm start`: from a bare checkout to a served page. Arguments after `--` go to the server
 * (`npm start -- --port 4000`).
 */
import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { requireNode } from './node-version.mjs'
import { run } from './processes.mjs'

requireNode()
await ensureInstalled()
if (!(await ensureBuilt())) process.exit(1)
const server = ['--import', 'tsx', 'src/server/serve.ts', ...process.argv.slice(2)]
const { code } = await run(process.execPath, server, { forward: ['SIGINT', 'SIGTERM', 'SIGHUP'] })
process.exit(code)
