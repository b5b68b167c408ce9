/** Ends a switch over a union: the compiler refuses a missing case, and a stray message throws. */
export function unreachable(value: never): never {
  throw new Error(`No case for ${JSON.stringify(value)}`)
}
