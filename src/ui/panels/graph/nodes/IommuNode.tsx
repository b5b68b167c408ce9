import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useStore } from 'zustand'
import type { GraphNode, GraphRow } from '../../../../engine'
import { viewStore } from '../../../stores/view-store'
import { Glyph } from '../../../widgets/Glyph'
import { Mark, markName } from '../../../widgets/Mark'
import { useLayout } from '../layout-context'
import type { Box } from '../layout-types'
import { spokenNode, useNode } from '../use-node'

/** The rail that every request passes: one port per device, with what the IOMMU's own structures say of it. */
export const IommuNode = memo(function IommuNode({ id }: NodeProps) {
  const { node, selected, select } = useNode(id)
  const { ports, nodes } = useLayout()
  if (node === undefined) return null
  const left = nodes.get(id)?.x ?? 0
  return (
    <button
      type="button"
      className={`g-node g-rail ${selected ? 'selected' : ''}`}
      aria-label={spokenNode(node)}
      aria-pressed={selected}
      onClick={select}
    >
      <span className="label">
        <Glyph kind="iommu" tint="iommu" />
        <b>{node.title}</b>
        <span className="min-w-0 truncate">{node.subtitle}</span>
      </span>
      {[...ports].map(([device, box]) => (
        <Port key={device} rail={node} device={device} box={{ ...box, x: box.x - left }} />
      ))}
    </button>
  )
})

interface PortProps {
  readonly rail: GraphNode
  readonly device: string
  readonly box: Box
}

function Port({ rail, device, box }: PortProps) {
  const requester = useStore(viewStore, state => state.nodes.get(device)?.subtitle ?? '')
  const selected = useStore(viewStore, state => state.shown?.selection === device)
  const row = rowOf(rail, requester)
  if (row === undefined) return null
  const change = markName(row.mark)
  const label = row.label.replace(/^0000:/, '')
  return (
    <span
      className={`g-port ${selected ? 'selected' : ''} ${change === null ? '' : `row-${change}`}`}
      style={{ left: box.x, width: box.width, height: box.height }}
      title={`${row.label} ${row.value}`}
    >
      <span>
        {row.mark !== '' && <Mark mark={row.mark} />}
        <b className="g-port-name">{label}</b>
      </span>
      <span className="v">{whatFits(row.value, box.width - (label.length + 3) * CHARACTER)}</span>
    </span>
  )
}

const CHARACTER = 6.6

/** As many `NAME value` pairs as there is room for: a number is shown whole or not at all. */
function whatFits(value: string, room: number): string {
  const words = value.split(' ')
  while (words.length > 2 && words.join(' ').length * CHARACTER > room) words.splice(-2)
  return words.join(' ')
}

/** A row is labelled with the requester id, with or without the PCI segment in front. */
function rowOf(rail: GraphNode, requester: string): GraphRow | undefined {
  const words = requester.split(/[\s,]+/)
  return rail.rows.find(row => {
    const last = row.label.split(' ').at(-1) ?? ''
    return last !== '' && words.some(word => word.endsWith(last))
  })
}
