/** The steps of all runs, a row each; what answers otherwise than the first run is marked, what is alike folded. */
import { ChevronDown, ChevronUp, StepBack, StepForward } from 'lucide-react'
import { useState } from 'react'
import type { ComparedReply, ComparedStep } from '../../../worker/protocol'
import { useController } from '../../app/context'
import { count } from '../../format/hex'
import { compareStore } from '../../stores/compare-store'
import { IconButton } from '../../widgets/IconButton'
import { answerText, type CompareRow, isBad, nextDifference, placeOf, ROWS_AT_ONCE, shownRows } from './rows'

interface Props {
  readonly reply: ComparedReply
  readonly rows: readonly CompareRow[]
  readonly at: number
  readonly folded: boolean
}

export function CompareSteps({ reply, rows, at, folded }: Props) {
  const shown = shownRows(rows, { folded, at })
  const first = rows.find(row => row.differs.some(Boolean))?.n ?? null
  const [page, setPage] = usePageAt(placeOf(shown, at))
  const from = page * ROWS_AT_ONCE
  return (
    <>
      <Bar rows={rows} at={at} folded={folded} first={first} reply={reply} />
      {shown.length > ROWS_AT_ONCE && <Pages page={page} total={shown.length} onTurn={setPage} />}
      <table className="compare-table" aria-label="Steps">
        <tbody>
          {shown
            .slice(from, from + ROWS_AT_ONCE)
            .map(row =>
              row.kind === 'alike' ? (
                <Alike key={row.first} first={row.first} last={row.last} columns={reply.steps.length} />
              ) : (
                <StepRow
                  key={row.row.n}
                  row={row.row}
                  isFirst={row.row.n === first}
                  isAt={row.row.n === at}
                />
              ),
            )}
        </tbody>
      </table>
    </>
  )
}

/** The page with the step at hand, which comes back when another step is; between, whichever was turned to. */
function usePageAt(place: number): [page: number, turn: (page: number) => void] {
  const there = Math.floor(place / ROWS_AT_ONCE)
  const [turned, setTurned] = useState<{ readonly place: number; readonly page: number } | null>(null)
  return [turned?.place === place ? turned.page : there, page => setTurned({ place, page })]
}

interface PagesProps {
  readonly page: number
  readonly total: number
  readonly onTurn: (page: number) => void
}

function Pages({ page, total, onTurn }: PagesProps) {
  const [from, to] = [page * ROWS_AT_ONCE, Math.min(total, (page + 1) * ROWS_AT_ONCE)]
  return (
    <div className="compare-bar">
      <span className="text-ink-2">
        rows {count(from + 1)} to {count(to)} of {count(total)}
      </span>
      <span className="flex-1" />
      <IconButton
        icon={ChevronUp}
        name="Rows before"
        disabled={from === 0}
        onClick={() => onTurn(page - 1)}
      />
      <IconButton
        icon={ChevronDown}
        name="Rows after"
        disabled={to === total}
        onClick={() => onTurn(page + 1)}
      />
    </div>
  )
}

interface BarProps extends Props {
  readonly first: number | null
}

function Bar({ reply, rows, at, folded, first }: BarProps) {
  const controller = useController()
  const [back, on] = [nextDifference(rows, at, -1), nextDifference(rows, at, 1)]
  const go = (n: number | null) => n !== null && void controller.goTo(n)
  return (
    <div className="compare-bar">
      <b>Steps</b>
      <span className="text-ink-2" role="status">
        {partText(reply, first)}
      </span>
      <span className="flex-1" />
      <label>
        <input
          type="checkbox"
          checked={!folded}
          onChange={event => compareStore.setState({ folded: !event.target.checked })}
        />{' '}
        all steps
      </label>
      <IconButton
        icon={StepBack}
        name="Difference before"
        disabled={back === null}
        onClick={() => go(back)}
      />
      <IconButton icon={StepForward} name="Next difference" disabled={on === null} onClick={() => go(on)} />
    </div>
  )
}

/** Where the runs part: by an answer, else by what a step cost. */
function partText({ comparison: { runs } }: ComparedReply, first: number | null): string {
  if (first !== null) return `first difference at step ${first}; \u2260 differs from A`
  const parting = runs.map(run => run.parts).find(one => one !== null)
  if (parting === null || parting === undefined) return 'every step answers alike and costs the same'
  return `every step answers alike; step ${parting.n} costs otherwise: ${parting.first}, ${parting.here}`
}

interface AlikeProps {
  readonly first: number
  readonly last: number
  readonly columns: number
}

function Alike({ first, last, columns }: AlikeProps) {
  return (
    <tr className="alike">
      <th scope="row">
        {first} .. {last}
      </th>
      <td colSpan={columns}>
        <button type="button" className="link" onClick={() => compareStore.setState({ folded: false })}>
          {count(last - first + 1)} steps alike
        </button>
      </td>
    </tr>
  )
}

interface RowProps {
  readonly row: CompareRow
  readonly isFirst: boolean
  readonly isAt: boolean
}

function StepRow({ row: { n, steps, differs }, isFirst, isAt }: RowProps) {
  const controller = useController()
  const label = steps.find(step => step !== undefined)?.label ?? ''
  return (
    <tr className={`${isFirst ? 'parts' : ''} ${isAt ? 'at' : ''}`} aria-current={isAt ? 'step' : undefined}>
      <th scope="row">
        <button type="button" title={label} onClick={() => void controller.goTo(n)}>
          <span className="text-ink-3">{n}</span> {label}
        </button>
        {isFirst && <b className="text-mod">first difference</b>}
      </th>
      {steps.map((step, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns are told by where they stand
        <td key={k} className={isBad(step) ? 'text-err' : ''}>
          <Sign differs={differs[k] === true} />
          {otherText(step, steps[0])}
          {answerText(step)}
        </td>
      ))}
    </tr>
  )
}

export function Sign({ differs }: { readonly differs: boolean }) {
  return (
    <span className="compare-sign">
      {differs && (
        <>
          <span aria-hidden>{'\u2260'}</span>
          <span className="sr-only">differs: </span>
        </>
      )}
    </span>
  )
}

/** The statement, where this run executes another one. */
function otherText(step: ComparedStep | undefined, first: ComparedStep | undefined): string {
  return step === undefined || step.text === first?.text ? '' : `${step.text} `
}
