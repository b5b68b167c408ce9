/** Third pass: HTML entities of a paste from a web archive: `&gt; ioctl(fd, X, &amp;at_data);`. */
import type { MappedText } from './mapped-text'
import type { Notes } from './notes'
import { Rewriter } from './rewriter'

const ENTITY = /&(?:gt|lt|amp|quot|apos|nbsp|#39|#x27|#34);/g

const CHARACTER: Readonly<Record<string, string>> = {
  '&gt;': '>',
  '&lt;': '<',
  '&amp;': '&',
  '&quot;': '"',
  '&apos;': "'",
  '&nbsp;': ' ',
  '&#39;': "'",
  '&#x27;': "'",
  '&#34;': '"',
}

export function decodeEntities(source: MappedText, notes: Notes): MappedText {
  const out = new Rewriter(source)
  let from = 0
  for (const match of source.text.matchAll(ENTITY)) {
    out.keep(from, match.index)
    from = match.index + match[0].length
    out.put(CHARACTER[match[0]] ?? match[0], match.index, from)
    notes.add('mail.entities', source.toOriginal(match.index, from).from)
  }
  if (from === 0) return source
  out.keep(from, source.text.length)
  return out.finish()
}
