import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { GraphRow } from '../../../../engine'
import { Glyph } from '../../../widgets/Glyph'
import { Mark, MarkBadge, markName } from '../../../widgets/Mark'
import { usePlaces } from '../drawn'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

/** Pixels that `0000:00:03.0 bound fd 5` takes. */
const WITH_SEGMENT = 160
/** The PCI segment where there is only one, as on the rail and at the edges. */
const ONLY_SEGMENT = /^0000:/

/** A device: its requester id, and whom it is bound to, or what it waits for. */
export const DeviceNode = memo(function DeviceNode({ id }: NodeProps) {
  const { node, ...slice } = useNode(id)
  const { compact, nodes } = usePlaces()
  const box = nodes.get(id)
  const isFlat = box?.flat ?? false
  if (node === undefined) return null
  const isNarrow = (box?.width ?? 0) < WITH_SEGMENT
  const told = node.rows.find(row => row.label === 'waits') ?? node.rows.find(row => row.label === 'bound')
  const said = (
    <small>
      {told?.label !== 'waits' && (isNarrow ? node.subtitle.replace(ONLY_SEGMENT, '') : node.subtitle)}
      {!compact && told !== undefined && <Told row={told} />}
    </small>
  )
  return (
    <NodeButton slice={{ node, ...slice }} className="g-device">
      <span className="g-device-paper">
        <span className="g-head">
          <Glyph kind="device" tint="device" />
          <b>{node.title}</b>
          {node.number !== undefined && <span className="g-number">[{node.number}]</span>}
          {isFlat && said}
          <MarkBadge mark={node.mark} />
        </span>
        {!isFlat && said}
      </span>
    </NodeButton>
  )
})

function Told({ row: { label, value, mark } }: { readonly row: GraphRow }) {
  const change = markName(mark)
  return (
    <span className={`${label === 'bound' ? 'ml-2' : ''} ${change === null ? '' : `row-${change}`}`}>
      {mark !== '' && <Mark mark={mark} />}
      {value === 'no' ? `not ${label}` : `${label} ${value}`}
    </span>
  )
}
