/** What a cell of the matrix says in a word or two. */
import type { MatrixCell, MatrixView } from '../../../engine'

export type CellLook = 'ok' | 'refused' | 'open' | 'no-type' | 'no-words'

/** Left open by the proposal, and not modelled: an answer that says nothing about the design. */
const OPEN_RULE = 'not-modelled-yet'

export function lookOf({ result, rule }: MatrixCell): CellLook {
  return result === 'refused' && rule === OPEN_RULE ? 'open' : result
}

export function cellText(cell: MatrixCell): string {
  const look = lookOf(cell)
  if (look === 'ok') return 'ok'
  if (look === 'open') return 'TBD'
  return look === 'no-words' ? 'no call' : `-${cell.errno}`
}

/** For a reader who does not see where the cell stands. */
export function spokenCell(cell: MatrixCell, { operations, types }: MatrixView): string {
  const operation = operations.find(one => one.id === cell.operation)?.title ?? ''
  const type = types.find(one => one.id === cell.type)?.title ?? ''
  const look = lookOf(cell)
  const rest = look === 'no-type' ? ', such a table cannot be made' : ''
  return `${operation} on ${type}: ${cellText(cell)}${rest}${cell.rule === null ? '' : `, rule ${cell.rule}`}`
}

export function cellOf(matrix: MatrixView, type: string, operation: string): MatrixCell | undefined {
  return matrix.cells.find(cell => cell.type === type && cell.operation === operation)
}

/** Whether anything can be done to a table of the type at all. */
export function canMake(matrix: MatrixView, type: string): boolean {
  return matrix.cells.some(
    cell => cell.type === type && cell.result !== 'no-type' && cell.result !== 'no-words',
  )
}

/** `prereg=command unmap=exact`. */
export function policyText({ policy }: MatrixView): string {
  return Object.entries(policy)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}

/** Up to and with the line that shows the answer, the directives left out. */
export function tellingLines({
  text,
  line,
}: MatrixCell): readonly { readonly no: number; readonly text: string }[] {
  return text
    .split('\n')
    .slice(0, line)
    .map((words, k) => ({ no: k + 1, text: words }))
    .filter(({ text: words }) => words.trim() !== '' && !/^\s*(#|\/\/)/.test(words))
}
