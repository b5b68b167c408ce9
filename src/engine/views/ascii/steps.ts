/** The steps of a flow as a plain list for mail: number, what filled its struct, statement, result. */
import type { StepRecord } from '../../session/contract'
import { joined, MAIL_WIDTH, prefixed, sevenBit } from './text'

export interface StepListOptions {
  /** Columns; 74 unless told. */
  readonly width?: number
  /** The flow's text: with it, the lines that filled a step's struct stand before it, each once. */
  readonly text?: string
}

/** `= 5`, `-EBUSY bind.taken`, `fault`, `H_PARAMETER`, `holds`, `fails`; empty for a note. */
function resultText({ call, ret, errno, rule, out }: StepRecord): string {
  if (errno !== null) return rule === null ? `-${errno}` : `-${errno} ${rule}`
  if (call === 'note') return ''
  if (call === 'expect') return ret === 0 ? 'holds' : 'fails'
  if (typeof out?.hcall === 'string') return out.hcall
  return out !== null && 'fault' in out ? 'fault' : `= ${ret}`
}

/** Lines of the text that filled the struct of each step: those told already are not told again. */
function fillers(steps: readonly StepRecord[], text: string): (step: StepRecord) => readonly string[] {
  const lines = text.split(/\r\n?|\n/)
  const told = new Set<number>()
  const own = new Set(steps.flatMap(step => rangeOf(step.lines.find(range => holds(range, step.line)))))
  return step =>
    step.lines.flatMap(rangeOf).flatMap(n => {
      const line = lines[n - 1]?.trim() ?? ''
      if (own.has(n) || told.has(n) || line === '') return []
      told.add(n)
      return [line]
    })
}

type Lines = StepRecord['lines'][number]
const holds = ({ first, last }: Lines, line: number) => first <= line && line <= last
const rangeOf = (range: Lines | undefined): number[] =>
  range === undefined ? [] : Array.from({ length: range.last - range.first + 1 }, (_, i) => range.first + i)

/**
 * One entry for each step, wrapped to `width` columns, with why it was refused below it. 7-bit, LF, no
 * blanks at line ends.
 */
export function asciiSteps(steps: readonly StepRecord[], options: StepListOptions = {}): string {
  const width = options.width ?? MAIL_WIDTH
  const fillersOf = fillers(steps, options.text ?? '')
  const digits = String(steps.at(-1)?.n ?? 0).length
  const indent = ' '.repeat(digits + 4)
  const next = `${indent}    `
  const entry = (step: StepRecord): string[] => [
    ...fillersOf(step).flatMap(line => prefixed(sevenBit(line), { first: indent, next, width })),
    ...prefixed(`${sevenBit(step.text)}  ${resultText(step)}`.trimEnd(), {
      first: `  ${String(step.n).padStart(digits)}  `,
      next,
      width,
    }),
    ...(step.message === null
      ? []
      : prefixed(sevenBit(step.message), { first: `${indent}  `, next: `${indent}  `, width })),
  ]
  return joined(steps.flatMap(entry))
}
