/** The first half of compiling, which needs no dialect: what a text consists of. */
import { CAPABILITY_NAMES } from '../check/capabilities'
import { blankComments } from '../layout/comments'
import type { Finding } from '../layout/findings'
import { blankSkipped, layOut } from '../layout/layout'
import type { Range } from '../layout/pieces'
import { type CleanText, cleanMail } from '../mail/clean-mail'
import { type Assembly, assemble } from '../syntax/assemble'
import type { Vocabulary } from '../vocabulary'
import { lineWordsOf } from '../words/word-index'

export interface Reading {
  readonly clean: CleanText
  /** The cleaned text with comments and prose blanked; as long as the cleaned text. */
  readonly code: string
  readonly assembly: Assembly
  readonly findings: readonly Finding[]
  readonly skipped: readonly Range[]
}

export function readText(text: string, vocabulary: Vocabulary): Reading {
  const clean = cleanMail(text)
  const words = lineWordsOf(vocabulary)
  const { code: uncommented, comments, findings } = blankComments(clean.text, words)
  const layout = layOut({ source: clean.text, code: uncommented, comments, depths: clean.depths, words })
  const code = blankSkipped(uncommented, layout.skipped)
  const assembly = assemble(code, layout.pieces, name => CAPABILITY_NAMES.has(name))
  return {
    clean,
    code,
    assembly,
    findings: [...findings, ...layout.findings, ...assembly.findings],
    skipped: layout.skipped,
  }
}
