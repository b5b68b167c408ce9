/** An edge along its fixed route, in the ink of this step. */
import type { EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { useStore } from 'zustand'
import type { GraphEdge } from '../../../engine'
import type { Box, Point } from '../../../worker/layout/types'
import { useController } from '../../app/context'
import { choose } from '../../stores/inspect-store'
import { viewStore } from '../../stores/view-store'
import { markName, markWord } from '../../widgets/Mark'
import { usePlaces } from './drawn'
import { focusStore } from './focus-store'
import { useTabIndex } from './NodeButton'

export const RoutedEdge = memo(function RoutedEdge({ id }: EdgeProps) {
  const edge = useStore(viewStore, state => state.edges.get(id))
  const selected = useStore(viewStore, state => isOnPath(state.edges.get(id), state.shown?.selection ?? null))
  const controller = useController()
  const route = usePlaces().edges.get(id)
  const tabIndex = useTabIndex(id)
  if (edge === undefined || route === undefined) return null
  const mark = markName(edge.mark)
  // A check against a list of ranges translates nothing: dotted, without a head.
  const isCheck = edge.kind === 'map' && edge.dashed
  const style = isCheck ? 'check' : edge.dashed ? 'dashed' : ''
  // The object it leaves is shown; the steps told are those that changed the edge.
  const select = () => {
    void controller.select(edge.from)
    choose({ kind: 'edge', id }, edge.label === '' ? edge.kind : edge.label)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button element in SVG
    <g
      role="button"
      tabIndex={tabIndex}
      data-part={id}
      className={`g-edge ${edge.kind} ${style} ${mark ?? ''} ${selected && mark === null ? 'selected' : ''}`}
      aria-label={spokenEdge(edge)}
      onClick={select}
      onFocus={() => focusStore.setState({ at: id })}
      onKeyDown={event => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        select()
      }}
    >
      <path className="hit" d={pathOf(route.points)} />
      <path className="line" d={pathOf(route.points)} />
      {!isCheck && <Head points={route.points} open={edge.kind === 'nest'} />}
      {edge.label !== '' && route.label !== null && <EdgeLabel text={labelText(edge)} box={route.label} />}
    </g>
  )
})

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join(' ')
}

function labelText({ label, mark }: GraphEdge): string {
  return mark === '' ? label : `${mark} ${label}`
}

const CHARACTER = 6.7

/** On a patch of the canvas, so that no line shows through. */
function EdgeLabel({ text, box }: { readonly text: string; readonly box: Box }) {
  return (
    <>
      <rect
        x={box.x - 2}
        y={box.y}
        width={text.length * CHARACTER + 4}
        height={box.height}
        className="patch"
      />
      <text x={box.x} y={box.y + box.height / 2} dy="0.35em">
        {text}
      </text>
    </>
  )
}

const HEAD_LONG = 7
const HEAD_WIDE = 4

function Head({ points, open }: { readonly points: readonly Point[]; readonly open: boolean }) {
  const tip = points.at(-1)
  const before = points.at(-2)
  if (tip === undefined || before === undefined) return null
  const [dx, dy] = [Math.sign(tip.x - before.x), Math.sign(tip.y - before.y)]
  const [bx, by] = [tip.x - dx * HEAD_LONG, tip.y - dy * HEAD_LONG]
  const corners = [
    `${tip.x},${tip.y}`,
    `${bx + dy * HEAD_WIDE},${by + dx * HEAD_WIDE}`,
    `${bx - dy * HEAD_WIDE},${by - dx * HEAD_WIDE}`,
  ]
  return <polygon className={`head ${open ? 'open' : ''}`} points={corners.join(' ')} />
}

function isOnPath(edge: GraphEdge | undefined, selection: string | null): boolean {
  if (edge === undefined || selection === null) return false
  return edge.kind === 'map' ? edge.from === selection : edge.from === selection || edge.to === selection
}

const VERBS = { attach: 'attached to', nest: 'child of', map: 'maps', ref: 'refers to' }

function spokenEdge({ kind, from, to, label, mark }: GraphEdge): string {
  const name = (id: string) => viewStore.getState().nodes.get(id)?.title ?? id
  const change = mark === '' ? '' : `, ${markWord(mark)} in this step`
  return `${name(from)} ${VERBS[kind]} ${name(to)}${label === '' ? '' : `, ${label}`}${change}`
}
