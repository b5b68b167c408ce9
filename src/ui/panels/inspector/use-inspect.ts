/** Asks the engine one question of the step shown, again at each step; the answer before stays until the next is there. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { AnswerTo, InspectQuery } from '../../../engine'
import { useController } from '../../app/context'
import { viewStore } from '../../stores/view-store'

/** Text that is equal for equal questions. */
function keyOf(query: InspectQuery): string {
  return JSON.stringify(query, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
}

export interface Asked<Q extends InspectQuery> {
  readonly answer: AnswerTo<Q> | null
  /** The question that was answered; it may be the one before. */
  readonly query: Q | null
}

const NOTHING = { answer: null, query: null }

export function useInspect<Q extends InspectQuery>(query: Q | null): Asked<Q> {
  const controller = useController()
  const shown = useStore(viewStore, state => state.shown)
  const [asked, setAsked] = useState<Asked<Q>>(NOTHING)
  const key = query === null ? null : keyOf(query)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question
  useEffect(() => {
    if (query === null || shown === null) return
    let current = true
    void controller.inspect(query).then(outcome => {
      if (current && outcome.ok) setAsked({ answer: outcome.value, query })
    })
    return () => {
      current = false
    }
  }, [controller, shown, key])
  return query === null ? NOTHING : asked
}
