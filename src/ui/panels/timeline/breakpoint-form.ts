/** What a breakpoint may stop at, and how its value is read. */
import type { Breakpoint } from '../../../engine'
import { unreachable } from '../../../worker/unreachable'
import { parseAddress } from '../../format/hex'

interface Kind {
  readonly kind: Breakpoint['kind']
  readonly title: string
  readonly example: string
}

export const KINDS: readonly Kind[] = [
  { kind: 'command', title: 'Command', example: 'IOASID_MAP_DMA' },
  { kind: 'errno', title: 'Errno', example: 'EINVAL' },
  { kind: 'object', title: 'Object', example: '' },
  { kind: 'iova', title: 'IOVA range', example: '0x2000..0x2fff' },
  { kind: 'hva', title: 'HVA range', example: '0x40001000' },
  { kind: 'line', title: 'Line', example: '28' },
]

/** The breakpoint of what was typed, in its one written form, or what is wrong with it. */
export function breakpointOf(
  kind: Breakpoint['kind'],
  typed: string,
): Breakpoint | { readonly problem: string } {
  const value = typed.trim()
  switch (kind) {
    case 'line':
      return /^[1-9]\d{0,8}$/.test(value)
        ? { kind, value: Number(value) }
        : { problem: 'A line is a number from 1' }
    case 'errno': {
      const name = value.toUpperCase().replace(/^-/, '')
      return /^E[A-Z0-9]+$/.test(name) ? { kind, value: name } : { problem: 'An errno is a name like EINVAL' }
    }
    case 'iova':
    case 'hva': {
      const range = rangeOf(value)
      return range === null
        ? { problem: 'A range is 0x2000, 0x2000..0x2fff (last byte) or 0x2000+0x1000' }
        : { kind, value: range }
    }
    case 'command':
    case 'object':
      return value === '' ? { problem: `Which ${kind}?` } : { kind, value }
    default:
      return unreachable(kind)
  }
}

function rangeOf(text: string): string | null {
  const [, from = '', sign, to = ''] = /^(\w+?)\s*(?:(\.\.|-|\+)\s*(\w+))?$/.exec(text) ?? []
  const first = parseAddress(from)
  if (first === null) return null
  if (sign === undefined) return hex(first)
  const second = parseAddress(to)
  if (second === null) return null
  const last = sign === '+' ? first + second - 1n : second
  return last < first || last >> 64n !== 0n ? null : `${hex(first)}..${hex(last)}`
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
