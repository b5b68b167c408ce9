/** Has the matrices of all dialects computed, the one looked at first, one after the other. */
import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { MatrixView } from '../../../engine'
import { useController } from '../../app/context'
import { choiceStore } from '../../stores/choice-store'
import { keepMatrix, type MatrixQuestion, matrixKey, matrixStore } from '../../stores/matrix-store'
import { runStore } from '../../stores/run-store'

export interface DialectMatrix {
  readonly dialect: string
  readonly title: string
  /** Undefined while it is not known yet, a string where there is none. */
  readonly matrix: MatrixView | string | undefined
  /** The same as plain text, where there is one. */
  readonly text: string | null
}

export interface Matrices {
  readonly platform: string
  readonly at: DialectMatrix | undefined
  readonly all: readonly DialectMatrix[]
}

const NO_DIALECTS: readonly { readonly id: string; readonly title: string }[] = []

export function useMatrices(): Matrices {
  const controller = useController()
  const scenario = useStore(runStore, state => state.shown?.scenario)
  const dialects = useStore(choiceStore, state => state.choices?.dialects ?? NO_DIALECTS)
  const known = useStore(matrixStore, state => state.known)
  const dialect = useStore(matrixStore, state => state.dialect) ?? scenario?.dialect ?? dialects[0]?.id
  const platform = useStore(matrixStore, state => state.platform) ?? scenario?.platform ?? ''
  const questions = useMemo(
    () => (scenario === undefined ? [] : dialects.map(({ id }) => questionOf(id, platform, scenario))),
    [dialects, platform, scenario],
  )
  const wanted = [...questions]
    .sort((a, b) => Number(b.dialect === dialect) - Number(a.dialect === dialect))
    .find(question => !known.has(matrixKey(question)))
  const key = wanted === undefined ? null : matrixKey(wanted)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question
  useEffect(() => {
    if (wanted === undefined || key === null) return
    let current = true
    void controller.engine.matrix(wanted).then(outcome => {
      if (current) keepMatrix(key, outcome.ok ? outcome.value : outcome.message)
    })
    return () => {
      current = false
    }
  }, [controller, key])
  const all = questions.map((question, k) => {
    const made = known.get(matrixKey(question))
    return {
      dialect: question.dialect,
      title: dialects[k]?.title ?? question.dialect,
      matrix: typeof made === 'object' ? made.matrix : made,
      text: typeof made === 'object' ? made.text : null,
    }
  })
  return { platform, all, at: all.find(one => one.dialect === dialect) }
}

function questionOf(
  dialect: string,
  platform: string,
  scenario: { readonly dialect: string; readonly policy: MatrixQuestion['policy'] },
): MatrixQuestion {
  return { dialect, platform, policy: scenario.dialect === dialect ? scenario.policy : {} }
}
