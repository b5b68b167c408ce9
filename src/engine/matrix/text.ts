/**
 * The matrix as plain text: a column for each type, a number for each way to be refused, and below it what
 * the numbers stand for. 7-bit, LF, at most 100 columns.
 */
import type { MatrixCell, MatrixView } from './contract'

const WIDTH = 100
const NAME_COLUMNS = 18
const CELL_COLUMNS = 6

export function matrixText(matrix: MatrixView): string {
  const reasons = reasonsOf(matrix)
  const lines = [
    `${matrix.dialect} on ${matrix.platform}`,
    ...(knobs(matrix) === '' ? [] : wrapped(knobs(matrix), '')),
    '',
    ...matrix.types.map((type, k) => `${letter(k)}  ${type.title}`),
    '',
    row(
      '',
      matrix.types.map((_, k) => letter(k)),
    ),
    ...matrix.operations.map(({ id, title }) =>
      row(
        title,
        matrix.types.map(type => mark(cellAt(matrix, type.id, id), reasons)),
      ),
    ),
    '',
    'ok done, number refused, (number) no such table can be made, . the dialect cannot say it',
    ...reasons.flatMap((reason, k) => [
      `${String(k + 1).padStart(2)}  ${reason.head}`,
      ...wrapped(reason.example, '    '),
    ]),
  ]
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}

/** The cell of a type and an operation, both of which the matrix has. */
export function cellAt({ cells }: MatrixView, type: string, operation: string): MatrixCell {
  const found = cells.find(cell => cell.type === type && cell.operation === operation)
  if (found === undefined) throw new Error(`the matrix has no cell ${type} / ${operation}`)
  return found
}

const letter = (k: number): string => String.fromCharCode('A'.charCodeAt(0) + k)

const knobs = ({ policy }: MatrixView): string =>
  Object.entries(policy)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')

const row = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(NAME_COLUMNS)}${cells.map(cell => cell.padStart(CELL_COLUMNS)).join('')}`

interface Reason {
  /** `-EBUSY space.busy`. */
  readonly head: string
  /** The sentence of the first cell that has it. */
  readonly example: string
}

const headOf = ({ errno, rule }: MatrixCell): string => `-${errno} ${rule ?? ''}`.trimEnd()

/** Each way to be refused once, in the order in which a reader meets them. */
function reasonsOf({ types, operations, cells }: MatrixView): readonly Reason[] {
  const byRow = operations.flatMap(operation =>
    types.flatMap(type => cells.filter(cell => cell.type === type.id && cell.operation === operation.id)),
  )
  const refused = byRow.filter(cell => cell.errno !== null)
  const heads = [...new Set(refused.map(headOf))]
  return heads.map(head => ({ head, example: refused.find(cell => headOf(cell) === head)?.message ?? '' }))
}

function mark(cell: MatrixCell, reasons: readonly Reason[]): string {
  if (cell.result === 'no-words') return '.'
  if (cell.errno === null) return 'ok'
  const number = reasons.findIndex(reason => reason.head === headOf(cell)) + 1
  return cell.result === 'no-type' ? `(${number})` : `${number}`
}

/** Broken between words, so that no line is longer than the page. */
function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(indent + word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
