/**
 * The stages of `npm run check` and `npm test`. Each prints what it finds and yields counts; none
 * stops the ones after it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser, findBrowser } from './browser.mjs'
import { ensureBuilt } from './build.mjs'
import { browserOutcome, oneCheck, readReport, unitOutcome } from './outcomes.mjs'
import { runTool } from './processes.mjs'

/** @typedef {import('./outcomes.mjs').Outcome} Outcome */

/** One compiler run each: the rooms see different globals. */
const PROJECTS = ['engine', 'page', 'worker', 'node', 'tests']
const TEN_MINUTES = 600_000
/** Browser tests on a slow machine with one core. */
const HALF_AN_HOUR = 1_800_000
/** No colours where nobody looks: a log of escapes is read by nobody. */
const PLAIN = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }

/** Formatting, lint and types, side by side: none of them takes a whole core for long. */
async function staticChecks() {
  const biome = ['ci', '--colors=off', '--max-diagnostics=40']
  const runs = [
    { name: 'format and lint', result: runTool('biome', biome, { capture: true }) },
    ...PROJECTS.map(project => ({
      name: `types of ${project}`,
      result: runTool('tsc', ['-p', `tsconfig.${project}.json`, '--pretty', 'false'], { capture: true }),
    })),
  ]
  const outcomes = []
  for (const { name, result } of runs) {
    const { code, output } = await result
    if (code !== 0) console.log(`--- ${name}\n${output}`)
    outcomes.push(oneCheck(name, code))
  }
  return outcomes
}

/**
 * Runs a test tool that writes a JSON report, in a scratch folder that is removed afterwards.
 * @param {(report: string) => Promise<{ code: number }>} start
 * @param {(report: any, code: number) => Outcome} read
 */
async function reported(start, read) {
  const folder = mkdtempSync(join(tmpdir(), 'ioas-'))
  const path = join(folder, 'report.json')
  const { code } = await start(path)
  const outcome = read(readReport(path), code)
  rmSync(folder, { recursive: true })
  return outcome
}

/** Long searches through cases stand in files of their own; the fast part leaves them to the whole. */
const LONG = '**/*.deep.test.ts'

const unitTests = (/** @type {{ fast: boolean }} */ { fast }) =>
  reported(
    path =>
      runTool(
        'vitest',
        [
          'run',
          ...(fast ? ['--exclude', LONG] : []),
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${path}`,
        ],
        {
          env: PLAIN,
          timeoutMs: TEN_MINUTES,
        },
      ),
    unitOutcome,
  )

/**
 * Everything that needs no browser; `fast` leaves out the long tests.
 * @param {{ fast: boolean }} extent
 */
export async function checkStages(extent) {
  return [...(await staticChecks()), await unitTests(extent)]
}

/** @returns {Promise<number>} a port that nobody listens on */
const freePort = () =>
  new Promise((done, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** The build of the page and the tests that drive it. */
export async function browserStages() {
  await ensureBrowser()
  try {
    findBrowser()
  } catch (problem) {
    console.log(`--- browser tests\n${problem instanceof Error ? problem.message : problem}`)
    return [oneCheck('browser', 1)]
  }
  const build = oneCheck('build', (await ensureBuilt()) ? 0 : 1)
  if (build.failed > 0) return [build]
  const port = String(await freePort())
  const start = (/** @type {string} */ path) =>
    runTool('playwright', ['test', '--reporter=dot,json'], {
      env: { ...PLAIN, PLAYWRIGHT_JSON_OUTPUT_NAME: path, IOAS_TEST_PORT: port },
      timeoutMs: HALF_AN_HOUR,
    })
  return [build, await reported(start, browserOutcome)]
}
