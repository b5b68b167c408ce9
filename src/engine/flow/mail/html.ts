/**
 * Takes the marks off a body in HTML, as a web page or a mail without a plain part has it: what ends a line
 * there ends one here, what a browser does not show goes. Text that does not begin with such a mark is left
 * alone, so that `<snip>` and comparisons are.
 */
import type { MappedText } from './mapped-text'
import type { Notes } from './notes'
import { Rewriter } from './rewriter'

const BEGINS = /^\s*<(?:!doctype\s+html|html|head|body|div|pre|p|table|span|code)\b/i
const HIDDEN = '<!--[\\s\\S]*?-->|<(script|style|head|title)\\b[\\s\\S]*?</\\1\\s*>'
const TAG =
  '<!doctype[^<>]*>|</?(?:html|head|body|meta|link|div|p|pre|br|hr|h[1-6]|table|tbody|thead|tr|td|th|ul|ol|li|blockquote|span|code|tt|font|a|b|i|u|em|strong|small|img|center|samp|kbd|section|article|main|header|footer|nav)\\b[^<>]*>'
const MARK = new RegExp(`${HIDDEN}|${TAG}`, 'gi')
/** Marks after which a browser goes on in a new line. */
const ENDS_LINE = /^<(?:br|hr|pre\b|p\b|div|tr|li|h[1-6]|\/(?:p|div|pre|tr|li|h[1-6]|table|blockquote)\b)/i

export function takeOffHtml(source: MappedText, notes: Notes): MappedText {
  if (!BEGINS.test(source.text)) return source
  const out = new Rewriter(source)
  let from = 0
  for (const match of source.text.matchAll(MARK)) {
    out.keep(from, match.index)
    from = match.index + match[0].length
    if (ENDS_LINE.test(match[0])) out.put('\n', match.index, from)
    notes.add('mail.html', source.toOriginal(match.index, from).from)
  }
  out.keep(from, source.text.length)
  return out.finish()
}
