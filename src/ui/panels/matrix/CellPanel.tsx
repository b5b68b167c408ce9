/** The cell at hand: the rule it broke, what other dialects say of it, and the flow that was run. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { HelpCard, MatrixCell, MatrixView } from '../../../engine'
import { useController } from '../../app/context'
import { showScreen } from '../../stores/frame-store'
import { matrixStore } from '../../stores/matrix-store'
import { viewStore } from '../../stores/view-store'
import { cellOf, cellText, lookOf, tellingLines } from './cell-words'
import type { DialectMatrix } from './use-matrices'

interface Props {
  readonly matrix: MatrixView
  readonly all: readonly DialectMatrix[]
}

export function CellPanel({ matrix, all }: Props) {
  const { type, operation } = useStore(matrixStore, state => state.cell)
  const cell = cellOf(matrix, type, operation)
  if (cell === undefined) return null
  const title = matrix.operations.find(one => one.id === operation)?.title
  const on = matrix.types.find(one => one.id === type)?.title
  return (
    <aside className="matrix-side" aria-label="Cell">
      <h2 className="pb-2">
        <b className="text-15">{title}</b> <span className="text-ink-2">on {on}</span>
      </h2>
      <Answer cell={cell} dialect={matrix.dialect} />
      <h3>Same cell elsewhere</h3>
      <Elsewhere cell={cell} all={all} />
      {cell.text !== '' && <Flow cell={cell} title={`${title} on ${on}`} />}
    </aside>
  )
}

function Answer({ cell, dialect }: { readonly cell: MatrixCell; readonly dialect: string }) {
  const card = useRuleCard(cell.rule, dialect)
  if (cell.result === 'no-words') return <p className="text-ink-2">{cell.message}.</p>
  if (cell.rule === null || cell.errno === null)
    return (
      <p>
        <code className="font-semibold">= {cell.ret}</code> <span className="text-ink-2">as asked</span>
      </p>
    )
  return (
    <article className="rule-card" aria-label={`Rule ${cell.rule}`}>
      <p className="pb-1">
        <b className="text-err">-{cell.errno}</b> <code>{cell.rule}</code>
      </p>
      <p>
        {lookOf(cell) === 'no-type' && 'Such a table cannot be made: '}
        {cell.message}
      </p>
      {card !== null && (
        <table className="kv mt-1" aria-label="Where the rule is from">
          <tbody>
            {card.rows.map(({ label, text }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </article>
  )
}

/** Where a rule is from, as the help tells it. */
function useRuleCard(rule: string | null, dialect: string): HelpCard | null {
  const controller = useController()
  const [card, setCard] = useState<HelpCard | null>(null)
  useEffect(() => {
    setCard(null)
    if (rule === null) return
    let current = true
    void controller.engine.help({ dialect, about: { word: rule } }).then(outcome => {
      if (current && outcome.ok) setCard(outcome.value.help?.card ?? null)
    })
    return () => {
      current = false
    }
  }, [controller, rule, dialect])
  return card
}

function Elsewhere({ cell, all }: { readonly cell: MatrixCell; readonly all: readonly DialectMatrix[] }) {
  return (
    <table className="kv" aria-label="Same cell elsewhere">
      <tbody>
        {all.map(({ dialect, matrix }) => {
          const there = typeof matrix === 'object' ? cellOf(matrix, cell.type, cell.operation) : undefined
          return (
            <tr key={dialect}>
              <th scope="row">{dialect}</th>
              <td className={`mono whitespace-nowrap ${there?.errno == null ? '' : 'text-err'}`}>
                {there === undefined ? (matrix === undefined ? 'running' : 'none') : cellText(there)}
              </td>
              <td className="text-ink-2">
                {there === undefined ? '' : (there.rule ?? there.message ?? '')}
                {typeof matrix === 'string' && matrix}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** The lines that lead to the answer, and a way to step through them. */
function Flow({ cell, title }: { readonly cell: MatrixCell; readonly title: string }) {
  const controller = useController()
  const open = () => {
    controller.open(cell.text, { from: 'example', title })
    viewStore.setState({ step: cell.step, atEnd: false })
    showScreen('workbench')
  }
  return (
    <>
      <h3>Flow that ran</h3>
      <ol className="matrix-flow" aria-label="Flow that ran">
        {tellingLines(cell).map(({ no, text }) => (
          <li key={no} className={no === cell.line ? 'at' : ''}>
            <code>{text}</code>
          </li>
        ))}
      </ol>
      <button type="button" className="btn bordered" onClick={open}>
        Open as a flow, at step {cell.step}
      </button>
    </>
  )
}
