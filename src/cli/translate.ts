/** `ioas translate`: a flow of one dialect as a flow of another. */
import { type Engine, EXIT, type Outcome } from './door'
import { requireKnown } from './words'

export interface TranslateInput {
  readonly file: string
  readonly text: string
}

export function translate(engine: Engine, { file, text }: TranslateInput, to: string): Outcome {
  requireKnown(
    'dialect',
    to,
    engine.dialects.map(dialect => dialect.id),
  )
  const done = engine.translateFlow(text, to)
  return 'text' in done
    ? { stdout: done.text, stderr: '', code: EXIT.fine }
    : { stdout: '', stderr: `${file}:${done.line}: error: ${done.problem}\n`, code: EXIT.textErrors }
}
