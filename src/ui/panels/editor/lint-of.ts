/** The engine's diagnostics as CodeMirror's, each fix an action. */
import type { Diagnostic as LintDiagnostic } from '@codemirror/lint'
import type { Diagnostic } from '../../../engine'
import { isProblem } from '../../app/problems'

/** What is wrong; remarks are marked otherwise. Spans are cut to the text: it may have grown shorter since the run began. */
export function lintOf(diagnostics: readonly Diagnostic[], length: number): LintDiagnostic[] {
  return diagnostics.filter(isProblem).map(({ span, severity, code, message, hint, fix }) => {
    const from = Math.min(span.from, length)
    const to = Math.min(Math.max(span.to, from), length)
    const actions =
      fix === null
        ? []
        : [
            {
              name: fix.title,
              apply: (view: {
                dispatch(change: { changes: { from: number; to: number; insert: string } }): void
              }) => view.dispatch({ changes: { from: fix.from, to: fix.to, insert: fix.insert } }),
            },
          ]
    return {
      from,
      to,
      severity,
      source: code,
      message: hint === null ? message : `${message}: ${hint}`,
      actions,
    }
  })
}
