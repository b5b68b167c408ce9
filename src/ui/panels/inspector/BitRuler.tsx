/** One 64-bit word, bit by bit, with the hardware's names and what each field says. */
import type { BitsView } from '../../../engine'
import { address } from '../../format/hex'
import { Word } from '../../widgets/Word'
import { bitsText, type RulerRow, rulerRows } from './bit-ruler'

interface Props {
  /** `PT[2]`, `context entry, word 1`. */
  readonly name: string
  readonly hpa: bigint | null
  readonly value: bigint
  /** The word one step earlier, where it differs. */
  readonly before?: bigint | null
  readonly fields: readonly BitsView[]
  /** What a field means here, by its name; said instead of its general meaning. */
  readonly meanings?: Readonly<Record<string, string>>
}

export function BitRuler({ name, hpa, value, before = null, fields, meanings = {} }: Props) {
  return (
    <section aria-label={`Bits of ${name}`} className="pt-3">
      <div className="flex items-baseline gap-2 pb-1 whitespace-nowrap">
        <h3 className="mono font-semibold">{name}</h3>
        {hpa !== null && <span className="mono text-11 text-ink-2">@ {address(hpa)}</span>}
        <span className="flex-1" />
        <Word value={value} />
      </div>
      {before !== null && before !== 0n && <Before value={before} />}
      {rulerRows(value, fields).map(ruler => (
        <Ruler key={ruler.high} ruler={ruler} />
      ))}
      <Fields fields={fields} meanings={meanings} />
    </section>
  )
}

function Before({ value }: { readonly value: bigint }) {
  return (
    <p className="flex justify-end gap-2 text-11 text-ink-2">
      was <Word value={value} />
    </p>
  )
}

type FieldsProps = Required<Pick<Props, 'fields' | 'meanings'>>

function Fields({ fields, meanings }: FieldsProps) {
  return (
    <table className="kv mt-1">
      <caption className="sr-only">Fields of the word</caption>
      <tbody>
        {fields.map(field => (
          <tr key={`${field.high} ${field.name}`}>
            <td className="mono w-11 whitespace-nowrap text-ink-2">{bitsText(field)}</td>
            <th scope="row" className="mono bit-name">
              {field.name}
            </th>
            <td className="mono whitespace-nowrap">{fieldValue(field)}</td>
            <td className="text-ink-2">{meanings[field.name] ?? field.doc}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A pointer's field is shown as the address it stands for, a number as it is. */
function fieldValue({ high, low, value }: BitsView): string {
  if (high - low + 1 >= 20 && low >= 12) return address(value << BigInt(low))
  return value > 9n ? address(value) : String(value)
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
