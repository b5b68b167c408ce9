/** A scenario's graph as a stamp: spines, borders and shapes tell the kinds apart, as in the large picture. */
import { useMemo } from 'react'
import type { GraphView } from '../../../engine'
import { spaceTint } from '../../widgets/Glyph'
import { type MiniBox, miniPicture, NAMED, STAMP } from './mini-layout'

const DASHED = new Set(['user-table', 'user-pasid-table'])
const HATCHED = new Set(['prereg', 'dummy'])

interface Props {
  readonly graph: GraphView
  /** Larger, with the names of spaces and devices. */
  readonly named?: boolean
}

export function MiniGraph({ graph, named = false }: Props) {
  const { width, height, memory, spaces, devices, groups, edges, more } = useMemo(
    () => miniPicture(graph, named ? NAMED : STAMP),
    [graph, named],
  )
  return (
    <svg
      className="mini"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="presentation"
    >
      <rect {...rectOf(memory)} className="mini-memory" />
      {edges.map(({ id, path, dashed }) => (
        <path key={id} d={path} className="mini-edge" strokeDasharray={dashed ? '4 2' : undefined} />
      ))}
      {groups.map(box => (
        <rect key={box.id} {...rectOf(box)} rx="5" className="mini-group" />
      ))}
      {spaces.map(box => (
        <Space key={box.id} box={box} />
      ))}
      {devices.map(box => (
        <path key={box.id} d={deviceOutline(box)} className="mini-device" />
      ))}
      {named && spaces.map(box => <Name key={box.id} box={box} left={12} />)}
      {named && devices.map(box => <Name key={box.id} box={box} left={6} />)}
      {more > 0 && (
        <text x={width - 4} y={height - 4} textAnchor="end" className="mini-more">
          +{more}
        </text>
      )}
    </svg>
  )
}

interface NameProps {
  readonly box: MiniBox
  readonly left: number
}

/** As much of a name as its box holds. */
function Name({ box: { x, y, width, height, title }, left }: NameProps) {
  const most = Math.floor((width - left) / 5.8)
  const text = title.length > most ? `${title.slice(0, most - 2)}..` : title
  return (
    <text x={x + left} y={y + height / 2} dy="0.35em" className="mini-name">
      <title>{title}</title>
      {text}
    </text>
  )
}

function Space({ box }: { readonly box: MiniBox }) {
  const { x, y, width, height, variant } = box
  const hatch = HATCHED.has(variant)
  const dash = DASHED.has(variant) ? '4 2' : undefined
  return (
    <g style={{ color: `var(--${spaceTint(variant)})` }}>
      <rect {...rectOf(box)} className="mini-space" strokeDasharray={dash} />
      {hatch ? (
        <path d={hatching(box)} className="mini-hatch" />
      ) : (
        dash === undefined && <rect x={x} y={y} width={6} height={height} fill="currentColor" />
      )}
      {variant === 'sva' && <circle cx={x + width / 2} cy={y + height / 2} r="4" className="mini-hatch" />}
    </g>
  )
}

function rectOf({ x, y, width, height }: MiniBox) {
  return { x, y, width, height }
}

/** Top right corner cut, as devices are everywhere. */
function deviceOutline({ x, y, width, height }: MiniBox): string {
  return `M${x} ${y}h${width - 7}l7 7v${height - 7}h${-width}z`
}

function hatching({ x, y, width, height }: MiniBox): string {
  const lines = Math.floor((width - height) / 6)
  return Array.from({ length: lines + 1 }, (_, i) => `M${x + i * 6} ${y + height}l${height} ${-height}`).join(
    '',
  )
}
