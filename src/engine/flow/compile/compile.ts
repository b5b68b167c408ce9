/**
 * From a text to a program: cleaned, laid out, parsed, checked; every guess and every mistake with its place
 * in the author's text. Linear in the text, and never throws whatever the text is.
 */
import { check } from '../check/checker'
import { devicesOpened, guessCount, textOf } from '../check/devices'
import { type Scenario, splitScenarios } from '../check/scenarios'
import type { StageDraft } from '../directives/draft'
import { readDirectives } from '../directives/read-directives'
import { settleStage } from '../directives/settle-stage'
import { findTree } from '../drawing'
import type { Finding } from '../layout/findings'
import type { CompileOptions, Diagnostic, Drawing, Program, ScenarioChoice, Stage } from '../program'
import type { Statement } from '../syntax/ast'
import { flatten } from '../syntax/walk'
import type { Vocabulary } from '../vocabulary'
import { WordIndex } from '../words/word-index'
import { answerFor, assume, devicePath } from './assumptions'
import { decideBranches } from './branches'
import { type ChosenDialect, chooseDialect } from './choose-dialect'
import { chooseSection } from './choose-section'
import { concerning, diagnose } from './diagnose'
import { type Reading, readText } from './reading'
import { SourceMap } from './source-map'
import { withStops } from './stops'

/** Compiles a text with the words of every dialect, platform and built-in there is. */
export function compile(text: string, vocabulary: Vocabulary, options: CompileOptions = {}): Program {
  const reading = readText(text, vocabulary)
  const places = new SourceMap(text, reading.clean)
  const scenarios = splitScenarios(reading.assembly.sections)
  const draft = readDirectives(reading.code, reading.assembly.directives)
  const { scenario, findings: sections } = chooseSection({ scenarios, draft, options })
  const staged = setStage({ reading, draft, scenario, vocabulary, options, places })
  const judged = judge({ reading, draft, scenario, vocabulary, options, places }, staged)
  const { statements, branches, branchValues, implicitOpens, guessedCount, devices } = judged
  const { stage, dialect, words } = staged
  const findings = [...sections, ...judged.findings]
  const empty = statements.length === 0 && reading.assembly.directives.length === 0
  const assumed = { stage, dialect, vocabulary, statements, guessedCount, implicitOpens, branches, places }
  return {
    text,
    stage,
    dialect: dialect.words.id,
    dialectFrom: dialect.from,
    diagnostics: diagnose({ reading, places, findings, empty, text }),
    assumptions: empty ? [] : assume(assumed),
    branches,
    scenarios: scenarios.map(choice => scenarioChoice(choice, scenario, places)),
    implicitOpens,
    aliases: judged.aliases.map(({ from, to, definition }) => ({
      span: places.span(from, to),
      stands: definition,
    })),
    skipped: reading.skipped.map(({ from, to }) => places.span(from, to)),
    quotedAsDrawing: statements.length === 0 ? drawingOf(text, places) : null,
    statements,
    running: {
      code: reading.code,
      used: judged.used,
      words,
      branchValues,
      guessedCount,
      devices,
      spanOf: (from, to) => places.span(from, to),
      errorAt: (from, to) => errorAt(findings, places, { from, to }),
    },
  }
}

/** What is right and wrong with the scenario taken, and what it leaves to be decided. */
function judge({ reading, scenario, vocabulary, options, places }: StageInput, staged: Staged) {
  const { stage, dialect, words } = staged
  const used = textOf(scenario.statements, reading.code)
  const guessedCount = guessCount(used)
  const devices = devicesOf({ scenario, stage, words, guessedCount, used })
  const checked = check({ statements: scenario.statements, words, devices })
  const all = [...reading.findings, ...staged.findings, ...checked.findings]
  const findings = concerning(scenario, all)
  const statements = withStops(scenario.statements, findings)
  const answer = answerFor(stage, scenario.statements, words, vocabulary)
  const choices = decideBranches({ branches: reading.assembly.branches, answer, options, places })
  const usedBranches = branchesUsed(statements)
  const implicitOpens = checked.implicitOpens.map(({ name, device, at }) => ({
    name,
    path: devicePath(dialect.words, device),
    line: places.span(at, at).line,
  }))
  return {
    used,
    statements,
    findings,
    aliases: checked.aliases,
    branches: choices.filter((_, index) => usedBranches.has(index)),
    branchValues: choices.map(branch => branch.taken),
    implicitOpens,
    guessedCount,
    devices,
  }
}

interface StageInput {
  readonly reading: Reading
  readonly draft: StageDraft
  readonly scenario: Scenario
  readonly vocabulary: Vocabulary
  readonly options: CompileOptions
  readonly places: SourceMap
}

interface Staged {
  readonly stage: Stage
  readonly dialect: ChosenDialect
  readonly words: WordIndex
  readonly findings: readonly Finding[]
}

function setStage({ draft, scenario, vocabulary, options, places }: StageInput): Staged {
  const dialect = chooseDialect({ draft, statements: scenario.statements, vocabulary, options })
  const spanOf = (from: number, to: number) => places.span(from, to)
  const { stage, findings } = settleStage({ draft, dialect: dialect.words, vocabulary, options, spanOf })
  const words = new WordIndex(dialect.words, vocabulary)
  return { stage, dialect, words, findings: [...draft.findings, ...dialect.findings, ...findings] }
}

interface DeviceInput {
  readonly scenario: Scenario
  readonly stage: Stage
  readonly words: WordIndex
  readonly guessedCount: bigint
  /** The text of the scenario's statements. */
  readonly used: string
}

/** Devices described, opened, or opened for the flow because it uses their fd. */
function devicesOf({ scenario, stage, words, guessedCount, used }: DeviceInput): ReadonlySet<string> {
  const devices = devicesOpened(scenario.statements, words.dialect, guessedCount)
  for (const { name } of stage.devices) devices.add(name)
  for (const match of used.matchAll(/\bdevice_fd(\d{1,4})\b/g)) devices.add(`dev${match[1]}`)
  return devices
}

/** The conditions in words that these statements hang on. */
function branchesUsed(statements: readonly Statement[]): ReadonlySet<number> {
  const used = new Set<number>()
  for (const statement of flatten(statements)) {
    if (statement.kind === 'if' && statement.condition.kind === 'words') used.add(statement.condition.branch)
  }
  return used
}

function scenarioChoice(choice: Scenario, taken: Scenario, places: SourceMap): ScenarioChoice {
  const { number, title, from } = choice
  return { number, title, line: places.span(from, from).line, chosen: choice === taken }
}

function drawingOf(text: string, places: SourceMap): Drawing | null {
  const tree = findTree(text)
  return tree === null ? null : { nodes: tree.nodes, span: places.place(tree.from, tree.to) }
}

function errorAt(
  findings: readonly Finding[],
  places: SourceMap,
  { from, to }: { from: number; to: number },
): Diagnostic | null {
  const inside = findings.filter(
    finding => finding.severity === 'error' && finding.from >= from && finding.from < to,
  )
  const first = inside.sort((a, b) => a.from - b.from)[0]
  return first === undefined ? null : places.diagnostic(first)
}
