/** `ioas matrix`: table types by operations, each cell found by running it. */
import type { MatrixView } from '../engine'
import { type Engine, EXIT, type Outcome, UsageError } from './door'
import { jsonText } from './json'
import { requireKnobs, requireKnown } from './words'

export interface MatrixOptions {
  readonly dialect?: string
  readonly platform?: string
  readonly policy: Readonly<Record<string, string>>
  readonly json: boolean
}

export function matrix(engine: Engine, options: MatrixOptions): Outcome {
  const { dialect, platform, policy, json } = options
  requireKnown('dialect', dialect, idsOf(engine.dialects))
  requireKnown('platform', platform, idsOf(engine.platforms))
  const asked = dialect ?? engine.dialects[0]?.id ?? ''
  requireKnobs(engine, asked, policy)
  const made = engine.matrixOf({
    dialect: asked,
    ...(platform === undefined ? {} : { platform }),
    policy,
  })
  if ('problem' in made) throw new UsageError(made.problem)
  return { stdout: json ? jsonText(matrixJson(made)) : engine.matrixText(made), stderr: '', code: EXIT.fine }
}

const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(row => row.id)

function matrixJson({ dialect, platform, policy, types, operations, cells }: MatrixView): object {
  const rows = cells.map(({ type, operation, result, ret, errno, rule, message, step, line, text }) => {
    return { type, operation, result, ret, errno, rule, message, step, line, text }
  })
  return { scenario: { dialect, platform, policy }, types, operations, cells: rows }
}
