/** A comparison as plain text: a column for each choice, then where each parts from the first. */
import { COMPARED, type ComparedRun, type Comparison } from '../../session/compare'

export function compareText({ runs }: Comparison): string {
  const heads = runs.map(({ label, scenario, steps }, at) => {
    const { dialect, platform } = scenario
    return `${columnName(at)}  ${label} (${dialect} on ${platform}, ${steps} steps)`
  })
  const note = 'Counts of a model, never times. References: means over the DMAs that went through.'
  return `${[...heads, '', ...tableLines(runs), '', ...partingLines(runs), '', note].join('\n')}\n`
}

/** A count as it is, a mean with up to two digits after the point. */
export function comparedText(value: number | null): string {
  return value === null ? '-' : String(Math.round(value * 100) / 100)
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** `A`, `B`, ... `Z`, `AA`: names of columns. */
function columnName(at: number): string {
  if (at < LETTERS.length) return LETTERS.charAt(at)
  return columnName(Math.floor(at / LETTERS.length) - 1) + columnName(at % LETTERS.length)
}

function tableLines(runs: readonly ComparedRun[]): string[] {
  const rows = COMPARED.map(({ key, title }) => [title, ...runs.map(run => comparedText(run.costs[key]))])
  const table = [['', ...runs.map((_, at) => columnName(at))], ...rows]
  const widths = table[0]?.map((_, at) => Math.max(...table.map(row => row[at]?.length ?? 0))) ?? []
  return table.map(([title = '', ...cells]) =>
    [title.padEnd(widths[0] ?? 0), ...cells.map((cell, at) => cell.padStart(widths[at + 1] ?? 0))].join('  '),
  )
}

function partingLines(runs: readonly ComparedRun[]): string[] {
  return runs.slice(1).flatMap(({ parts }, at) => {
    const name = columnName(at + 1)
    if (parts === null) return [`${name} does what A does, at the same cost.`]
    const { n, line, text, by, first, here } = parts
    return [
      `${name} parts from A at step ${n}, line ${line}, by its ${by}: ${text}`,
      `  A  ${first}`,
      `  ${name}  ${here}`,
    ]
  })
}
