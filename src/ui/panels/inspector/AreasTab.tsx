/** What the space maps: one row an area, addresses exact and inclusive. */
import { useStore } from 'zustand'
import type { InspectorView } from '../../../engine'
import { count, range, size } from '../../format/hex'
import { viewStore } from '../../stores/view-store'
import { Mark, markName } from '../../widgets/Mark'

const SHOWN_AT_MOST = 500

export function AreasTab({ view }: { readonly view: InspectorView }) {
  const target = useTargetKind(view.id)
  if (view.areas.length === 0) {
    return <p className="text-ink-2">No area. A map call on an address space makes one.</p>
  }
  const shown = view.areas.slice(0, SHOWN_AT_MOST)
  return (
    <>
      <table className="kv">
        <thead>
          <tr>
            <th scope="col">IOVA</th>
            <th scope="col">size</th>
            <th scope="col">{target}</th>
            <th scope="col">perm</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(area => (
            <tr key={`${area.iova} ${area.mark}`} className={rowClass(area.mark)}>
              <td className="mono">
                <Mark mark={area.mark} />
                {range(area.iova, area.last)}
              </td>
              <td className="whitespace-nowrap">{size(area.last - area.iova + 1n)}</td>
              <td className="mono">{range(area.target, area.target + (area.last - area.iova))}</td>
              <td className="mono">{area.perm}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {view.areas.length > SHOWN_AT_MOST && (
        <p className="pt-2 text-ink-2">
          {count(SHOWN_AT_MOST)} of {count(view.areas.length)} areas shown, lowest first.
        </p>
      )}
    </>
  )
}

function rowClass(mark: InspectorView['areas'][number]['mark']): string {
  const change = markName(mark)
  return change === null ? '' : `row-${change}`
}

/** A root's areas point at process memory, a child's into its parent. */
function useTargetKind(id: string): string {
  return useStore(viewStore, ({ edges, nodes }) => {
    const nest = [...edges.values()].find(edge => edge.kind === 'nest' && edge.from === id)
    return nest === undefined ? 'HVA' : `in ${nodes.get(nest.to)?.title ?? 'parent'}`
  })
}
