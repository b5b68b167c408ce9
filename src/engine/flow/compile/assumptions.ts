/** What a flow leaves unsaid and its text alone settles. The session adds what only a machine can. */

import { type CapabilityAnswer, capabilityAnswer, plainType } from '../check/capabilities'
import type { Assumption, BranchChoice, ImplicitOpen, Stage } from '../program'
import type { Statement } from '../syntax/ast'
import { flatten, someCall } from '../syntax/walk'
import type { DialectWords, PlatformWords, Vocabulary } from '../vocabulary'
import type { WordIndex } from '../words/word-index'
import type { ChosenDialect } from './choose-dialect'
import type { SourceMap } from './source-map'

/** A device that calls KVM_MAP_PASID makes sense for (ruling R40). */
const ENQCMD_MDEV = 8

export interface AssumeInput {
  readonly stage: Stage
  readonly dialect: ChosenDialect
  readonly vocabulary: Vocabulary
  readonly statements: readonly Statement[]
  readonly guessedCount: bigint
  readonly implicitOpens: readonly ImplicitOpen[]
  readonly branches: readonly BranchChoice[]
  readonly places: SourceMap
}

export function assume(input: AssumeInput): Assumption[] {
  const { stage, dialect, vocabulary, implicitOpens, branches } = input
  const found: Assumption[] = []
  if (dialect.from === 'told' || dialect.from === 'default') found.push(setting('dialect', dialect.words.id))
  const platform = platformWords(stage, vocabulary)
  if (stage.platform === null && platform !== null) found.push(setting('platform', platform.id))
  for (const { name, path, line } of implicitOpens) {
    const directive = `${name} = open("${path}", O_RDWR);`
    found.push({ name, value: `open("${path}")`, line, directive, fix: null })
  }
  const undecided = branches.filter(branch => branch.decidedBy !== 'chosen' && !saysItself(branch))
  return [...found, ...counts(input), ...undecided.map(branchAssumption)]
}

/** `true: dev1 reports ..`: the author wrote the answer in front. */
const saysItself = ({ condition }: BranchChoice): boolean => /^(?:true|false)\b/i.test(condition)

const setting = (name: string, value: string): Assumption => ({
  name,
  value,
  line: null,
  directive: `#${name} ${value}`,
  fix: null,
})

const branchAssumption = ({ condition, taken, line, keep }: BranchChoice): Assumption => ({
  name: condition,
  value: String(taken),
  line,
  directive: null,
  fix: keep,
})

/** N of `[1...N]` where no statement gives it. */
function counts({ statements, guessedCount, places }: AssumeInput): Assumption[] {
  const given = new Set<string>()
  const found = new Map<string, Assumption>()
  for (const statement of flatten(statements)) {
    const last = 'repeat' in statement ? statement.repeat?.last : undefined
    if (last?.kind === 'name' && !given.has(last.name) && !found.has(last.name)) {
      const { line } = places.span(statement.from, statement.from)
      const value = String(guessedCount)
      found.set(last.name, { name: last.name, value, line, directive: `${last.name} = ${value};`, fix: null })
    }
    for (const name of namesGiven(statement)) given.add(name)
  }
  return [...found.values()]
}

function namesGiven(statement: Statement): readonly string[] {
  if (statement.kind === 'declare') return [statement.name]
  if (statement.kind !== 'assign') return []
  return statement.targets.flatMap(target => (target.kind === 'name' ? [target.name] : []))
}

/** The platform of a flow; the first of the vocabulary where it names none. */
export function platformWords(stage: Stage, { platforms }: Vocabulary): PlatformWords | null {
  const named = platforms.find(platform => platform.id === stage.platform?.id)
  return named ?? platforms[0] ?? null
}

/** What devices report: by their type, by the platform, or, for guessed ones, by what the flow needs. */
export function answerFor(
  stage: Stage,
  statements: readonly Statement[],
  words: WordIndex,
  vocabulary: Vocabulary,
): CapabilityAnswer {
  const types = new Map(stage.devices.map(device => [device.name, plainType(device)]))
  const machine = platformWords(stage, vocabulary)
  const platform = machine?.capabilities ?? {}
  const byPlatform = capabilityAnswer({ types, platform })
  const mayTranslate = machine?.cpuTranslatesPasids ?? true
  const undeclared = stage.devices.length === 0 && !platform.PASID_DELEGATED
  const guessed = undeclared && mayTranslate && callsKvm(statements, words)
  if (!guessed) return byPlatform
  const byFlow = capabilityAnswer({ types: new Map([['', ENQCMD_MDEV]]), platform })
  return name => byFlow(name, '')
}

const callsKvm = (statements: readonly Statement[], words: WordIndex): boolean =>
  someCall(statements, ({ callee, args: [, command] }) => {
    return callee === 'ioctl' && command?.kind === 'name' && words.command(command.name)?.word.file === 'kvm'
  })

/** The path of a device that the flow never opens itself. */
export function devicePath(dialect: DialectWords, device: string): string {
  const file = dialect.files.find(({ kind, prefix }) => kind === 'device' && prefix)
  return `${file?.path ?? '/dev/vfio/devices/'}${device}`
}
