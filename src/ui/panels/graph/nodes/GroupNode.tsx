import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { MarkBadge } from '../../../widgets/Mark'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

/** An IOMMU group: the devices in it cannot be told apart by the IOMMU. */
export const GroupNode = memo(function GroupNode({ id }: NodeProps) {
  const { node, ...slice } = useNode(id)
  if (node === undefined) return null
  return (
    <NodeButton slice={{ node, ...slice }} className="g-node g-group">
      <span className="g-group-label">
        {node.title}, {node.subtitle} <MarkBadge mark={node.mark} />
      </span>
    </NodeButton>
  )
})
