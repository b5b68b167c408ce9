/** The steps of a flow as a plain list for mail: number, statement, result. */
import type { StepRecord } from '../../session/contract'
import { joined, MAIL_WIDTH, prefixed, sevenBit } from './text'

/** `= 5`, `-EBUSY bind.taken`, `holds`, `fails`. */
function resultText(step: StepRecord): string {
  if (step.errno !== null) return step.rule === null ? `-${step.errno}` : `-${step.errno} ${step.rule}`
  return `= ${step.ret}`
}

/**
 * One entry for each step, wrapped to `width` columns with the result on its own line where it does
 * not fit behind the statement. 7-bit, LF, no blanks at line ends.
 */
export function asciiSteps(steps: readonly StepRecord[], width = MAIL_WIDTH): string {
  const digits = String(steps.at(-1)?.n ?? 0).length
  const indent = ' '.repeat(digits + 4)
  const lines = steps.flatMap(step => {
    const number = String(step.n).padStart(digits)
    const text = `${sevenBit(step.text)}  ${resultText(step)}`
    const result = [step.message].flatMap(message =>
      message === null
        ? []
        : prefixed(sevenBit(message), { first: `${indent}  `, next: `${indent}  `, width }),
    )
    return [...prefixed(text, { first: `  ${number}  `, next: `${indent}    `, width }), ...result]
  })
  return joined(lines)
}
