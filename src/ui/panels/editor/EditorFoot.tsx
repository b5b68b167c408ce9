/** Problems, assumptions and notes: counted always, listed when asked for. */
import { OctagonAlert, TriangleAlert } from 'lucide-react'
import { useStore } from 'zustand'
import type { Assumption, Diagnostic } from '../../../engine'
import { tooltip } from '../../app/actions'
import { isProblem } from '../../app/problems'
import { footStore, toggleFoot } from '../../stores/foot-store'
import { errorsOf, runStore } from '../../stores/run-store'
import { Assumptions, Findings } from './FootLists'

const NO_FINDINGS: readonly Diagnostic[] = []
const NO_ASSUMPTIONS: readonly Assumption[] = []

export function EditorFoot() {
  const open = useStore(footStore, state => state.open)
  const findings = useStore(runStore, state => state.newest?.diagnostics ?? NO_FINDINGS)
  const assumptions = useStore(runStore, state => state.newest?.assumptions ?? NO_ASSUMPTIONS)
  const broken = useStore(runStore, state => errorsOf(state.newest).length > 0)
  const problems = findings.filter(isProblem)
  const notes = findings.filter(finding => !isProblem(finding))
  return (
    <>
      {open === 'problems' && problems.length > 0 && <Findings name="Problems" findings={problems} />}
      {open === 'notes' && notes.length > 0 && <Findings name="Notes" findings={notes} />}
      {open === 'assumptions' && assumptions.length > 0 && <Assumptions assumptions={assumptions} />}
      <div className="editor-foot">
        <button
          type="button"
          className={`btn ${broken ? 'font-semibold text-err' : ''}`}
          aria-expanded={open === 'problems'}
          disabled={problems.length === 0}
          title={tooltip('problem.next')}
          onClick={() => toggleFoot('problems')}
        >
          {broken && <OctagonAlert size={13} aria-hidden />}
          {counted(problems.length, 'problem')}
        </button>
        <button
          type="button"
          className="btn text-assume"
          aria-expanded={open === 'assumptions'}
          disabled={assumptions.length === 0}
          onClick={() => toggleFoot('assumptions')}
        >
          <TriangleAlert size={13} aria-hidden />
          {counted(assumptions.length, 'assumption')}
        </button>
        {notes.length > 0 && (
          <button
            type="button"
            className="btn"
            aria-expanded={open === 'notes'}
            onClick={() => toggleFoot('notes')}
          >
            {noteWords(notes)}
          </button>
        )}
      </div>
    </>
  )
}

function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`
}

/** What was read otherwise than written: `4 aliases read`, `mail cleaned`; else how many remarks there are. */
function noteWords(notes: readonly Diagnostic[]): string {
  const alias = notes.find(({ code }) => code === 'alias.read')?.message.split(':')[0]
  const mail = notes.some(({ code }) => code.startsWith('mail.')) ? 'mail cleaned' : undefined
  const prose = notes.some(({ code }) => code === 'prose.skipped') ? 'prose skipped' : undefined
  const words = [alias, mail, prose].filter(word => word !== undefined)
  return words.length === 0 ? counted(notes.length, 'note') : words.join(', ')
}
