/** Problems and assumptions: counted always, listed when asked for. */
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Assumption, Diagnostic } from '../../../engine'
import { errorsOf, runStore } from '../../stores/run-store'
import { insertDirective, revealLine } from './reveal'

type List = 'problems' | 'assumptions'

const NO_PROBLEMS: readonly Diagnostic[] = []
const NO_ASSUMPTIONS: readonly Assumption[] = []

export function EditorFoot() {
  const [open, setOpen] = useState<List | null>(null)
  const problems = useStore(runStore, state => state.newest?.diagnostics ?? NO_PROBLEMS)
  const assumptions = useStore(runStore, state => state.newest?.assumptions ?? NO_ASSUMPTIONS)
  const broken = useStore(runStore, state => errorsOf(state.newest).length > 0)
  const toggle = (list: List) => setOpen(open === list ? null : list)
  return (
    <>
      {open === 'problems' && problems.length > 0 && <Problems problems={problems} />}
      {open === 'assumptions' && assumptions.length > 0 && <Assumptions assumptions={assumptions} />}
      <div className="editor-foot">
        <button
          type="button"
          className={`btn ${broken ? 'font-semibold text-err' : ''}`}
          aria-expanded={open === 'problems'}
          disabled={problems.length === 0}
          onClick={() => toggle('problems')}
        >
          {counted(problems.length, 'problem')}
        </button>
        <button
          type="button"
          className="btn text-assume"
          aria-expanded={open === 'assumptions'}
          disabled={assumptions.length === 0}
          onClick={() => toggle('assumptions')}
        >
          <TriangleAlert size={13} aria-hidden />
          {counted(assumptions.length, 'assumption')}
        </button>
      </div>
    </>
  )
}

function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`
}

const SEVERITY_CLASS = { error: 'text-err', warning: 'text-assume', info: 'text-ink-2' }

function Problems({ problems }: { readonly problems: readonly Diagnostic[] }) {
  return (
    <ul className="foot-list" aria-label="Problems">
      {problems.map(({ span, severity, code, message, hint }) => (
        <li key={`${span.from} ${code}`}>
          <button type="button" className="mono text-left underline" onClick={() => revealLine(span.from)}>
            {span.line}:{span.column}
          </button>
          <span>
            <b className={`font-medium ${SEVERITY_CLASS[severity]}`}>{severity}</b> {message}
            {hint === null ? '' : `. ${hint}`}
          </span>
          <code className="text-ink-2">{code}</code>
        </li>
      ))}
    </ul>
  )
}

function Assumptions({ assumptions }: { readonly assumptions: readonly Assumption[] }) {
  return (
    <ul className="foot-list" aria-label="Assumptions">
      {assumptions.map(({ name, value, line, directive }) => (
        <li key={`${name} ${value} ${line}`}>
          <code>{line === null ? '' : `line ${line}`}</code>
          <span>
            <code className="font-medium">{name}</code> {value}
          </span>
          {directive !== null && (
            <button
              type="button"
              className="underline"
              title={directive}
              onClick={() => insertDirective(directive)}
            >
              write it into the flow
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
