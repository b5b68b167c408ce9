/** The object's fields under the kernel's names, and the configuration structures that decide about it. */
import type { GraphRow, InspectorView } from '../../../engine'
import { choose } from '../../stores/inspect-store'
import { Mark, markName } from '../../widgets/Mark'
import { Structs } from './Structs'

export function ObjectTab({ view }: { readonly view: InspectorView }) {
  const ofUser = view.fields.some(({ label }) => label === 'PASIDs')
  const hasStructs = ofUser || view.id.startsWith('device:') || view.id.startsWith('iommu:')
  return (
    <>
      <table className="kv" aria-label="Fields">
        <tbody>
          {view.fields.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: fields keep their order and may share a label
            <FieldRow key={i} id={view.id} row={row} />
          ))}
        </tbody>
      </table>
      {hasStructs && (
        <Structs
          id={view.id}
          title={
            ofUser
              ? 'PASID table in guest memory, entry by entry'
              : 'Configuration, in the order the hardware reads it'
          }
        />
      )}
    </>
  )
}

function FieldRow({ id, row }: { readonly id: string; readonly row: GraphRow }) {
  const change = markName(row.mark)
  return (
    <tr className={change === null ? '' : `row-${change}`}>
      <th scope="row" className="field-name">
        <Mark mark={row.mark} />
        {row.label}
      </th>
      <td className="mono">
        {row.before !== null && (
          <span className="text-ink-2">
            {row.before} <span aria-hidden>-&gt;</span>
            <span className="sr-only">became</span>{' '}
          </span>
        )}
        <button
          type="button"
          className="value"
          title="When it changed"
          onClick={() => choose({ kind: 'field', id, label: row.label }, row.label)}
        >
          {row.mark === '-' ? <s>{row.value}</s> : row.value}
        </button>
      </td>
    </tr>
  )
}
