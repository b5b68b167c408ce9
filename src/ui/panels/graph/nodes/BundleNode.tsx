import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useController } from '../../../app/context'
import { Glyph } from '../../../widgets/Glyph'
import { MarkBadge } from '../../../widgets/Mark'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

/** Many objects drawn as one; a click shows them one by one. */
export const BundleNode = memo(function BundleNode({ id }: NodeProps) {
  const { node } = useNode(id)
  const controller = useController()
  if (node === undefined) return null
  const rows = node.rows.filter(row => row.label !== node.variant)
  const slice = { node, selected: false, select: () => controller.graph.open(id) }
  return (
    <NodeButton slice={slice} className="g-node g-bundle">
      <span className="g-head">
        <Glyph kind={node.variant === 'devices' ? 'device' : 'kernel'} tint="ink-2" />
        <b>{node.subtitle}</b>
        <MarkBadge mark={node.mark} />
      </span>
      <small title={node.title}>
        {rows
          .map(row => `${row.label} ${row.before === null ? '' : `${row.before} -> `}${row.value}`)
          .join(', ') || node.title}
      </small>
    </NodeButton>
  )
})
