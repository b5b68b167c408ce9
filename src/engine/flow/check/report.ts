/** The checker's findings, in the words of the language, each with its near misses. */
import { error, type Finding, info, warning } from '../layout/findings'
import type { Range } from '../layout/pieces'
import type { DialectWords } from '../vocabulary'
import { didYouMean, nearMisses } from '../words/near-miss'
import type { NamePlace } from './names'
import type { AliasFound } from './scope'

export interface UnknownWord {
  readonly code: string
  readonly message: string
  readonly word: string
  readonly at: Range
  readonly candidates: Iterable<string>
}

/** An error about a word that is none of the candidates; the nearest is offered as a fix. */
export function unknown({ code, message, word, at, candidates }: UnknownWord): Finding {
  const near = nearMisses(word, candidates)
  const [first] = near
  const { from, to } = at
  return error({
    code,
    message,
    hint: didYouMean(near),
    from,
    to,
    fix: first === undefined ? null : { title: `Change to ${first}`, from, to, insert: first },
  })
}

export const otherDialect = (
  what: string,
  mine: DialectWords,
  others: readonly DialectWords[],
  at: Range,
): Finding =>
  error({
    code: 'dialect.other',
    message: `${what} belongs to ${others.map(other => other.id).join(', ')}; this flow is read as ${mine.id}`,
    hint: 'one flow has one dialect: give it with #dialect, or run the other part on its own',
    from: at.from,
    to: at.to,
  })

export interface MissingName {
  readonly name: string
  readonly at: NamePlace
  readonly candidates: Iterable<string>
  /** Lines that usually come before, or none. */
  readonly prelude: readonly string[]
}

export function missingName({ name, at, candidates, prelude }: MissingName): Finding {
  const code = /^[A-Z][A-Z0-9_]*$/.test(name) ? 'name.unknown-constant' : 'name.undefined'
  const message =
    code === 'name.undefined'
      ? `nothing gives \`${name}\` a value`
      : `\`${name}\` is not a constant of this dialect`
  const plain = unknown({ code, message, word: name, at, candidates })
  if (prelude.length === 0) return plain
  return {
    ...plain,
    hint: `the flow starts in the middle; these lines usually come before:\n${prelude.join('\n')}`,
    fix: {
      title: 'Insert the usual lines before it',
      from: at.statementFrom,
      to: at.statementFrom,
      insert: `${prelude.join('\n')}\n`,
    },
  }
}

/** Said once for all aliases of a flow. */
export function aliasesRead(aliases: readonly AliasFound[]): Finding | null {
  const [first] = aliases
  if (first === undefined) return null
  const pairs = new Set(aliases.map(({ spelled, definition }) => `${spelled} = ${definition}`))
  return info({
    code: 'alias.read',
    message: `${pairs.size} alias${pairs.size === 1 ? '' : 'es'} read: ${[...pairs].join(', ')}`,
    from: first.from,
    to: first.to,
  })
}

export { error, warning }
