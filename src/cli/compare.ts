/** `ioas compare`: one flow under several choices, a column each, and where each parts from the first. */
import type { ComparedRun, Variant } from '../engine'
import { type Engine, EXIT, type ExitCode, type Outcome, UsageError } from './door'
import { jsonText } from './json'
import type { Input } from './scene'
import { parsePolicy, requireKnobs, requireKnown } from './words'

export interface CompareOptions {
  /** One for each `--with`, in order. */
  readonly with: readonly Choice[]
  readonly json: boolean
}

export interface Choice {
  readonly label: string
  readonly given: Readonly<Record<string, string>>
}

/** Adds one `--with` to those before it: choices by key, with a comma between them. */
export function parseChoice(label: string, before: readonly Choice[]): readonly Choice[] {
  let given: Readonly<Record<string, string>> = {}
  for (const pair of label.split(',')) given = parsePolicy(pair.trim(), given)
  return [...before, { label, given }]
}

const AS_WRITTEN: Choice = { label: 'as written', given: {} }

/** What the choice says comes before what holds for all of them. */
function variantOf(engine: Engine, input: Input, { label, given }: Choice): Variant {
  const { dialect = input.dialect, platform = input.platform, viommu, ...knobs } = given
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(row => row.id)
  requireKnown('dialect', dialect, ids(engine.dialects))
  requireKnown('platform', platform, ids(engine.platforms))
  requireKnown('way of viommu', viommu, engine.viommuWays)
  const way = engine.viommuWays.find(one => one === viommu)
  return {
    label,
    policy: { ...input.policy, ...knobs },
    ...(dialect === undefined ? {} : { dialect }),
    ...(platform === undefined ? {} : { platform }),
    ...(way === undefined ? {} : { viommu: way }),
  }
}

/** One choice is held against the flow as it is; several against the first of them. */
export function compare(engine: Engine, input: Input, options: CompareOptions): Outcome {
  const choices = options.with.length > 1 ? options.with : [AS_WRITTEN, ...options.with]
  if (choices.length < 2) throw new UsageError('nothing to compare with: --with k=v, one for each column')
  const variants = choices.map(choice => variantOf(engine, input, choice))
  const comparison = engine.compareRuns(input.text, variants)
  comparison.runs.forEach((run, at) => {
    requireKnobs(engine, run.scenario.dialect, variants[at]?.policy ?? {})
  })
  const stdout = options.json ? jsonText(comparison) : engine.compareText(comparison)
  const stderr = comparison.runs.flatMap(run => problemLines(input.file, run)).join('')
  return { stdout, stderr, code: codeOf(comparison.runs) }
}

function problemLines(file: string, { label, problems }: ComparedRun): string[] {
  return problems.map(({ kind, line, message }) => {
    const what = kind === 'text' ? 'error' : 'expect failed'
    return `${file}:${line}: ${what}: ${message} (${label})\n`
  })
}

/** The worst that any of the runs comes to. */
function codeOf(runs: readonly ComparedRun[]): ExitCode {
  const kinds = new Set(runs.flatMap(run => run.problems.map(problem => problem.kind)))
  if (kinds.has('text')) return EXIT.textErrors
  return kinds.has('expect') ? EXIT.expectFailed : EXIT.fine
}
