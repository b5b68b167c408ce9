/**
 * Diagnostics as the reading passes make them: offsets into the cleaned text. `compile` turns them into
 * the public form, with lines and columns of the author's text.
 */

export interface Fix {
  readonly title: string
  /** Offsets into the cleaned text, half-open. */
  readonly from: number
  readonly to: number
  readonly insert: string
}

export interface Finding {
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly from: number
  readonly to: number
  readonly fix: Fix | null
}

interface FindingParts {
  readonly code: string
  readonly message: string
  readonly from: number
  readonly to: number
  readonly hint?: string | null
  readonly fix?: Fix | null
}

const make =
  (severity: Finding['severity']) =>
  ({ hint = null, fix = null, ...rest }: FindingParts): Finding => ({ severity, hint, fix, ...rest })

export const error = make('error')
export const warning = make('warning')
export const info = make('info')

/** The finding of a statement, whose offsets count from its start, in the whole text. */
export function shifted(finding: Finding, by: number): Finding {
  const { fix } = finding
  return {
    ...finding,
    from: finding.from + by,
    to: finding.to + by,
    fix: fix === null ? null : { ...fix, from: fix.from + by, to: fix.to + by },
  }
}
