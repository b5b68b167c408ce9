import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useStore } from 'zustand'
import type { GraphNode } from '../../../../engine'
import type { PortBox } from '../../../../worker/layout/types'
import { useController } from '../../../app/context'
import { viewStore } from '../../../stores/view-store'
import { Glyph } from '../../../widgets/Glyph'
import { Mark, MarkBadge, markName } from '../../../widgets/Mark'
import { usePlaces } from '../drawn'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

/** The rail that every request passes: a port for each entry that decides about a device's requests. */
export const IommuNode = memo(function IommuNode({ id }: NodeProps) {
  const { node, ...slice } = useNode(id)
  const { ports, nodes } = usePlaces()
  const box = nodes.get(id)
  if (node === undefined || box === undefined) return null
  const more = node.rows.find(row => row.label === 'more')
  return (
    <NodeButton slice={{ node, ...slice }} className="g-node g-rail">
      <span className="label">
        <Glyph kind="iommu" tint="iommu" />
        <b>{node.title}</b>
        <span className="min-w-0 truncate">{node.subtitle}</span>
        <MarkBadge mark={node.mark} />
        {more !== undefined && <span>{`${more.value}${more.mark === '' ? '' : ', some changed'}`}</span>}
      </span>
      {ports
        .filter(port => port.rail === id)
        .map(port => (
          <Port
            key={`${port.device} ${port.row}`}
            rail={node}
            port={port}
            at={{ x: port.x - box.x, y: port.y - box.y }}
          />
        ))}
    </NodeButton>
  )
})

interface PortProps {
  readonly rail: GraphNode
  readonly port: PortBox
  readonly at: { readonly x: number; readonly y: number }
}

function Port({ rail, port, at }: PortProps) {
  const controller = useController()
  const selected = useStore(viewStore, state => state.shown?.selection === port.device)
  const row = rail.rows.find(candidate => candidate.label === port.row)
  if (row === undefined) return null
  const change = markName(row.mark)
  const whole = row.label.replace(/^0000:/, '')
  const room = port.width - (row.mark === '' ? 3 : 6) * CHARACTER
  // The device below says its requester id; a window's own name is nowhere else.
  const isTight = (whole.length + row.value.length + 1) * CHARACTER > room
  const label = isTight && whole.includes(' ') ? whole.slice(whole.indexOf(' ') + 1) : whole
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the device itself does the same by keyboard
    <span
      className={`g-port ${selected ? 'selected' : ''} ${change === null ? '' : `row-${change}`}`}
      style={{ left: at.x, top: at.y, width: port.width, height: port.height }}
      title={`${row.label} ${row.before === null ? '' : `${row.before} -> `}${row.value}`}
      onClick={event => {
        event.stopPropagation()
        void controller.select(port.device)
      }}
    >
      <span>
        {row.mark !== '' && <Mark mark={row.mark} />}
        <b className="g-port-name">{label}</b>
      </span>
      <span className="v">{whatFits(row.value, room - label.length * CHARACTER)}</span>
    </span>
  )
}

const CHARACTER = 6.6

/** As many `NAME value` pairs as there is room for: a number is shown whole or not at all. */
function whatFits(value: string, room: number): string {
  const words = value.split(' ')
  while (words.length > 0 && words.join(' ').length * CHARACTER > room) words.splice(-2)
  return words.join(' ')
}
