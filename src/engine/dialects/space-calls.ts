/**
 * What the proposals' calls on one address space come down to, where two of them mean the same. The order of
 * checks is R13's: the object, then whether it is ready, then its kind, then the arguments.
 */
import { setDirtyTracking, takeDirty } from '../kernel/dirty'
import { lookup } from '../kernel/info'
import { registersMemory } from '../kernel/lineage'
import { mapDma, unmapDma } from '../kernel/map-request'
import { answer, type Outcome, refuse } from '../kernel/outcome'
import {
  enableSpace,
  findSpace,
  freeSpace,
  markPrereg,
  requireEnabled,
  requireMappable,
  requireReady,
} from '../kernel/spaces'
import type { SpaceRecord } from '../kernel/state'
import { invalidateSpace } from '../kernel/user-tables'
import { contextOf, finish, returns } from './call-results'
import type { Call, Lowering } from './contract'
import type { Extension } from './proposal-words.data'

function spaceNamed(call: Call): Outcome<SpaceRecord> {
  return findSpace(call.machine, contextOf(call), call.args.value('ioasid'))
}

export function readySpace(call: Call): Outcome<SpaceRecord> {
  const space = spaceNamed(call)
  if (!space.ok) return space
  const ready = requireReady(call.machine, space.value)
  return ready.ok ? space : ready
}

/** Ready, and enabled where that is asked for. */
export function enabledSpace(call: Call): Outcome<SpaceRecord> {
  const space = readySpace(call)
  if (!space.ok) return space
  const enabled = requireEnabled(call.machine, space.value)
  return enabled.ok ? space : enabled
}

function mappableSpace(call: Call): Outcome<SpaceRecord> {
  const space = enabledSpace(call)
  if (!space.ok) return space
  const mappable = requireMappable(space.value, call.command)
  return mappable.ok ? space : mappable
}

/** Dirty bits are of tables that the kernel writes (R39). */
function trackedSpace(call: Call): Outcome<SpaceRecord> {
  const space = mappableSpace(call)
  if (!space.ok || !registersMemory(space.value)) return space
  return refuse('op.table-type', { command: call.command, kind: space.value.kind })
}

export const setDirty: Lowering = call => {
  const space = trackedSpace(call)
  return space.ok
    ? finish(setDirtyTracking(call.machine, space.value, call.args.value('enable') !== 0n))
    : space
}

export const getDirty: Lowering = call => {
  const space = trackedSpace(call)
  if (!space.ok) return space
  const { args } = call
  const taken = takeDirty(call.machine, space.value, {
    iova: args.value('iova'),
    size: args.value('size'),
    pageSize: args.value('page_size'),
  })
  return taken.ok ? answer({ ret: 0, out: { ...taken.value } }) : taken
}

/** 1 where the file has the extension, by policy and platform; 0 for a number that is none. */
export const checkExtension =
  (extensions: readonly Extension[]): Lowering =>
  call => {
    const has = extensions.find(extension => extension.value === call.args.value('extension'))
    return returns(has?.present(call.machine) ? 1 : 0)
  }

export const free: Lowering = call => {
  const space = spaceNamed(call)
  return space.ok ? finish(freeSpace(call.machine, space.value)) : space
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

/** All of a space, or a range of it; of one device, PASID or cache where the call says so. */
export const invalidateCache: Lowering = call => {
  const space = readySpace(call)
  if (!space.ok) return space
  const { args } = call
  return finish(
    invalidateSpace(call.machine, space.value, {
      iova: args.value('iova'),
      size: args.given('size'),
      cookie: args.given('cookie'),
      vpasid: args.given('user_pasid'),
      caches: args.value('cache'),
    }),
  )
}
