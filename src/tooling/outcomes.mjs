/**
 * What a stage of `npm test` came to, as counts, and how to read them out of the reports of the tools.
 * A tool that failed without naming a failed test counts as one failure: no red run adds up to zero.
 */
import { existsSync, readFileSync } from 'node:fs'

/**
 * @typedef {{ name: string, passed: number, failed: number, skipped: number }} Outcome
 */

/**
 * One check that either holds or does not.
 * @param {string} name
 * @param {number} code exit code
 * @returns {Outcome}
 */
export const oneCheck = (name, code) => ({
  name,
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
})

/**
 * @param {string} path
 * @returns {any} the report, or null where the tool died before writing it
 */
export function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}

/**
 * Makes sure that a tool's bad exit shows in the counts.
 * @param {Outcome} outcome
 * @param {number} code exit code
 * @returns {Outcome}
 */
const withExitCode = (outcome, code) =>
  code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome

/**
 * Counts of Vitest's JSON report. A file that could not be loaded has no tests and counts as one failure.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests?: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] } | null} report
 * @param {number} code exit code
 * @returns {Outcome}
 */
export function unitOutcome(report, code) {
  const files = report?.testResults ?? []
  const broken = files.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  )
  const failed = (report?.numFailedTests ?? 0) + broken.length
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0)
  return withExitCode({ name: 'unit tests', passed: report?.numPassedTests ?? 0, failed, skipped }, code)
}

/**
 * Counts of Playwright's JSON report. A test that passed only when repeated counts as failed.
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } } | null} report
 * @param {number} code exit code
 * @returns {Outcome}
 */
export function browserOutcome(report, code) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {}
  return withExitCode({ name: 'browser tests', passed: expected, failed: unexpected + flaky, skipped }, code)
}

/**
 * The last line of a run.
 * @param {readonly Outcome[]} outcomes
 */
export function totals(outcomes) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
    outcomes.reduce((n, one) => n + one[key], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}
