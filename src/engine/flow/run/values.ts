/** Arithmetic and comparison on values: C's, on unsigned 64-bit integers with small negatives for errnos. */
import { hex } from '../../bits'
import type { Value } from '../program'
import type { BinaryOperator } from '../syntax/ast'
import { errnoName } from '../words/core-words'

export const int = (value: bigint): Value => ({ kind: 'int', value })
export const ZERO: Value = int(0n)
export const truth = (value: boolean): Value => int(value ? 1n : 0n)

const LOWEST_ERRNO = -4095n
const wrap = (value: bigint): bigint =>
  value < 0n && value >= LOWEST_ERRNO ? value : BigInt.asUintN(64, value)
const bits = (value: bigint): bigint => BigInt.asUintN(64, value)

export function isTrue(value: Value): boolean {
  if (value.kind === 'int') return value.value !== 0n
  if (value.kind === 'text') return value.value !== ''
  return value.kind !== 'fault' && value.kind !== 'pending'
}

/** Equal values; integers by their 64 bits, so that -1 equals ~0. Different kinds are never equal. */
function sameValue(a: Value, b: Value): boolean {
  if (a.kind === 'int' && b.kind === 'int') return bits(a.value) === bits(b.value)
  if (a.kind === 'text' && b.kind === 'text') return a.value === b.value
  if (a.kind === 'device' && b.kind === 'device') return a.name === b.name
  if (a.kind === 'guess' && b.kind === 'guess') return a.name === b.name
  if (a.kind === 'struct' && b.kind === 'struct') return a === b
  return a.kind === b.kind && (a.kind === 'fault' || a.kind === 'pending')
}

type Arithmetic = (a: bigint, b: bigint) => bigint | null

const shift =
  (by: (a: bigint, b: bigint) => bigint): Arithmetic =>
  (a, b) =>
    bits(b) >= 64n ? 0n : by(bits(a), bits(b))

const ARITHMETIC: Readonly<Partial<Record<BinaryOperator, Arithmetic>>> = {
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? null : a / b),
  '%': (a, b) => (b === 0n ? null : a % b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '&': (a, b) => bits(a) & bits(b),
  '|': (a, b) => bits(a) | bits(b),
  '^': (a, b) => bits(a) ^ bits(b),
  '<<': shift((a, b) => a << b),
  '>>': shift((a, b) => a >> b),
}

/** The value of an arithmetic operator, or what is wrong with its operands. */
export function arithmetic(
  operator: BinaryOperator,
  a: Value,
  b: Value,
): Value | { readonly problem: string } {
  const operate = ARITHMETIC[operator]
  if (operate === undefined || a.kind !== 'int' || b.kind !== 'int') {
    return { problem: `\`${operator}\` needs two numbers, not ${describe(a)} and ${describe(b)}` }
  }
  const value = operate(a.value, b.value)
  return value === null ? { problem: 'division by zero' } : int(wrap(value))
}

const ORDER: Readonly<Partial<Record<BinaryOperator, (a: bigint, b: bigint) => boolean>>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

/** True or false for a comparison, null if the operator is none. Only numbers have an order. */
export function compare(operator: BinaryOperator, a: Value, b: Value): boolean | null {
  if (operator === '==') return sameValue(a, b)
  if (operator === '!=') return !sameValue(a, b)
  const order = ORDER[operator]
  if (order === undefined) return null
  return a.kind === 'int' && b.kind === 'int' && order(a.value, b.value)
}

export const negate = (value: bigint): Value => int(wrap(-value))
export const complement = (value: bigint): Value => int(bits(~value))

const SMALL = 4096n

/** A value as a reader wants it: `-EBUSY`, `5`, `0x40001000`, `"hello"`, `fault`. */
export function formatValue(value: Value): string {
  switch (value.kind) {
    case 'int':
      return formatInt(value.value)
    case 'text':
      return JSON.stringify(value.value)
    case 'struct':
      return `{ ${[...value.fields].map(([name, field]) => `.${name} = ${formatValue(field)}`).join('; ')} }`
    case 'device':
    case 'guess':
      return value.name
    case 'fault':
    case 'pending':
      return value.kind
  }
}

function formatInt(value: bigint): string {
  if (value >= 0n) return value < SMALL ? value.toString() : hex(value)
  const name = errnoName(Number(-value))
  return name === null ? value.toString() : `-${name}`
}

const describe = (value: Value): string =>
  value.kind === 'guess' ? `\`${value.name}\`, which has no value` : formatValue(value)
