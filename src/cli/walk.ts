/** `ioas walk`: one translation on the machine a flow leaves, with every memory reference it takes. */
import type { ReferenceView, Session, WalkView } from '../engine'
import { type Engine, EXIT, type Outcome, UsageError } from './door'
import { jsonText, walkJson } from './json'
import { exitCode, type Input, notices, runFlow } from './scene'
import { nearMiss } from './words'

export interface WalkOptions {
  readonly device: string
  readonly pasid: number | null
  readonly address: bigint
  readonly write: boolean
  readonly json: boolean
}

const hex = (value: bigint) => `0x${value.toString(16)}`

const referenceLine = ({ stage, level, address, value, what }: ReferenceView) =>
  `  ${stage.padEnd(6)} ${level === null ? '-' : level}  ${hex(address).padEnd(14)} ${hex(value).padEnd(18)} ${what}`.trimEnd()

function verdict({ output, perm, pageSize, fault, from }: WalkView): string {
  const by = from === null ? '' : `, space ${from}`
  if (fault !== null) {
    const level = fault.level === null ? '' : ` level ${fault.level}`
    const guest = fault.guestAddress === undefined ? '' : ` for guest address ${hex(fault.guestAddress)}`
    return `fault ${fault.code} ${fault.name}: ${fault.access} of ${hex(fault.address)}, ${fault.stage}${level}${guest}${by}`
  }
  const size = pageSize === null ? '' : `, page of ${pageSize} bytes`
  if (output === null) return 'no walk: the text has errors'
  return `${hex(output)}${perm === null ? '' : ` ${perm}`}${size}${by}`
}

function walkText(walk: WalkView, { device, pasid, address, write }: WalkOptions): string {
  const who = `${device}${pasid === null ? '' : ` pasid ${pasid}`}`
  const lines = [
    `${who} ${write ? 'write' : 'read'} ${hex(address)}`,
    ...walk.references.map(referenceLine),
    verdict(walk),
  ]
  return `${lines.join('\n')}\n`
}

/** What a broken text yields that never came to have the device. */
const NO_WALK: WalkView = {
  ok: false,
  fault: null,
  output: null,
  perm: null,
  pageSize: null,
  references: [],
  cache: 'none',
  from: null,
}

function noWalk(session: Session, device: string, problem: string): UsageError {
  const devices = session.state().devices.map(one => one.name)
  return new UsageError(
    devices.includes(device) ? problem : `the flow has no device ${device}${nearMiss(device, devices)}`,
  )
}

export function walk(engine: Engine, input: Input, options: WalkOptions): Outcome {
  const session = runFlow(engine, input)
  const { device, pasid, address, write } = options
  const last = session.steps.length
  const code = exitCode(session, last)
  const found = session.walk({ device, pasid, address, write })
  if ('problem' in found && code !== EXIT.textErrors) throw noWalk(session, device, found.problem)
  const result = 'problem' in found ? NO_WALK : found
  const stdout = options.json ? jsonText(walkJson(result)) : walkText(result, options)
  return { stdout, stderr: notices(input, session, last), code }
}
