/** Words, bit fields, powers of two, hexadecimal text and invariants. Uses nothing, used by all. */
export * from './fields'
export * from './hex'
export * from './invariant'
export * from './log2'
export * from './words'
