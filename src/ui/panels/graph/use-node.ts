/** One node's own slice of the step shown: it is drawn again only when that slice changes. */
import { useStore } from 'zustand'
import type { GraphNode } from '../../../engine'
import { useController } from '../../app/context'
import { viewStore } from '../../stores/view-store'
import { markWord } from '../../widgets/Mark'

export interface NodeSlice {
  /** Undefined where the object does not exist at this step. */
  readonly node: GraphNode | undefined
  readonly selected: boolean
  readonly select: () => void
}

export function useNode(id: string): NodeSlice {
  const controller = useController()
  const node = useStore(viewStore, state => state.nodes.get(id))
  const selected = useStore(viewStore, state => state.shown?.selection === id)
  return { node, selected, select: () => void controller.select(id) }
}

/** What a node says to those who cannot see it. */
export function spokenNode({ kind, title, number, subtitle, rows, mark }: GraphNode): string {
  const change = mark === '' ? '' : `${markWord(mark)} in this step`
  const values = rows.map(
    row => `${row.label} ${row.value}${row.mark === '' ? '' : ` (${markWord(row.mark)})`}`,
  )
  const made = number === undefined ? '' : `number ${number}`
  return [kind, title, made, subtitle, change, ...values].filter(part => part !== '').join(', ')
}
