/**
 * The card of a word: by itself, or where it stands in a flow. Every dialect, platform, knob and built-in
 * that is registered has its cards by that alone; tests ask for all of them.
 */
import type { Dialect } from '../dialects/contract'
import { DIALECTS, dialectById } from '../dialects/registry'
import { commandCard, fieldCard } from './cards/command'
import { dialectCard, directiveCard, knobCard, optionCard, platformCard } from './cards/stage'
import {
  builtinCard,
  constantCard,
  coreCard,
  errnoCard,
  fileCard,
  observedCard,
  ruleCard,
  statusCard,
} from './cards/words'
import type { HelpAt, HelpCard } from './contract'
import { named, type Place, placeAt } from './place'

/** The dialect of an id, or the first there is. */
export function dialectOr(id: string | null): Dialect {
  const found = dialectById(id ?? '') ?? DIALECTS[0]
  if (found === undefined) throw new Error('no dialect is registered')
  return found
}

/** The card of a word that stands alone: a command, constant, errno, rule id, event, `#directive`, path. */
export function helpFor(word: string, dialectId: string | null): HelpCard | null {
  const dialect = dialectOr(dialectId)
  if (word.startsWith('#')) return directiveCard(word.slice(1))
  if (word.includes('/')) return fileCard(dialect, word)
  if (word.startsWith('.')) return fieldCard(dialect, null, word.slice(1))
  return (
    codeCard(dialect, word) ??
    knobCard(word) ??
    dialectCard(word) ??
    platformCard(word) ??
    observedCard(word) ??
    fieldCard(dialect, null, word)
  )
}

/** The card of what stands at an offset of a text, or null where nothing is to be said. */
export function helpAt(text: string, offset: number, dialectId: string | null): HelpAt | null {
  const dialect = dialectOr(dialectId)
  const place = placeAt(text, offset, dialect)
  const card = place.word === '' ? null : cardAt(place, dialect)
  return card === null ? null : { from: place.from, to: place.to, card }
}

function cardAt(place: Place, dialect: Dialect): HelpCard | null {
  const { kind, word, directive, behind, command } = place
  switch (kind) {
    case 'comment':
      return null
    case 'path':
      return fileCard(dialect, word)
    case 'field':
      return fieldCard(dialect, command, word)
    case 'directive':
      return directive === null ? directiveCard(word) : optionCard(directive, word, behind)
    case 'command':
    case 'code':
      return codeCard(dialect, word)
  }
}

function codeCard(dialect: Dialect, word: string): HelpCard | null {
  const command = named(word, dialect)
  if (command !== null) return commandCard(dialect, command, word)
  return (
    builtinCard(word) ??
    constantCard(dialect, word) ??
    coreCard(word) ??
    statusCard(word) ??
    errnoCard(dialect, word) ??
    ruleCard(dialect, word)
  )
}
