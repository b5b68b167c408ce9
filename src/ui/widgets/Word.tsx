/** A 64-bit word, never shortened: leading zeros recede, the address stands out, the flag bits are told apart. */
import { wordParts } from '../format/hex'

export function Word({ value }: { readonly value: bigint }) {
  const { zeros, body, flags } = wordParts(value)
  return (
    <span className="word mono">
      <span className="z">{zeros}</span>
      <span className="b">{body}</span>
      <span className={value === 0n ? 'z' : 'f'}>{flags}</span>
    </span>
  )
}
