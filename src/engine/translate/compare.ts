/** A flow under several choices, one of which may be an API whose words it is not written in. */
import { type Comparison, compareRuns, type Variant } from '../session/compare'
import { createSession } from '../session/session'
import { translateFlow } from './translate'

/** As `compareRuns`; where a dialect does not read the flow, the flow is put into its words. */
export function compareFlows(text: string, variants: readonly Variant[]): Comparison {
  return compareRuns(
    text,
    variants.map(variant => inItsWords(text, variant)),
  )
}

function inItsWords(text: string, variant: Variant): Variant {
  const { label: _, dialect, ...options } = variant
  if (dialect === undefined || isRead(text, { dialect, ...options })) return variant
  const done = translateFlow(text, dialect)
  return 'text' in done ? { ...variant, text: done.text } : variant
}

const isRead = (text: string, options: Parameters<typeof createSession>[1]): boolean =>
  !createSession(text, options).diagnostics.some(one => one.severity === 'error')
