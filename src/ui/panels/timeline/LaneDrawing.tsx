/** The drawing of a sequence chart: lanes, arrows, answers, loops and notes. Only the rows given are drawn. */
import { memo } from 'react'
import type { LaneActor, LaneRow } from '../../../engine'
import { laneX, loopPath, placeRow, ROW_HEIGHT } from './lane-geometry'

interface Props {
  readonly actors: readonly LaneActor[]
  readonly rows: readonly LaneRow[]
  /** Index of the first of `rows` in the whole chart. */
  readonly from: number
  readonly total: number
  readonly width: number
}

export const LaneDrawing = memo(function LaneDrawing({ actors, rows, from, total, width }: Props) {
  const height = Math.max(1, total * ROW_HEIGHT)
  return (
    <svg className="lane-drawing" width={width} height={height} aria-hidden>
      {actors.map((actor, i) => {
        const x = laneX(i, actors.length, width)
        return <line key={actor.id} x1={x} y1={0} x2={x} y2={height} className="lifeline" />
      })}
      {rows.map((row, i) => (
        <g
          key={`${row.step} ${row.first}`}
          transform={`translate(0 ${(from + i) * ROW_HEIGHT})`}
          className={`lane-row ${MARK_CLASS[row.mark]}`}
        >
          <Stroke row={row} actors={actors} width={width} />
        </g>
      ))}
    </svg>
  )
})

const MARK_CLASS: Readonly<Record<LaneRow['mark'], string>> = {
  '': '',
  '+': 'add',
  '~': 'mod',
  '-': 'del',
  '!': 'err',
}

interface StrokeProps {
  readonly row: LaneRow
  readonly actors: readonly LaneActor[]
  readonly width: number
}

function Stroke({ row, actors, width }: StrokeProps) {
  const { from, to, textX, textY } = placeRow(row, { actors, width })
  const text = row.mark === '' ? row.text : `${row.mark} ${row.text.replace(/^[+~-]/, '')}`
  return (
    <>
      {row.form === 'arrow' || row.form === 'reply' ? (
        <Arrow from={from} to={to} dashed={row.form === 'reply'} />
      ) : (
        <Beside x={from} form={row.form} toRight={textX > from} />
      )}
      <text x={textX} y={textY}>
        {text}
      </text>
    </>
  )
}

function Arrow({
  from,
  to,
  dashed,
}: {
  readonly from: number
  readonly to: number
  readonly dashed: boolean
}) {
  const back = to > from ? -7 : 7
  return (
    <>
      <path d={`M${from} 16H${to + back}`} className={dashed ? 'line dashed' : 'line'} />
      <path d={`M${to} 16l${back} -4v8z`} className="head" />
    </>
  )
}

function Beside({
  x,
  form,
  toRight,
}: {
  readonly x: number
  readonly form: LaneRow['form']
  readonly toRight: boolean
}) {
  if (form === 'note') return <path d={`M${x} 12h${toRight ? 8 : -8}`} className="line" />
  const back = toRight ? 6 : -6
  return (
    <>
      <path d={loopPath(x, toRight)} className="line" />
      <path d={`M${x} 18l${back} -3.5v7z`} className="head" />
    </>
  )
}
