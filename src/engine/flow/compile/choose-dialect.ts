/** Which dialect a flow is read in: the caller's word, the text's, what it tells, or the first there is. */
import { tellDialect } from '../check/dialect-told'
import type { StageDraft } from '../directives/draft'
import { unknownWord } from '../directives/settle-stage'
import type { Finding } from '../layout/findings'
import type { CompileOptions, Program } from '../program'
import type { Statement } from '../syntax/ast'
import type { DialectWords, Vocabulary } from '../vocabulary'

export interface ChosenDialect {
  readonly words: DialectWords
  readonly from: Program['dialectFrom']
  readonly findings: readonly Finding[]
}

const NO_DIALECT: DialectWords = {
  id: 'none',
  title: 'no dialect',
  files: [],
  commands: [],
  constants: {},
  tells: { paths: [], commands: [] },
  knobs: [],
  prelude: [],
}

export interface DialectInput {
  readonly draft: StageDraft
  readonly statements: readonly Statement[]
  readonly vocabulary: Vocabulary
  readonly options: CompileOptions
}

export function chooseDialect({ draft, statements, vocabulary, options }: DialectInput): ChosenDialect {
  const { dialects } = vocabulary
  const id = options.dialect ?? draft.dialect?.text
  const named = dialects.find(dialect => dialect.id === id)
  if (named !== undefined)
    return { words: named, from: options.dialect === undefined ? 'directive' : 'option', findings: [] }
  const told = tellDialect(statements, vocabulary)
  const findings = id === undefined ? [] : [unknownDialect(id, draft, vocabulary)]
  return { words: told ?? dialects[0] ?? NO_DIALECT, from: told === null ? 'default' : 'told', findings }
}

function unknownDialect(id: string, draft: StageDraft, { dialects }: Vocabulary): Finding {
  const { from, to } = draft.dialect ?? { from: 0, to: 0 }
  return unknownWord(
    'dialect.unknown',
    'dialect',
    { text: id, from, to },
    dialects.map(dialect => dialect.id),
  )
}
