/** Puts 64-bit words of a line of text in their own dress: leading zeros recede, address and flag bits stand out. */
import type { ReactNode } from 'react'
import { Word } from '../../widgets/Word'

const WORD = /(0x(?:[0-9a-f]{4}_){3}[0-9a-f]{4})/

export function withWords(text: string): ReactNode {
  const parts = text.split(WORD)
  if (parts.length === 1) return text
  return parts.map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never change places
    i % 2 === 1 ? <Word key={i} value={BigInt(part.replaceAll('_', ''))} /> : part,
  )
}
