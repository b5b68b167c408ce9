/** The object's fields under the kernel's names. */
import type { GraphRow, InspectorView } from '../../../engine'
import { Mark, markName } from '../../widgets/Mark'

export function ObjectTab({ view }: { readonly view: InspectorView }) {
  return (
    <table className="kv">
      <tbody>
        {view.fields.map((row, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: fields keep their order and may share a label
          <FieldRow key={i} row={row} />
        ))}
      </tbody>
    </table>
  )
}

function FieldRow({ row }: { readonly row: GraphRow }) {
  const change = markName(row.mark)
  return (
    <tr className={change === null ? '' : `row-${change}`}>
      <th scope="row" className="w-32">
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
        {row.value}
      </td>
    </tr>
  )
}
