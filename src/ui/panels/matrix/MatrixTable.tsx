/** The matrix: operations down, types across; arrow keys go from cell to cell. */
import { type KeyboardEvent, useRef } from 'react'
import { useStore } from 'zustand'
import type { MatrixCell, MatrixView } from '../../../engine'
import { type CellName, matrixStore } from '../../stores/matrix-store'
import { Glyph, spaceTint } from '../../widgets/Glyph'
import { canMake, cellOf, cellText, lookOf, spokenCell } from './cell-words'
import type { DialectMatrix } from './use-matrices'

interface Props {
  readonly matrix: MatrixView
  readonly all: readonly DialectMatrix[]
}

const STEPS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
}

export function MatrixTable({ matrix, all }: Props) {
  const grid = useRef<HTMLTableElement>(null)
  const at = useStore(matrixStore, state => state.cell)
  const { types, operations } = matrix
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const row = operations.findIndex(one => one.id === at.operation) + step[0]
    const column = types.findIndex(one => one.id === at.type) + step[1]
    const [operation, type] = [operations[row]?.id, types[column]?.id]
    if (operation === undefined || type === undefined) return
    choose({ type, operation })
    grid.current?.querySelector<HTMLElement>(`[data-cell="${type} ${operation}"]`)?.focus()
  }
  return (
    <table ref={grid} className="matrix" aria-label="Types by operations">
      <thead>
        <tr>
          <th scope="col">operation</th>
          {types.map(({ id, title }) => (
            <th key={id} scope="col" className={id === at.type ? 'at' : ''}>
              <TypeHead id={id} title={title} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {operations.map(({ id, title }) => (
          <tr key={id}>
            <th scope="row" className={id === at.operation ? 'at' : ''}>
              {title}
            </th>
            {types.map(type => (
              <Cell key={type.id} matrix={matrix} all={all} name={{ type: type.id, operation: id }} at={at} />
            ))}
          </tr>
        ))}
        <tr className="matrix-sum">
          <th scope="row">ok, of {operations.length}</th>
          {types.map(({ id }) => (
            <td key={id}>{canMake(matrix, id) ? okCount(matrix, id) : 'none'}</td>
          ))}
        </tr>
      </tbody>
    </table>
  )
}

function choose(cell: CellName): void {
  matrixStore.setState({ cell })
}

const GLYPHS: Readonly<Record<string, string>> = {
  'kernel-root': 'kernel',
  'kernel-child': 'kernel',
  'user-child': 'user-table',
  'user-pasid-table': 'user-pasid-table',
  sva: 'sva',
  prereg: 'prereg',
  'block-dma': 'blocked',
}

function TypeHead({ id, title }: { readonly id: string; readonly title: string }) {
  const kind = GLYPHS[id] ?? id
  return (
    <span className="matrix-type">
      <Glyph kind={kind} tint={spaceTint(kind)} />
      {title}
    </span>
  )
}

function okCount({ cells }: MatrixView, type: string): number {
  return cells.filter(cell => cell.type === type && cell.result === 'ok').length
}

interface CellProps extends Props {
  readonly name: CellName
  readonly at: CellName
}

function Cell({ matrix, all, name, at }: CellProps) {
  const differences = useStore(matrixStore, state => state.differences)
  const cell = cellOf(matrix, name.type, name.operation)
  if (cell === undefined) return <td />
  const here = name.type === at.type && name.operation === at.operation
  return (
    <td className={`cell-${differences ? 'many' : lookOf(cell)}`}>
      <button
        type="button"
        data-cell={`${name.type} ${name.operation}`}
        tabIndex={here ? 0 : -1}
        aria-pressed={here}
        aria-label={spokenCell(cell, matrix)}
        onClick={() => choose(name)}
      >
        {differences ? (
          <Answers name={name} all={all} />
        ) : (
          <span>{lookOf(cell) === 'no-type' ? '' : cellText(cell)}</span>
        )}
      </button>
    </td>
  )
}

/** What each dialect answers: one line where they agree. */
function Answers({ name, all }: { readonly name: CellName; readonly all: readonly DialectMatrix[] }) {
  const answers = all.flatMap(({ dialect, matrix }) => {
    const cell = typeof matrix === 'object' ? cellOf(matrix, name.type, name.operation) : undefined
    return cell === undefined ? [] : [{ dialect, text: shortText(cell) }]
  })
  const texts = new Set(answers.map(one => one.text))
  if (texts.size === 1) return <span className="same">{answers[0]?.text}</span>
  return answers.map(({ dialect, text }) => (
    <span key={dialect} className="differs">
      <small>{dialect}</small> {text}
    </span>
  ))
}

function shortText(cell: MatrixCell): string {
  return lookOf(cell) === 'no-type' ? 'no type' : cellText(cell)
}
