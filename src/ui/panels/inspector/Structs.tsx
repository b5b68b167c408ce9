/** Configuration structures word by word; any word opens in the ruler. */
import { useState } from 'react'
import type { StructView } from '../../../engine'
import { address } from '../../format/hex'
import { choose } from '../../stores/inspect-store'
import { Mark, markName } from '../../widgets/Mark'
import { Word } from '../../widgets/Word'
import { BitRuler } from './BitRuler'
import { wordTarget } from './use-at-hand'
import { useInspect } from './use-inspect'

export function Structs({ id, title }: { readonly id: string; readonly title: string }) {
  const [open, setOpen] = useState<string | null>(null)
  const { answer } = useInspect({ what: 'structs', id } as const)
  const structs = answer?.view ?? []
  if (structs.length === 0) return null
  return (
    <>
      <h3 className="pt-3 pb-1 font-semibold">{title}</h3>
      {structs.map(struct => (
        <Struct
          key={`${struct.name} ${struct.hpa}`}
          struct={struct}
          open={open}
          onOpen={key => setOpen(open === key ? null : key)}
        />
      ))}
    </>
  )
}

interface Props {
  readonly struct: StructView
  readonly open: string | null
  readonly onOpen: (key: string) => void
}

function Struct({ struct, open, onOpen }: Props) {
  const { name, hpa, words } = struct
  return (
    <section aria-label={name} className="struct">
      <p className="flex gap-2">
        <b>{name}</b>
        {hpa !== null && <code className="text-ink-2">@ {address(hpa)}</code>}
      </p>
      {words.map((word, k) => {
        if (word.value === 0n && word.before === null && k > 0) return null
        const key = `${name} ${hpa} ${k}`
        const isOpen = open === key
        return (
          <WordRow
            key={key}
            struct={struct}
            at={k}
            isOpen={isOpen}
            onOpen={() => onOpen(key)}
            mark={word.mark}
          />
        )
      })}
      <Zeros words={words} />
      {struct.told.map(({ name: field, value, mark }) => (
        <p key={field} className="mono">
          <Mark mark={mark} />
          {field} {value}
        </p>
      ))}
    </section>
  )
}

interface WordProps {
  readonly struct: StructView
  readonly at: number
  readonly mark: StructView['words'][number]['mark']
  readonly isOpen: boolean
  readonly onOpen: () => void
}

function WordRow({ struct, at, mark, isOpen, onOpen }: WordProps) {
  const word = struct.words[at]
  if (word === undefined) return null
  const fields = struct.fields.filter(field => field.word === at)
  const change = markName(mark)
  const hpa = struct.hpa === null ? null : struct.hpa + BigInt(at * 8)
  const name = struct.words.length > 1 ? `${struct.name}, word ${at}` : struct.name
  const pick = () => {
    if (hpa !== null) {
      const { target, label } = wordTarget(name, hpa)
      choose(target, label)
    }
    onOpen()
  }
  return (
    <>
      <button
        type="button"
        className={`struct-word ${change === null ? '' : `row-${change}`}`}
        aria-expanded={isOpen}
        onClick={pick}
      >
        <Mark mark={mark} />
        <span className="text-ink-2">{at}</span>
        <Word value={word.value} />
        <span className="struct-told">{told(fields)}</span>
      </button>
      {isOpen && <BitRuler name={name} hpa={hpa} value={word.value} before={word.before} fields={fields} />}
    </>
  )
}

/** The fields that are not 0, as short as they can be said. */
function told(fields: StructView['fields']): string {
  const set = fields.filter(field => field.value !== 0n)
  return set
    .map(
      ({ name, low, high, value }) => `${name} ${pointer(low, high) ? address(value << BigInt(low)) : value}`,
    )
    .join('  ')
}

function pointer(low: number, high: number): boolean {
  return low >= 12 && high - low + 1 >= 20
}

/** Words that are 0 and were, the first apart, are only counted. */
function Zeros({ words }: Pick<StructView, 'words'>) {
  const zeros = words.filter((word, k) => k > 0 && word.value === 0n && word.before === null).length
  if (zeros === 0) return null
  return (
    <p className="pl-[20px] text-11 text-ink-2">
      {zeros === 1 ? '1 more word is 0' : `${zeros} more words are 0`}
    </p>
  )
}
