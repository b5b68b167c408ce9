/**
 * What each call of /dev/ioasid comes down to. The order of checks is R13's: the object, then whether
 * it is ready, then its kind, then the arguments.
 */
import { type AttachRequest, attachDevice, detachDevice, unflagged } from '../../kernel/attach'
import { bindDevice, findContext, requireBound, unbindDevice } from '../../kernel/files'
import { lookup, spaceInfo } from '../../kernel/info'
import { mapCpuPasid, unmapCpuPasid } from '../../kernel/kvm'
import { checkBytes, mapDma, spanOf, unmapDma } from '../../kernel/map-request'
import { answer, type Outcome, refuse } from '../../kernel/outcome'
import { registerRange, unregisterRange } from '../../kernel/prereg'
import {
  createSpace,
  enableSpace,
  findSpace,
  freeSpace,
  markPrereg,
  mayBindTable,
  mayNestUnder,
  requireEnabled,
  requireMappable,
  requireReady,
} from '../../kernel/spaces'
import type { DeviceRecord, SpaceRecord } from '../../kernel/state'
import { bindTable, invalidateSpace, unbindTable } from '../../kernel/user-tables'
import type { Call, CallResult, Lowering } from '../contract'
import { ATTACH_USER_PASID, EXTENSIONS, PGTABLE_FORMATS, SPACE_TYPES } from './constants.data'

const OK: Outcome<CallResult> = answer({ ret: 0, out: null })

/** Chains steps that may refuse; the call answers 0 when none did. */
function finish(outcome: Outcome<unknown>): Outcome<CallResult> {
  return outcome.ok ? OK : outcome
}

function returns(ret: number): Outcome<CallResult> {
  return answer({ ret, out: null })
}

function contextOf(call: Call): number {
  return call.file.context ?? 0
}

function spaceNamed(call: Call): Outcome<SpaceRecord> {
  return findSpace(call.machine, contextOf(call), call.args.value('ioasid'))
}

function readySpace(call: Call): Outcome<SpaceRecord> {
  const space = spaceNamed(call)
  if (!space.ok) return space
  const ready = requireReady(call.machine, space.value)
  return ready.ok ? space : ready
}

function mappableSpace(call: Call): Outcome<SpaceRecord> {
  const space = readySpace(call)
  if (!space.ok) return space
  const enabled = requireEnabled(call.machine, space.value)
  if (!enabled.ok) return enabled
  const mappable = requireMappable(space.value, call.command)
  return mappable.ok ? space : mappable
}

export const notModelled: Lowering = call => refuse('not-modelled-yet', { what: call.command })

export const checkExtension: Lowering = call => {
  const has = EXTENSIONS.find(extension => extension.value === call.args.value('extension'))
  return returns(has?.present(call.machine) ? 1 : 0)
}

/** The space of a call on user tables: ready, and enabled where that is asked for. */
function bindableSpace(call: Call): Outcome<SpaceRecord> {
  const space = readySpace(call)
  if (!space.ok) return space
  const enabled = requireEnabled(call.machine, space.value)
  return enabled.ok ? space : enabled
}

