/** What a real kernel answered, call by call, in every folder there is. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectGoals } from './goals.fixture'
import { replayFolder } from './recordings.fixture'

const FOLDERS = readdirSync('src/recordings').flatMap(file =>
  file.endsWith('.jsonl.br') ? [file.replace('.jsonl.br', '')] : [],
)
const REPLAYED = new Map(FOLDERS.map(folder => [folder, replayFolder(folder)]))
const countsOf = (folders: readonly string[]) => {
  const counts = folders.flatMap(folder => REPLAYED.get(folder) ?? [])
  const sum = (of: 'calls' | 'passed' | 'unmodelled') => counts.reduce((all, one) => all + one[of], 0)
  const [calls, passed, unmodelled] = [sum('calls'), sum('passed'), sum('unmodelled')]
  return { calls, passed, unmodelled, failures: counts.flatMap(one => one.failures) }
}

/** A text without its line breaks. */
const prose = (file: string): string => readFileSync(file, 'utf8').replaceAll(/\s+/g, ' ')
const grouped = (count: number): string => count.toLocaleString('en')

describe('the recordings', () => {
  const all = countsOf(FOLDERS)

  it('are all there', () => {
    expect(FOLDERS.length).toBe(10)
    expect(all.calls).toBe(25_925)
  })

  it('come to what SPEC.md and README.md say', () => {
    const { calls, passed, unmodelled } = all
    const spec = prose('src/engine/SPEC.md')
    expect(spec).toContain(`${grouped(calls)} recorded calls are replayed (`)
    expect(spec).toContain(
      `${grouped(passed)} are answered as the kernel did, in return value, errno and every output field; ` +
        `${calls - passed - unmodelled} differ, ${unmodelled} is not modelled.`,
    )
    const different = new Set(all.failures.map(line => line.replace(/:.*/, '')))
    for (const scenario of different) expect(spec).toContain(`- \`${scenario}\` (`)
    const readme = prose('README.md')
    expect(readme).toContain(`checked against recorded answers of a real kernel: ${grouped(calls)} of them`)
    const type1 = countsOf(['type1-debian', 'big-type1'])
    expect(type1.passed).toBe(type1.calls)
    expect(readme).toContain(
      `${grouped(type1.calls)} recorded answers of a real kernel replay without a difference`,
    )
  })

  it.each(FOLDERS)('%s are answered as the kernel did', folder => expectGoals(folder, REPLAYED.get(folder)))
})
