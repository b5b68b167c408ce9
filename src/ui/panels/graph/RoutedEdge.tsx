/** An edge along its fixed route, in the ink of this step. */
import type { EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { useStore } from 'zustand'
import type { GraphEdge } from '../../../engine'
import { useController } from '../../app/context'
import { viewStore } from '../../stores/view-store'
import { markName } from '../../widgets/Mark'
import { boxOf, type Label } from './labels'
import { useLayout } from './layout-context'
import type { Point } from './layout-types'

export const RoutedEdge = memo(function RoutedEdge({ id }: EdgeProps) {
  const edge = useStore(viewStore, state => state.edges.get(id))
  const selected = useStore(viewStore, state => isOnPath(state.edges.get(id), state.shown?.selection ?? null))
  const controller = useController()
  const route = useLayout().edges.get(id)
  if (edge === undefined || route === undefined) return null
  const mark = markName(edge.mark)
  const select = () => void controller.select(edge.from)
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button element in SVG
    <g
      role="button"
      tabIndex={0}
      className={`g-edge ${edge.kind} ${edge.dashed ? 'dashed' : ''} ${mark ?? ''} ${selected && mark === null ? 'selected' : ''}`}
      aria-label={spokenEdge(edge)}
      onClick={select}
      onKeyDown={event => event.key === 'Enter' && select()}
    >
      <path d={route.points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join(' ')} />
      <Head points={route.points} open={edge.kind === 'nest'} />
      {edge.label !== '' && <EdgeLabel text={labelText(edge)} label={route.label} />}
    </g>
  )
})

function labelText({ label, mark }: GraphEdge): string {
  return mark === '+' || mark === '-' ? `${mark} ${label}` : label
}

/** On a patch of the canvas, so that no line shows through. */
function EdgeLabel({ text, label }: { readonly text: string; readonly label: Label }) {
  const { x, y, width, height } = boxOf(label, text)
  return (
    <>
      <rect x={x} y={y} width={width} height={height} className="patch" />
      <text x={label.at.x} y={label.at.y} dy="0.35em" textAnchor={label.anchor}>
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

const VERBS = { attach: 'attached to', nest: 'child of', map: 'maps' }

function spokenEdge({ kind, from, to, label, mark }: GraphEdge): string {
  const name = (id: string) => viewStore.getState().nodes.get(id)?.title ?? id
  const change = mark === '+' ? ', created in this step' : mark === '-' ? ', removed in this step' : ''
  return `${name(from)} ${VERBS[kind]} ${name(to)}${label === '' ? '' : `, ${label}`}${change}`
}
