/**
 * Our own bugs: the only thing the engine ever throws. Caught at the worker host and the command line.
 */

/** An impossible state was reached. Never a guest's errno, a hardware fault or an author's mistake. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Throws InvariantError with `message` unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

/** The end of a switch over a union: compiles only when every member was handled. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${String(value)}`)
}
