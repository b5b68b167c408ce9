/** One translation over the whole page: a row a guest address, the reads of the second stage side by side. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { WalkView } from '../../../engine'
import { ask, inspectStore } from '../../stores/inspect-store'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import { Segments } from '../../widgets/Segments'
import { QuestionForm } from '../inspector/QuestionForm'
import { useQuestion, useWalk } from '../inspector/use-walk'
import { StairRows } from './StairRows'
import { StairSide } from './StairSide'
import { type Stairs, stairsOf } from './stairs'
import './staircase.css'

export default function Staircase() {
  const view = useStore(viewStore, state => state.shown?.inspector ?? null)
  const question = useQuestion(view)
  const answer = useWalk(question)
  return (
    <main className="stairs-screen">
      <section className="scroll px-4 pb-4" aria-label="Staircase">
        <div className="stairs-head">
          <h2 className="pb-3 text-15 font-semibold">Translate</h2>
          <QuestionForm question={question} />
          <CacheSwitch cached={question.cached} />
          <StepAtHand />
        </div>
        {answer !== null && 'problem' in answer && <p className="text-ink-2">{answer.problem}</p>}
        {answer !== null && !('problem' in answer) && <Walk walk={answer} />}
      </section>
      {answer !== null && !('problem' in answer) && (
        <StairSide walk={answer} stairs={stairsOf(answer.references)} />
      )}
    </main>
  )
}

const CACHES = [
  { id: 'cold', title: 'Cold' },
  { id: 'warm', title: 'Caches as they are' },
] as const

/** The same request with nothing cached, or answered by what the caches hold at this step. */
function CacheSwitch({ cached }: { readonly cached: boolean }) {
  return (
    <Segments
      name="Caches"
      className="mb-2.5"
      options={CACHES}
      chosen={cached ? 'warm' : 'cold'}
      onChoose={id => ask({ cached: id === 'warm' })}
    />
  )
}

function StepAtHand() {
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  const record = useStore(runStore, state => state.shown?.steps[step - 1])
  return (
    <p className="truncate pb-3 text-ink-2">
      after step <b className="text-ink-1">{step}</b>
      {record !== undefined && (
        <>
          {' '}
          <code>{record.text}</code>
        </>
      )}
    </p>
  )
}

function Walk({ walk }: { readonly walk: WalkView }) {
  const { references } = walk
  const stairs: Stairs = stairsOf(references)
  const asked = useStore(inspectStore, state => state.reference)
  const at = Math.min(asked ?? references.length - 1, references.length - 1)
  useEffect(() => inspectStore.setState({ references: references.length }), [references.length])
  return <StairRows walk={walk} stairs={stairs} at={at} />
}
