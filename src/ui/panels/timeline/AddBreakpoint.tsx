/** Adds a breakpoint: what to stop at, and its value out of what this flow has. */
import { type FormEvent, useId, useState } from 'react'
import { useStore } from 'zustand'
import type { Breakpoint } from '../../../engine'
import { addBreakpoint } from '../../app/breakpoints'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import { breakpointOf, KINDS } from './breakpoint-form'

export function AddBreakpoint() {
  const [kind, setKind] = useState<Breakpoint['kind']>('command')
  const [value, setValue] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const id = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const made = breakpointOf(kind, value)
    setProblem('problem' in made ? made.problem : null)
    if ('problem' in made) return
    addBreakpoint(made)
    setValue('')
  }
  const choose = (next: string) => {
    setKind(KINDS.find(row => row.kind === next)?.kind ?? 'command')
    setValue('')
    setProblem(null)
  }
  return (
    <form className="add-breakpoint" onSubmit={submit}>
      <select className="field" aria-label="Stop at" value={kind} onChange={e => choose(e.target.value)}>
        {KINDS.map(row => (
          <option key={row.kind} value={row.kind}>
            {row.title}
          </option>
        ))}
      </select>
      <Value kind={kind} value={value} onChange={setValue} invalid={problem !== null} describedBy={id} />
      <button type="submit" className="btn bordered">
        Add
      </button>
      <p id={id} role="status" className="col-span-3 text-11 text-err">
        {problem}
      </p>
    </form>
  )
}

interface ValueProps {
  readonly kind: Breakpoint['kind']
  readonly value: string
  readonly onChange: (value: string) => void
  readonly invalid: boolean
  readonly describedBy: string
}

function Value({ kind, value, onChange, invalid, describedBy }: ValueProps) {
  const list = useId()
  const known = useKnownValues(kind)
  const row = KINDS.find(one => one.kind === kind)
  if (kind === 'object') {
    return (
      <select className="field" aria-label="Object" value={value} onChange={e => onChange(e.target.value)}>
        <option value="">choose</option>
        {known.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    )
  }
  return (
    <>
      <input
        className="field mono"
        aria-label={row?.title}
        placeholder={row?.example}
        list={list}
        value={value}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        onChange={event => onChange(event.target.value)}
      />
      <datalist id={list}>
        {known.map(({ id }) => (
          <option key={id} value={id} />
        ))}
      </datalist>
    </>
  )
}

interface Known {
  readonly id: string
  readonly title: string
}

/** What this flow has of the kind. */
function useKnownValues(kind: Breakpoint['kind']): readonly Known[] {
  const steps = useStore(runStore, state => state.shown?.steps)
  const nodes = useStore(viewStore, state => state.drawn?.outline.nodes)
  if (kind === 'object') return nodes ?? []
  if (kind !== 'command' && kind !== 'errno') return []
  const words = (steps ?? []).flatMap(step => (kind === 'command' ? [step.call] : (step.errno ?? [])))
  return [...new Set(words)].sort().map(word => ({ id: word, title: word }))
}
