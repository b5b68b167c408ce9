/**
 * What the calls come down to that only /dev/ioasid has: registration, tables bound by a call, unbinding. The
 * order of checks is R13's: the object, then whether it is ready, then its kind, then the arguments.
 */
import { unbindDevice } from '../../kernel/files'
import { spaceInfo } from '../../kernel/info'
import { checkBytes, spanOf } from '../../kernel/map-request'
import { answer, type Outcome, refuse } from '../../kernel/outcome'
import { bindPasidTable, unbindPasidTable } from '../../kernel/pasid-tables'
import { registerRange, unregisterRange } from '../../kernel/prereg'
import {
  createSpace,
  mayBindTable,
  mayMakeSpace,
  mayNestUnder,
  mayRegisterBy,
  mayStandAlone,
} from '../../kernel/spaces'
import type { SpaceKind } from '../../kernel/state'
import { bindTable, unbindTable } from '../../kernel/user-tables'
import { contextOf, finish, returns } from '../call-results'
import type { Call, CallResult, Lowering } from '../contract'
import { boundContext, deviceOf } from '../device-calls'
import { formatNamed, pasidFormatNamed, SPACE_TYPES } from '../proposal-words.data'
import { enabledSpace, readySpace } from '../space-calls'

export const bindPgtable: Lowering = call => {
  const space = enabledSpace(call)
  if (!space.ok) return space
  if (!mayBindTable(space.value))
    return refuse('op.table-type', { command: call.command, kind: space.value.kind })
  const { args } = call
  const width = args.given('addr_width')
  return finish(
    bindTable(call.machine, space.value, {
      addr: args.value('addr'),
      format: formatNamed(args.given('format')),
      addrWidth: width === null ? null : Number(width),
    }),
  )
}

export const unbindPgtable: Lowering = call => {
  const space = enabledSpace(call)
  return space.ok ? finish(unbindTable(call.machine, space.value)) : space
}

/** Passthrough is a label on a root of the kernel, and refused as one (R33). */
const PASID_TABLE_KINDS: readonly SpaceKind[] = ['kernel', 'passthrough', 'user-pasid-table']

export const bindPasidTables: Lowering = call => {
  const space = enabledSpace(call)
  if (!space.ok) return space
  if (!PASID_TABLE_KINDS.includes(space.value.kind))
    return refuse('op.table-type', { command: call.command, kind: space.value.kind })
  const { args } = call
  const width = args.given('addr_width')
  return finish(
    bindPasidTable(call.machine, space.value, {
      addr: args.value('addr'),
      format: pasidFormatNamed(args.given('format')),
      pasidBits: width === null ? null : Number(width),
    }),
  )
}

export const unbindPasidTables: Lowering = call => {
  const space = enabledSpace(call)
  return space.ok ? finish(unbindPasidTable(call.machine, space.value)) : space
}

const REGISTER_RULES = { zero: 'register.align', align: 'register.align', wrap: 'register.wrap' } as const
const HOST_PAGE = 4096n

function registered(call: Call, act: typeof registerRange): Outcome<CallResult> {
  const vaddr = call.args.value('vaddr')
  const size = call.args.value('size')
  if ((call.machine.policy.prereg ?? 'command') !== 'command')
    return refuse('register.off', { command: call.command })
  const checked = checkBytes({ vaddr }, size, HOST_PAGE, REGISTER_RULES)
  if (!checked.ok) return checked
  const span = spanOf(vaddr, size)
  return finish(act(call.machine, contextOf(call), span.first, span.last))
}

export const registerMemory: Lowering = call => registered(call, registerRange)
export const unregisterMemory: Lowering = call => registered(call, unregisterRange)

export const alloc: Lowering = call => {
  const type = call.args.value('type')
  const kind = SPACE_TYPES.find(row => row.value === type)?.kind
  if (kind === undefined) return refuse('alloc.type', { type })
  const may = mayRegisterBy(call.machine, kind)
  if (!may.ok) return may
  const placed = mayStandAlone(call.machine, contextOf(call), kind)
  if (!placed.ok) return placed
  const room = mayMakeSpace(call.machine)
  if (!room.ok) return room
  const wish = { context: contextOf(call), kind, parent: null, name: call.resultName }
  return returns(createSpace(call.machine, wish).id)
}

export const getInfo: Lowering = call => {
  const space = readySpace(call)
  if (!space.ok) return space
  const info = spaceInfo(call.machine, space.value)
  const ranges = info.ranges.map(range => ({ start: range.start, last: range.last }))
  const { caps, nesting, formats, children } = info
  const out = {
    caps,
    nesting,
    page_sizes: info.pageSizes,
    ranges,
    formats,
    pasid_formats: info.pasidFormats,
    children,
  }
  return answer({ ret: 0, out })
}

export const createNesting: Lowering = call => {
  const parent = readySpace(call)
  if (!parent.ok) return parent
  const may = mayNestUnder(parent.value)
  if (!may.ok) return may
  const room = mayMakeSpace(call.machine)
  if (!room.ok) return room
  const wish = {
    context: contextOf(call),
    kind: 'kernel',
    parent: parent.value.uid,
    name: call.resultName,
  } as const
  return returns(createSpace(call.machine, wish).id)
}

export const unbind: Lowering = call => {
  const context = boundContext(call)
  if (!context.ok) return context
  return finish(unbindDevice(call.machine, deviceOf(call), context.value))
}
