/** Has the flow run under every column, again when either changes; and what each run looks like at the step shown. */
import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { GraphView } from '../../../engine'
import type { ComparedReply } from '../../../worker/protocol'
import { useController } from '../../app/context'
import { STEP_LIMIT } from '../../app/controller'
import { choiceStore } from '../../stores/choice-store'
import { compareStore } from '../../stores/compare-store'
import { runStore } from '../../stores/run-store'
import { textStore } from '../../stores/text-store'
import { viewStore } from '../../stores/view-store'
import { AS_WRITTEN, firstColumns, type Read, readVariant, suggestions } from './variant'

export interface Column {
  readonly written: string
  readonly read: Read
}

export interface Compared {
  readonly columns: readonly Column[]
  readonly suggestions: readonly string[]
  /** Null while it is being run. */
  readonly reply: ComparedReply | null
  readonly problem: string | null
}

const NONE: Compared = { columns: [], suggestions: [], reply: null, problem: null }

export function useComparison(): Compared {
  const controller = useController()
  const choices = useStore(choiceStore, state => state.choices)
  const scenario = useStore(runStore, state => state.shown?.scenario ?? null)
  const text = useStore(textStore, state => state.text)
  const chosen = useStore(compareStore, state => state.columns)
  const made = useStore(compareStore, state => state.made)
  const problem = useStore(compareStore, state => state.problem)
  const offered = useMemo(
    () => (choices === null || scenario === null ? [] : suggestions(choices, { ...scenario, text })),
    [choices, scenario, text],
  )
  const columns = useMemo(() => {
    if (choices === null || scenario === null) return []
    return (chosen ?? firstColumns(offered)).map(written => ({
      written,
      read: readVariant(written, choices, scenario),
    }))
  }, [choices, scenario, chosen, offered])
  const variants = columns.flatMap(({ read }) => ('variant' in read ? [read.variant] : []))
  const key = JSON.stringify([text, variants])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for text and columns
  useEffect(() => {
    if (variants.length === 0 || compareStore.getState().made?.key === key) return
    let current = true
    void controller.engine.compare({ text, variants, limit: STEP_LIMIT }).then(outcome => {
      if (!current) return
      if (outcome.ok) compareStore.setState({ made: { key, reply: outcome.value }, problem: null })
      else compareStore.setState({ problem: outcome.message })
    })
    return () => {
      current = false
    }
  }, [controller, key])
  if (choices === null || scenario === null) return NONE
  return { columns, suggestions: offered, reply: made?.key === key ? made.reply : null, problem }
}

/** The picture of each run after the step at hand; those of before stay until the next are there. */
export function useGraphs(reply: ComparedReply | null): readonly GraphView[] {
  const controller = useController()
  const step = useStore(viewStore, state => state.step)
  const [graphs, setGraphs] = useState<readonly GraphView[]>([])
  useEffect(() => {
    if (reply === null) return
    let current = true
    void controller.engine.comparedAt({ step }).then(outcome => {
      if (current && outcome.ok) setGraphs(outcome.value.graphs)
    })
    return () => {
      current = false
    }
  }, [controller, reply, step])
  return graphs
}

/** A column more: the first choice that no column has yet. */
export function oneMore(columns: readonly Column[], offered: readonly string[]): readonly string[] {
  const known = columns.map(({ written }) => written)
  const next = [AS_WRITTEN, ...offered].find(one => !known.includes(one))
  return next === undefined ? known : [...known, next]
}
