/** `ioas run`: the steps of a flow with their results, and the machine they end in. */
import type { AreaView, Session, SpaceView, StepRecord } from '../engine'
import { type Engine, EXIT, type Outcome } from './door'
import { jsonText, plainText, runJson } from './json'
import { exitCode, type Input, notices, runFlow, standAt } from './scene'

export interface RunOptions {
  readonly until?: number
  readonly json: boolean
}

/** `= 3`, `-EBUSY bind.taken`, `H_PARAMETER`, `holds`, `fails`. */
function resultText({ call, ret, errno, rule, out }: StepRecord): string {
  if (call === 'expect') return ret === 0 ? 'holds' : 'fails'
  if (call === 'note') return ''
  if (typeof out?.hcall === 'string') return out.hcall
  return errno === null ? `= ${ret}` : `-${errno}${rule === null ? '' : ` ${rule}`}`
}

function stepLines(step: StepRecord, digits: number): string[] {
  const indent = ' '.repeat(digits + 2)
  const result = resultText(step)
  const out = step.out === null || step.call === 'expect' ? [] : [`${indent}  out ${plainText(step.out)}`]
  return [
    `${String(step.n).padStart(digits)}  ${step.text}`,
    ...(result === '' ? [] : [`${indent}  ${result}`]),
    ...(step.message === null ? [] : [`${indent}  ${step.message}`]),
    ...out,
  ]
}

const areaLine = ({ iova, last, target, perm }: AreaView) =>
  `    0x${iova.toString(16)}-0x${last.toString(16)} -> 0x${target.toString(16)} ${perm}`

function spaceLines(space: SpaceView): string[] {
  const { id, name, kind, parent, nesting, attachments, areas } = space
  const under = parent === null ? '' : `, in ${parent}${nesting === null ? '' : ` by ${nesting}`}`
  const devices = attachments.map(one => one.device + (one.pasid === null ? '' : ` pasid ${one.pasid}`))
  const attached = devices.length === 0 ? '' : `: ${devices.join(', ')}`
  return [`  ${id} ${name} (${kind}${under})${attached}`, ...areas.map(areaLine)]
}

function stateLines(session: Session): string[] {
  const { addressSpaces, accounting } = session.state()
  const prereg = accounting.prereg.map(one => `0x${one.vaddr.toString(16)}+0x${one.size.toString(16)}`)
  return [
    `address spaces after step ${session.at}: ${addressSpaces.length === 0 ? 'none' : ''}`.trimEnd(),
    ...addressSpaces.flatMap(spaceLines),
    `pages: ${accounting.pinnedPages} pinned, ${accounting.accountedPages} accounted`,
    ...(prereg.length === 0 ? [] : [`registered: ${prereg.join(', ')}`]),
  ]
}

function runText(session: Session): string {
  const { title, dialect, platform } = session.scenario
  const digits = String(session.at).length
  const lines = [
    `${title ?? 'untitled'} (${dialect} on ${platform})`,
    '',
    ...session.steps.slice(0, session.at).flatMap(step => stepLines(step, digits)),
    '',
    ...stateLines(session),
  ]
  return `${lines.join('\n')}\n`
}

export function run(engine: Engine, input: Input, options: RunOptions): Outcome {
  const session = runFlow(engine, input)
  // The flow may be shorter than asked for: its end is then where it stops.
  standAt(session, Math.min(options.until ?? session.steps.length, session.steps.length))
  const code = exitCode(session, session.at)
  const stdout = options.json ? jsonText(runJson(session, code === EXIT.fine)) : runText(session)
  return { stdout, stderr: notices(input, session, session.at), code }
}
