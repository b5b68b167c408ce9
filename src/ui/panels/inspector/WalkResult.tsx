/** The way of one request: each reference in order with the leaf last, then the address or the fault. */
import { useStore } from 'zustand'
import type { ReferenceView, WalkView } from '../../../engine'
import { address, size } from '../../format/hex'
import { viewStore } from '../../stores/view-store'
import { Word } from '../../widgets/Word'

export function WalkResult({ answer }: { readonly answer: WalkView | { readonly problem: string } }) {
  if ('problem' in answer) return <p className="text-ink-2">{answer.problem}</p>
  return (
    <>
      <Outcome walk={answer} />
      <ol aria-label="Memory references" className="border-t border-line-1">
        {numbered(answer.references).map(({ n, reference }) => (
          <Reference
            key={n}
            n={n}
            reference={reference}
            stopped={!answer.ok && n === answer.references.length}
          />
        ))}
      </ol>
      <p className="pt-1 text-11 text-ink-2">
        {answer.references.length} references with cold caches. Nothing was filled and no bit was set.
      </p>
    </>
  )
}

function numbered(references: readonly ReferenceView[]) {
  return references.map((reference, i) => ({ n: i + 1, reference }))
}

function Outcome({ walk }: { readonly walk: WalkView }) {
  const from = useStore(
    viewStore,
    state => state.shown?.state.addressSpaces.find(s => s.id === walk.from)?.name,
  )
  const via = walk.from === null ? '' : `by ${from ?? `ioasid ${walk.from}`}`
  if (walk.ok && walk.output !== null) {
    const page = walk.pageSize === null ? '' : `${size(BigInt(walk.pageSize))} page`
    return (
      <p className="pb-2" role="status">
        HPA <code className="text-13 font-semibold">{address(walk.output)}</code>{' '}
        <span className="text-ink-2">
          {[[...(walk.perm ?? '').toUpperCase()].join(' '), page, via].filter(Boolean).join(', ')}
        </span>
      </p>
    )
  }
  const { fault } = walk
  if (fault === null) return null
  const level = fault.level === null ? '' : ` level ${fault.level}`
  return (
    <p className="rule-card mb-2" role="status">
      <b className="text-err">! Fault {fault.code}</b> <code>{fault.name}</code>
      <br />
      {fault.access} of <code>{address(fault.address)}</code>, stopped at {fault.stage} stage{level} {via}
    </p>
  )
}

interface ReferenceProps {
  readonly n: number
  readonly reference: ReferenceView
  readonly stopped: boolean
}

function Reference({ n, reference, stopped }: ReferenceProps) {
  const fields = fieldsText(reference.fields)
  return (
    <li className={stopped ? 'bg-err-wash' : ''}>
      <div className="walk-row" style={{ borderBottomWidth: 0 }}>
        <span className={stopped ? 'font-bold text-err' : 'text-ink-2'}>{stopped ? '!' : n}</span>
        <span className="truncate" title={reference.what}>
          {reference.what}
        </span>
        <span>{address(reference.address)}</span>
        <Word value={reference.value} />
      </div>
      <div className="border-b border-line-1 pb-0.5 pl-[26px] text-11 text-ink-2">
        {reference.stage}
        {reference.level === null ? '' : ` level ${reference.level}`}
        {fields !== '' && <code>{`  ${fields}`}</code>}
      </div>
    </li>
  )
}

/** Fields that are 0 are only counted: an entry has up to thirty of them. */
function fieldsText(fields: ReferenceView['fields']): string {
  const all = Object.entries(fields)
  const told = all.filter(([, value]) => value !== 0)
  const text = told.map(
    ([name, value]) =>
      `${name} ${typeof value === 'number' && value > 9 ? `0x${value.toString(16)}` : value}`,
  )
  const zeros = all.length - told.length
  return [...text, ...(zeros > 0 ? [`${zeros} others 0`] : [])].join('  ')
}