export const bindPgtable: Lowering = call => {
  const space = bindableSpace(call)
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

const formatNamed = (value: bigint | null): string | null =>
  value === null ? null : (PGTABLE_FORMATS.find(row => row.value === value)?.format ?? `format ${value}`)

export const unbindPgtable: Lowering = call => {
  const space = bindableSpace(call)
  return space.ok ? finish(unbindTable(call.machine, space.value)) : space
}

/** No platform yet leaves the PASID table to a guest (R25). */
export const pasidTable: Lowering = call => {
  const space = bindableSpace(call)
  if (!space.ok) return space
  return refuse('bind-pasid-table.platform', { platform: call.machine.platform.title })
}

export const invalidateCache: Lowering = call => {
  const space = readySpace(call)
  if (!space.ok) return space
  const { args } = call
  return finish(
    invalidateSpace(call.machine, space.value, { iova: args.value('iova'), size: args.given('size') }),
  )
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
  if (kind === 'prereg' && call.machine.policy.prereg === 'none') return refuse('prereg.off')
  const wish = { context: contextOf(call), kind, parent: null, name: call.resultName }
  return returns(createSpace(call.machine, wish).id)
}

export const free: Lowering = call => {
  const space = spaceNamed(call)
  return space.ok ? finish(freeSpace(call.machine, space.value)) : space
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

export const mapMemory: Lowering = call => {
  const space = mappableSpace(call)
  if (!space.ok) return space
  const { args } = call
  const bytes = { iova: args.value('iova'), vaddr: args.value('vaddr'), size: args.value('size') }
  return finish(mapDma(call.machine, space.value, { ...bytes, flags: args.given('flags') }))
}

export const unmapMemory: Lowering = call => {
  const space = mappableSpace(call)
  if (!space.ok) return space
  const removed = unmapDma(call.machine, space.value, call.args.value('iova'), call.args.value('size'))
  return removed.ok ? answer({ ret: 0, out: { size: removed.value } }) : removed
}

export const createNesting: Lowering = call => {
  const parent = readySpace(call)
  if (!parent.ok) return parent
  const may = mayNestUnder(parent.value)
  if (!may.ok) return may
  const wish = {
    context: contextOf(call),
    kind: 'kernel',
    parent: parent.value.uid,
    name: call.resultName,
  } as const
  return returns(createSpace(call.machine, wish).id)
}

export const enable: Lowering = call => {
  const space = spaceNamed(call)
  return space.ok ? finish(enableSpace(call.machine, space.value)) : space
}

export const setPrereg: Lowering = call => {
  const space = spaceNamed(call)
  return space.ok ? finish(markPrereg(call.machine, space.value)) : space
}

export const lookupIova: Lowering = call => {
  if (call.machine.policy.lookup !== 'yes') return refuse('lookup.off')
  const space = readySpace(call)
  if (!space.ok) return space
  const found = lookup(call.machine, space.value, call.args.value('iova'))
  return found.ok ? answer({ ret: 0, out: found.value }) : found
}

/** The space of a KVM call, in the context whose fd it names. */
function cpuPasidCall(call: Call, act: typeof mapCpuPasid): Outcome<CallResult> {
  const context = findContext(call.machine, call.args.value('ioasid_fd'))
  if (!context.ok) return context
  const space = findSpace(call.machine, context.value, call.args.value('ioasid'))
  if (!space.ok) return space
  const vm = call.file.vm ?? 0
  return finish(act(call.machine, { vm, vpasid: call.args.value('user_pasid'), space: space.value }))
}

export const mapPasid: Lowering = call => cpuPasidCall(call, mapCpuPasid)
export const unmapPasid: Lowering = call => cpuPasidCall(call, unmapCpuPasid)

function deviceOf(call: Call): DeviceRecord {
  return call.machine.device(call.file.device ?? '')
}

export const bind: Lowering = call => {
  const context = findContext(call.machine, call.args.value('fd'))
  if (!context.ok) return context
  return finish(bindDevice(call.machine, deviceOf(call), call.fd, context.value, call.args.given('cookie')))
}

export const unbind: Lowering = call => {
  const device = deviceOf(call)
  const bound = requireBound(device, call.fd)
  if (!bound.ok) return bound
  const context = findContext(call.machine, call.args.value('fd'))
  if (!context.ok) return context
  if (context.value !== bound.value)
    return refuse('bind.other-context', { device: device.name, fd: call.args.value('fd') })
  return finish(unbindDevice(call.machine, device))
}

/** The device of the call, bound, and the space it names in the context it is bound to. */
function attachment(call: Call): Outcome<AttachRequest> {
  const device = deviceOf(call)
  const context = requireBound(device, call.fd)
  if (!context.ok) return context
  const space = findSpace(call.machine, context.value, call.args.value('ioasid'))
  if (!space.ok) return space
  const flags = call.args.value('flag')
  if ((flags & ~ATTACH_USER_PASID) !== 0n) return refuse('attach.flags', { flags })
  const pasid = flags & ATTACH_USER_PASID ? call.args.value('user_pasid') : null
  return answer({ device, space: space.value, pasid })
}

export const attach: Lowering = call => {
  const found = attachment(call)
  return found.ok ? finish(attachDevice(call.machine, found.value)) : found
}

export const detach: Lowering = call => {
  const found = attachment(call)
  if (!found.ok) return found
  const { device, space, pasid } = found.value
  const which = pasid === null ? unflagged(device, space) : answer(pasid)
  return which.ok ? finish(detachDevice(call.machine, { device, space, pasid: which.value })) : which
}
