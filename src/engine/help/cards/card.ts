/** The parts that cards of every kind are made of. */
import type { Dialect, Mail } from '../../dialects/contract'
import { ruleText } from '../../kernel/outcome'
import { RULES, type RuleId } from '../../kernel/rules.data'
import type { HelpCard, HelpLink, HelpRefusal, HelpRow } from '../contract'

export type CardParts = Pick<HelpCard, 'word' | 'kind' | 'title' | 'text'> & Partial<HelpCard>

export const card = (parts: CardParts): HelpCard => ({
  struct: null,
  rows: [],
  refusals: [],
  links: [],
  ...parts,
})

/** Leaves out what has nothing to say. */
export const rows = (pairs: readonly (readonly [label: string, text: string])[]): HelpRow[] =>
  pairs.filter(([, text]) => text !== '').map(([label, text]) => ({ label, text }))

export const isRule = (id: string): id is RuleId => Object.hasOwn(RULES, id)

export function refusal(id: RuleId, dialect: Dialect): HelpRefusal {
  const { errno, source, basis } = RULES[id]
  return { errno: dialect.errnos[id] ?? errno, rule: id, text: ruleText(id), source, basis }
}

/** `family.*` stands for every rule of the family. In the order of the list, each once. */
export function rulesNamed(patterns: readonly string[]): RuleId[] {
  const ids = Object.keys(RULES).filter(isRule)
  const found = patterns.flatMap(pattern =>
    pattern.endsWith('.*')
      ? ids.filter(id => id.startsWith(pattern.slice(0, -1)))
      : ids.filter(id => id === pattern),
  )
  return [...new Set(found)]
}

/** The mails that a source speaks of. */
export function linksOf(source: string, { docs }: Dialect): HelpLink[] {
  const mails = Object.entries(docs.mails).filter(([word]) => new RegExp(`\\b${word}\\b`).test(source))
  const links = mails.map(([, mail]) => linkTo(mail))
  return links.filter((link, at) => links.findIndex(({ href }) => href === link.href) === at)
}

function linkTo({ title, author, date, messageId }: Mail): HelpLink {
  return { title: `${author}, ${title}, ${date}`, href: `https://lore.kernel.org/r/${encodeURI(messageId)}` }
}

export const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.)]$/.test(text) ? '' : '.'}`
