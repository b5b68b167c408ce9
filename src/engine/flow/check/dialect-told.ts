/**
 * Tells the dialect of a flow that does not say it: the first file opened that belongs to one dialect
 * decides; where several share the file, the first command that tells them apart; else the commands known.
 */
import type { Statement } from '../syntax/ast'
import { type CallExpression, someCall } from '../syntax/walk'
import type { DialectWords, Vocabulary } from '../vocabulary'

const MOST_CALLS = 20_000
const MOST_COMMANDS = 100

export function tellDialect(statements: readonly Statement[], vocabulary: Vocabulary): DialectWords | null {
  let candidates: readonly DialectWords[] = []
  let told: DialectWords | null = null
  let calls = 0
  someCall(statements, call => {
    if (call.callee === 'open' && candidates.length === 0) candidates = tellingPath(call, vocabulary)
    if (call.callee === 'ioctl') told = tellingCommand(call, vocabulary, candidates)
    return told !== null || candidates.length === 1 || ++calls > MOST_CALLS
  })
  return told ?? candidates[0] ?? byKnownCommands(statements, vocabulary)
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

function tellingCommand(
  call: CallExpression,
  vocabulary: Vocabulary,
  among: readonly DialectWords[],
): DialectWords | null {
  const command = commandOf(call)
  if (command === null) return null
  const telling = vocabulary.dialects.filter(({ tells }) => tells.commands.includes(command))
  const possible = among.length === 0 ? telling : telling.filter(dialect => among.includes(dialect))
  const [only] = possible
  return possible.length === 1 ? (only ?? null) : null
}

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
