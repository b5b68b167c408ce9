import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { MarkBadge } from '../../../widgets/Mark'
import { spokenNode, useNode } from '../use-node'

/** An IOMMU group: the devices in it cannot be told apart by the IOMMU. */
export const GroupNode = memo(function GroupNode({ id }: NodeProps) {
  const { node, selected, select } = useNode(id)
  if (node === undefined) return null
  return (
    <button
      type="button"
      className={`g-node g-group ${selected ? 'selected' : ''}`}
      aria-label={spokenNode(node)}
      aria-pressed={selected}
      onClick={select}
    >
      <span className="g-group-label">
        {node.title}, {node.subtitle} <MarkBadge mark={node.mark} />
      </span>
    </button>
  )
})
