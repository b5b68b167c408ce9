/**
 * `npm run bench [ROW...]`: the benches (src/bench/main.ts) on the engine as it ships, in one file. Loaded module by
 * module, every constant of another module is a memory read, which the page and the command line never pay.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled } from './install.mjs'
import { requireNode } from './node-version.mjs'
import { ROOT } from './processes.mjs'

requireNode()
await ensureInstalled()
const { build } = await import('esbuild')
const outfile = join(ROOT, 'node_modules/.cache/bench/main.mjs')
await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/bench/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  minifySyntax: true,
  logLevel: 'error',
})
const env = { ...process.env, IOAS_BENCH_TWINS: join(ROOT, 'src/bench/c') }
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit', env })
process.exitCode = status ?? 2
