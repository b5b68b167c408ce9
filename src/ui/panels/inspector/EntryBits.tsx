/** One entry, bit by bit, with the hardware's names and what each field says. */
import type { TableRow } from '../../../engine'
import { address } from '../../format/hex'
import { Word } from '../../widgets/Word'
import { bitsText, type RulerRow, rulerRows } from './bit-ruler'
import { rowName } from './table-rows'

export function EntryBits({ row }: { readonly row: TableRow }) {
  return (
    <section aria-label={`Bits of ${rowName(row)}`} className="pt-3">
      <div className="flex items-baseline gap-2 pb-1">
        <h3 className="mono font-semibold">{rowName(row)}</h3>
        <span className="mono text-ink-2">@ {address(row.hpa)}</span>
        <span className="flex-1" />
        <Word value={row.value} />
      </div>
      {rulerRows(row.value, row.fields).map(ruler => (
        <Ruler key={ruler.high} ruler={ruler} />
      ))}
      <table className="kv mt-1">
        <caption className="sr-only">Fields of the entry</caption>
        <tbody>
          {row.fields.map(field => (
            <tr key={`${field.high} ${field.name}`}>
              <td className="mono w-11 whitespace-nowrap text-ink-2">{bitsText(field)}</td>
              <th scope="row" className="mono w-14">
                {field.name}
              </th>
              <td className="mono whitespace-nowrap">{address(field.value)}</td>
              <td className="text-ink-2">{field.doc}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The highest bit of each group of four. */
function nibbles(high: number): number[] {
  return Array.from({ length: 8 }, (_, i) => high - i * 4)
}

function Ruler({ ruler: { high, cells, braces } }: { readonly ruler: RulerRow }) {
  return (
    <div className="bits" aria-hidden>
      {nibbles(high).map(bit => (
        <span key={bit} className="no">
          {bit}
        </span>
      ))}
      {cells.map(({ bit, one, address: isAddress }, i) => (
        <span
          key={bit}
          className={`bit ${isAddress ? 'address' : ''} ${one ? 'one' : ''} ${i === 31 ? 'row-end' : ''}`}
        >
          {one ? 1 : 0}
        </span>
      ))}
      {braces.map(({ first, last, label }) => (
        <span
          key={first}
          className={`brace ${last === first ? 'narrow' : ''}`}
          style={{ gridColumn: `${first} / ${last + 1}`, gridRow: 3 }}
          title={label}
        >
          {label}
        </span>
      ))}
    </div>
  )
}
