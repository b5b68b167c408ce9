/**
 * Tells the dialect of a flow that does not say it: the first file opened that belongs to one dialect
 * decides; where several share the file, the first command that tells them apart; else the commands known.
 */
import type { Statement } from '../syntax/ast'
import type { DialectWords, Vocabulary } from '../vocabulary'
import { type CallExpression, callsIn } from './calls-in'

const MOST_CALLS = 20_000

export function tellDialect(statements: readonly Statement[], vocabulary: Vocabulary): DialectWords | null {
  let candidates: readonly DialectWords[] = []
  let calls = 0
  for (const { call } of callsIn(statements)) {
    if (++calls > MOST_CALLS) break
    const told = call.callee === 'open' ? tellingPath(call, vocabulary) : null
    if (told !== null && candidates.length === 0) {
      candidates = told
      if (candidates.length === 1) break
    }
    const by = call.callee === 'ioctl' ? tellingCommand(call, vocabulary, candidates) : null
    if (by !== null) return by
  }
  const [first] = candidates
  return first ?? byKnownCommands(statements, vocabulary)
}

function tellingPath(call: CallExpression, vocabulary: Vocabulary): readonly DialectWords[] | null {
  const [path] = call.args
  if (path?.kind !== 'text') return null
  const dialects = vocabulary.dialects.filter(({ tells }) => tells.paths.includes(path.value))
  return dialects.length === 0 ? null : dialects
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
  for (const { call } of callsIn(statements)) {
    const command = call.callee === 'ioctl' ? commandOf(call) : null
    if (command !== null) used.add(command)
    if (used.size > 100) break
  }
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
