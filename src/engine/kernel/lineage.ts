/** Who is above whom among address spaces. */
import type { Machine } from './machine'
import type { SpaceRecord } from './state'

/** Prereg and dummy spaces pin at MAP and never have a table; no device attaches (R31, R32). */
export function registersMemory(space: SpaceRecord): boolean {
  return space.kind === 'prereg' || space.kind === 'dummy'
}

/** The uids above a space, nearest first. */
export function ancestors(machine: Machine, space: SpaceRecord): readonly number[] {
  const above: number[] = []
  for (let uid = space.parent; uid !== null; uid = machine.space(uid).parent) above.push(uid)
  return above
}

/** The uid of the nearest ancestor that devices attach to; prereg and dummy ones are skipped (R3). */
export function attachableParent(machine: Machine, space: SpaceRecord): number | null {
  return ancestors(machine, space).find(uid => !registersMemory(machine.space(uid))) ?? null
}
