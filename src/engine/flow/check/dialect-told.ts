/**
 * Tells the dialect of a flow that does not say it: the first file opened that belongs to one dialect
 * decides; where several share the file, the first command that only one of them has; else the commands known.
 */
import type { Statement } from '../syntax/ast'
import { type CallExpression, someCall } from '../syntax/walk'
import type { DialectWords, Vocabulary } from '../vocabulary'

const MOST_CALLS = 20_000
const MOST_COMMANDS = 100

export function tellDialect(statements: readonly Statement[], vocabulary: Vocabulary): DialectWords | null {
  let candidates: readonly DialectWords[] = []
  let told: DialectWords | null = null
  let likely: DialectWords | null = null
  let calls = 0
  someCall(statements, call => {
    if (call.callee === 'open' && candidates.length === 0) candidates = tellingPath(call, vocabulary)
    if (call.callee === 'ioctl') {
      const { sure, telling } = tellingCommand(call, vocabulary, candidates)
      if (sure) told = telling
      likely ??= telling
    }
    return told !== null || candidates.length === 1 || ++calls > MOST_CALLS
  })
  return told ?? likely ?? candidates[0] ?? byKnownCommands(statements, vocabulary)
}

function tellingPath(call: CallExpression, vocabulary: Vocabulary): readonly DialectWords[] {
  const [path] = call.args
  if (path?.kind !== 'text') return []
  return vocabulary.dialects.filter(({ tells }) => tells.paths.includes(path.value))
}

const commandOf = (call: CallExpression): string | null => {
  const command = call.args[1]
  return command?.kind === 'name' ? command.name : null
}

interface Telling {
  readonly telling: DialectWords | null
  /** No other dialect in question has the command. */
  readonly sure: boolean
}

/** A command of one dialect tells it; one that others have too tells only where nothing better comes. */
function tellingCommand(
  call: CallExpression,
  { dialects }: Vocabulary,
  among: readonly DialectWords[],
): Telling {
  const command = commandOf(call)
  const possible = among.length === 0 ? dialects : among
  const [telling, other] = possible.filter(
    ({ tells }) => command !== null && tells.commands.includes(command),
  )
  if (command === null || telling === undefined || other !== undefined) return { telling: null, sure: false }
  return { telling, sure: !possible.some(dialect => dialect !== telling && knows(dialect, command)) }
}

const knows = ({ commands }: DialectWords, command: string): boolean =>
  commands.some(({ name, aliases }) => name === command || aliases.includes(command))

function byKnownCommands(statements: readonly Statement[], vocabulary: Vocabulary): DialectWords | null {
  const used = new Set<string>()
  someCall(statements, call => {
    const command = call.callee === 'ioctl' ? commandOf(call) : null
    if (command !== null) used.add(command)
    return used.size > MOST_COMMANDS
  })
  let best: DialectWords | null = null
  let most = 0
  for (const dialect of vocabulary.dialects) {
    const known = dialect.commands.filter(word =>
      [word.name, ...word.aliases].some(name => used.has(name)),
    ).length
    if (known > most) best = dialect
    most = Math.max(most, known)
  }
  return best
}
