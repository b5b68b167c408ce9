/** The brackets open inside one statement. */

export interface Bracket {
  readonly open: '(' | '[' | '{'
  readonly at: number
}

const CLOSER: Readonly<Record<Bracket['open'], string>> = { '(': ')', '[': ']', '{': '}' }

export const isOpener = (c: string): c is Bracket['open'] => c === '(' || c === '[' || c === '{'

export const isCloser = (c: string): boolean => c === ')' || c === ']' || c === '}'

export const closes = (bracket: Bracket | undefined, c: string): boolean =>
  bracket !== undefined && CLOSER[bracket.open] === c

/** What would close all of them, innermost first. */
export const closersFor = (brackets: readonly Bracket[]): string =>
  brackets
    .map(bracket => CLOSER[bracket.open])
    .reverse()
    .join('')
