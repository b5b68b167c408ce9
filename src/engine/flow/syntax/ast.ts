/**
 * The statements of a flow as a tree of plain data. A statement's own range is in the cleaned text; the
 * offsets of the expressions in it count from its start, so that equal statements share one tree.
 */
import type { Range } from '../layout/pieces'

export type UnaryOperator = '!' | '~' | '-' | '+' | '&' | '*'

export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '<'
  | '>'
  | '<='
  | '>='
  | '=='
  | '!='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '||'

export interface FieldNode extends Range {
  readonly name: string
  readonly nameFrom: number
  readonly value: Expression
}

export type Expression = Range &
  (
    | { readonly kind: 'int'; readonly value: bigint }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'name'; readonly name: string }
    | {
        readonly kind: 'member'
        readonly object: Expression
        readonly field: string
        readonly fieldFrom: number
      }
    | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
    /** `[1...N]`, an index or a number of its own: only before a statement is repeated for each value. */
    | { readonly kind: 'range'; readonly first: Expression; readonly last: Expression }
    | {
        readonly kind: 'call'
        readonly callee: string
        readonly calleeTo: number
        readonly args: readonly Expression[]
      }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly kind: 'binary'
        readonly operator: BinaryOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'ternary'
        readonly condition: Expression
        readonly yes: Expression
        readonly no: Expression
      }
    | { readonly kind: 'sizeof'; readonly of: string }
    | { readonly kind: 'struct'; readonly fields: readonly FieldNode[] }
    | {
        readonly kind: 'assign'
        readonly target: Expression
        readonly operator: string
        readonly value: Expression
      }
    /** What did not parse; a finding says why. */
    | { readonly kind: 'bad' }
  )

export type Condition =
  | { readonly kind: 'expression'; readonly expression: Expression }
  /** Words; `branch` is its place in the program's list of branches. */
  | { readonly kind: 'words'; readonly text: string; readonly branch: number }

/** `[1...N]` somewhere in a statement: it runs once for each value. */
export interface Repeat {
  readonly first: Expression
  readonly last: Expression
}

/** What parsing one piece gives: the statement's own part, without its place. */
export type StatementBody =
  | {
      readonly kind: 'assign'
      readonly targets: readonly Expression[]
      readonly operator: string
      readonly value: Expression
      readonly repeat: Repeat | null
    }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly repeat: Repeat | null }
  | {
      readonly kind: 'declare'
      readonly name: string
      readonly struct: boolean
      readonly value: Expression | null
      readonly repeat: Repeat | null
    }
  | { readonly kind: 'group'; readonly statements: readonly StatementBody[] }
  | {
      readonly kind: 'if'
      readonly condition: Condition
      readonly body: readonly Statement[]
      readonly otherwise: readonly Statement[]
    }
  /** `goto`, `return`, `perror(..)`: C that has no part in a flow. */
  | { readonly kind: 'skipped' }
  /** A place that execution cannot pass. */
  | { readonly kind: 'stop' }

/** `broken` is set where a finding is an error: execution stops before it. */
export type Statement = Range & { broken: boolean } & StatementBody
