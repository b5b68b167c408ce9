/** Bytes as the recordings write them: hexadecimal text, little-endian words, responses to faults. */
import { type CallRecord, numberIn, type Recorded } from './recording'

export const fromHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length >> 1 }, (_, at) =>
    Number.parseInt(text.slice(2 * at, 2 * at + 2), 16),
  )

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

export const toBytes = (text: string): Uint8Array => Uint8Array.from(text, letter => letter.charCodeAt(0))

export function words64(values: readonly Recorded[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length))
  for (const [at, value] of values.entries()) view.setBigUint64(8 * at, numberIn(value) ?? 0n, true)
  return new Uint8Array(view.buffer)
}

export function words32(values: readonly Recorded[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (const [at, value] of values.entries()) view.setUint32(4 * at, Number(numberIn(value) ?? 0n), true)
  return new Uint8Array(view.buffer)
}

/** More than that says nothing new. */
const LONGEST = 1 << 16

/** What a write() carries: responses, one response, or `len` bytes of nothing in particular. */
export function written(call: CallRecord): Uint8Array {
  const { responses, cookie, code, len } = call.in
  if (Array.isArray(responses)) return words32(responses.flat())
  const bytes = new Uint8Array(Math.min(Number(numberIn(len) ?? 0n), LONGEST))
  if (cookie !== undefined) bytes.set(words32([cookie, code ?? 0]).subarray(0, bytes.length))
  return bytes
}
