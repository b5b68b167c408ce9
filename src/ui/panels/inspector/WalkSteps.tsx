/**
 * The way of one request, a row a reference: stage, level, where it was read, the word, and how its address came
 * out of the row before. Rows step to the right by level; the one chosen opens bit by bit.
 */
import { StepBack, StepForward } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { ReferenceView, WalkView } from '../../../engine'
import { tooltip } from '../../app/actions'
import { address, counted, size } from '../../format/hex'
import { inspectStore, stepReference } from '../../stores/inspect-store'
import { viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'
import { Word } from '../../widgets/Word'
import { BitRuler } from './BitRuler'
import { useAtHand, wordTarget } from './use-at-hand'
import { chooseReference, depths, stageWords, turnText } from './walk-rows'

export function WalkSteps({ answer }: { readonly answer: WalkView | { readonly problem: string } }) {
  if ('problem' in answer) return <p className="text-ink-2">{answer.problem}</p>
  return <Steps walk={answer} />
}

function Steps({ walk }: { readonly walk: WalkView }) {
  const { references } = walk
  const asked = useStore(inspectStore, state => state.reference)
  const at = Math.min(asked ?? references.length - 1, references.length - 1)
  const chosen = references[at]
  useEffect(() => inspectStore.setState({ references: references.length }), [references.length])
  useAtHand(chosen === undefined ? null : wordTarget(chosen.what, chosen.address))
  const indent = depths(references)
  const failed = walk.ok ? -1 : references.length - 1
  return (
    <>
      <Outcome walk={walk} />
      <div className="flex items-center gap-2 pb-1 whitespace-nowrap">
        <b>{counted(references.length, 'reference')}</b>
        <span className="truncate text-ink-2">{stageWords(references)}</span>
        <span className="flex-1" />
        <IconButton
          icon={StepBack}
          name={tooltip('reference.previous')}
          disabled={at <= 0}
          onClick={() => stepReference(-1)}
        />
        <code>
          {at + 1} / {references.length}
        </code>
        <IconButton
          icon={StepForward}
          name={tooltip('reference.next')}
          disabled={at >= references.length - 1}
          onClick={() => stepReference(1)}
        />
      </div>
      <ol aria-label="Memory references" className="walk">
        {references.map((reference, k) => (
          <Reference
            // biome-ignore lint/suspicious/noArrayIndexKey: references have no name but their order
            key={k}
            at={k}
            reference={reference}
            indent={indent[k] ?? 0}
            state={k === failed ? 'failed' : k > at ? 'ahead' : ''}
            chosen={k === at}
          />
        ))}
      </ol>
      {walk.ok && walk.output !== null && (
        <p className={`walk-end ${at === references.length - 1 ? '' : 'ahead'}`}>
          HPA <code>{address(walk.output)}</code>
        </p>
      )}
      {chosen !== undefined && <ReferenceWords reference={chosen} />}
      <p className="pt-1 text-11 text-ink-2">Caches left aside. Nothing was filled and no bit was set.</p>
    </>
  )
}

/** The words of a reference, bit by bit. */
export function ReferenceWords({ reference }: { readonly reference: ReferenceView }) {
  const { what, words, bits } = reference
  return words.map((value, k) => {
    const fields = bits.filter(field => field.word === k)
    if (fields.length === 0 || (k > 0 && value === 0n)) return null
    const name = words.length > 1 ? `${what}, word ${k}` : what
    return (
      <BitRuler
        key={name}
        name={name}
        hpa={reference.address + BigInt(k * 8)}
        value={value}
        fields={fields}
      />
    )
  })
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
  const level = fault.level === null ? '' : `, level ${fault.level}`
  const guest = fault.guestAddress === undefined ? '' : ` for guest address ${address(fault.guestAddress)}`
  return (
    <div className="rule-card mb-2" role="status" aria-label={`Fault ${fault.code}`}>
      <p className="pb-1">
        <b className="text-err">! Fault {fault.code}</b> {fault.name}
      </p>
      <p className="text-ink-2">
        {fault.access} of <code>{address(fault.address)}</code>, stopped at the {STAGES[fault.stage]}
        {level}
        {guest} {via}
      </p>
    </div>
  )
}

const STAGES = { config: 'configuration', first: 'first stage', second: 'second stage' } as const

interface ReferenceProps {
  readonly at: number
  readonly reference: ReferenceView
  readonly indent: number
  readonly state: 'failed' | 'ahead' | ''
  readonly chosen: boolean
}

function Reference({ at, reference, indent, state, chosen }: ReferenceProps) {
  const turn = turnText(reference)
  // Names of configuration structures are long and their second line is short.
  const isConfig = reference.stage === 'config'
  const place = <i>@ {address(reference.address)}</i>
  const failed = state === 'failed'
  return (
    <li style={{ '--depth': indent }} className={`walk-step stage-${reference.stage} ${state}`}>
      {turn !== null && <p className="walk-turn">{turn}</p>}
      <button
        type="button"
        className="walk-row"
        aria-current={chosen ? 'step' : undefined}
        onClick={() => chooseReference(at)}
      >
        <span className="walk-no">{failed ? '!' : at + 1}</span>
        <span className="walk-what">
          {reference.what} {!isConfig && place}
          <small>
            {STAGES[reference.stage]}
            {reference.level === null ? '' : `, level ${reference.level}`} {isConfig && place}
          </small>
        </span>
        <Word value={reference.value} />
      </button>
    </li>
  )
}
