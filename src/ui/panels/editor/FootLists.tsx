/** The lists at the foot of the flow: what is wrong or worth knowing, and what was taken for granted. */
import type { Assumption, Diagnostic } from '../../../engine'
import { useController } from '../../app/context'
import { takeFix, writeAllAssumptions, writeAssumptions } from '../../app/problems'
import { revealLine } from './reveal'

const SEVERITY_CLASS = { error: 'text-err', warning: 'text-assume', info: 'text-ink-2' }

export function Findings({
  name,
  findings,
}: {
  readonly name: string
  readonly findings: readonly Diagnostic[]
}) {
  const controller = useController()
  return (
    <ul className="foot-list" aria-label={name}>
      {findings.map(finding => {
        const { span, severity, code, message, hint, fix } = finding
        return (
          <li key={`${span.from} ${span.to} ${code} ${message}`}>
            <button type="button" className="mono text-left underline" onClick={() => revealLine(span.from)}>
              {span.line}:{span.column}
            </button>
            <span className="whitespace-pre-line">
              <b className={`font-medium ${SEVERITY_CLASS[severity]}`}>{severity}</b>{' '}
              <Quoted text={hint === null ? message : `${message}: ${hint}`} />
              {fix !== null && (
                <button type="button" className="foot-fix" onClick={() => takeFix(controller, finding)}>
                  {fix.title}
                </button>
              )}
            </span>
            <code className="text-ink-2">{code}</code>
          </li>
        )
      })}
    </ul>
  )
}

/** What stands between backquotes is code. */
function Quoted({ text }: { readonly text: string }) {
  const parts = text.split('`').map((part, at) => ({ part, key: `${at} ${part}`, isCode: at % 2 === 1 }))
  return parts.map(({ part, key, isCode }) => (isCode ? <code key={key}>{part}</code> : part))
}

export function Assumptions({ assumptions }: { readonly assumptions: readonly Assumption[] }) {
  const controller = useController()
  return (
    <div className="foot-list">
      <div className="foot-all">
        <span>Taken for granted, as the flow does not say.</span>
        <button type="button" className="foot-fix" onClick={() => writeAllAssumptions(controller)}>
          write all into the flow
        </button>
      </div>
      <ul aria-label="Assumptions">
        {assumptions.map(assumption => {
          const { name, value, line, directive, fix } = assumption
          return (
            <li key={`${name} ${value} ${line}`}>
              <code>{line === null ? '' : `line ${line}`}</code>
              <span>
                <code className="font-medium">{name}</code> {value}
              </span>
              {(directive !== null || fix !== null) && (
                <button
                  type="button"
                  className="foot-fix"
                  title={directive ?? fix?.title ?? ''}
                  onClick={() => writeAssumptions(controller, [assumption])}
                >
                  write it into the flow
                </button>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
