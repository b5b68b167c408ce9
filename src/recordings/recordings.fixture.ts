/** For tests: the recordings that the project carries, a compressed file a folder. */
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { type ReplayedCall, replayText } from '../engine'

const FOLDER = 'src/recordings'

/** The texts of a folder's recordings: one after the other in its file, each from a line with its scenario on. */
export function recordingsIn(folder: string): readonly string[] {
  const text = brotliDecompressSync(readFileSync(`${FOLDER}/${folder}.jsonl.br`)).toString('utf8')
  const found: string[][] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('{"scenario"')) found.push([])
    found.at(-1)?.push(line)
  }
  return found.map(lines => lines.join('\n'))
}

export interface FolderCounts {
  readonly calls: number
  readonly passed: number
  readonly unmodelled: number
  /** By call: all, and those that passed. */
  readonly byCall: ReadonlyMap<string, { readonly all: number; readonly passed: number }>
  /** What a reader of a failed test wants to see first. */
  readonly failures: readonly string[]
}

/** Replays a folder. Unmodelled calls count as not passed. */
export function replayFolder(folder: string): FolderCounts {
  const replayed = recordingsIn(folder).flatMap(text => {
    const report = replayText(text)
    if ('problem' in report) throw new Error(`${folder}:${report.line}: ${report.problem}`)
    return report.calls.map(call => ({ ...call, scenario: report.scenario }))
  })
  const byCall = new Map<string, { all: number; passed: number }>()
  for (const { call, verdict } of replayed) {
    const row = byCall.get(call) ?? { all: 0, passed: 0 }
    byCall.set(call, { all: row.all + 1, passed: row.passed + (verdict === 'passed' ? 1 : 0) })
  }
  const having = (verdict: ReplayedCall['verdict']) => replayed.filter(one => one.verdict === verdict)
  return {
    calls: replayed.length,
    passed: having('passed').length,
    unmodelled: having('unmodelled').length,
    byCall,
    failures: replayed
      .filter(one => one.verdict !== 'passed')
      .map(({ scenario, line, call, reason, differences }) => {
        const said = differences.map(({ field, expected, got }) => `${field} ${expected} ${got}`)
        return `${scenario}:${line} ${call} ${reason ?? said.join(', ')}`
      }),
  }
}
