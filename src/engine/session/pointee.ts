/** A struct of a flow as the bytes that a pointer leads to: little-endian, what is not given zero. */
import type { MemberLayout, Pointee } from '../dialects/contract'

/** The bytes of the first struct that has all members given, or null where none has. */
export function pointeeBytes(
  pointees: readonly Pointee[],
  given: ReadonlyMap<string, bigint>,
): Uint8Array | null {
  const has = ({ members }: Pointee) =>
    [...given.keys()].every(name => members.some(one => one.field === name))
  const meant = pointees.find(has)
  return meant === undefined ? null : encode(meant.members, given)
}

function encode(members: readonly MemberLayout[], given: ReadonlyMap<string, bigint>): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, ...members.map(({ offset, bytes: size }) => offset + size)))
  for (const { field, offset, bytes: size } of members) {
    const value = BigInt.asUintN(size * 8, given.get(field) ?? 0n)
    for (let at = 0; at < size; at++) bytes[offset + at] = Number((value >> BigInt(8 * at)) & 0xffn)
  }
  return bytes
}
