/** A card of one word as DOM: how it is written, what it means, its struct, what may be refused, its sources. */
import type { HelpCard, HelpMember, HelpRefusal, HelpStruct } from '../../../engine'
import { shown } from '../../format/shown'
import { element } from './dom'

/** `dense` leaves out what only a reader with time wants: beside a list of completions. */
export function helpCard(card: HelpCard, dense = false): HTMLElement {
  const root = element('div', 'help-card')
  root.append(head(card), element('p', '', shown(card.text)))
  if (card.struct !== null) root.append(structure(card.struct))
  if (card.rows.length > 0) root.append(facts(card))
  if (dense) return root
  if (card.refusals.length > 0) root.append(refusals(card.refusals))
  if (card.links.length > 0) root.append(links(card))
  return root
}

const KINDS: Readonly<Partial<Record<HelpCard['kind'], string>>> = { name: '', value: 'knob value' }

function head({ title, kind }: HelpCard): HTMLElement {
  return element(
    'div',
    'help-head',
    element('code', '', shown(title)),
    element('span', 'help-kind', KINDS[kind] ?? kind),
  )
}

/** As pahole prints a struct, with the sentence of each member behind it. */
function structure({ name, members, note }: HelpStruct): HTMLElement {
  const table = element('div', 'help-struct')
  table.append(element('code', 'help-brace', name === null ? 'struct {' : `struct ${name} {`))
  for (const member of members) table.append(...memberCells(member))
  table.append(element('code', 'help-brace', note === null ? '};' : `}; /* ${note} */`))
  return table
}

function memberCells({ type, name, offset, bytes, way, doc, aliases }: HelpMember): HTMLElement[] {
  const place = offset === null ? '' : `${offset}${bytes === null ? '' : ` ${bytes}`}`
  const also = aliases.length === 0 ? '' : ` Also .${aliases.join(', .')}.`
  return [
    element('code', 'help-type', type),
    element('code', 'help-member', `${name};`),
    element(
      'span',
      'help-doc',
      `${way === 'in' ? '' : `${way}: `}${doc}${/[.]$/.test(doc) ? '' : '.'}${also}`,
      ...(place === '' ? [] : [element('code', 'help-place', place)]),
    ),
  ]
}

function facts({ rows }: HelpCard): HTMLElement {
  const list = element('dl', 'help-facts')
  for (const { label, text } of rows)
    list.append(element('dt', '', shown(label)), element('dd', '', shown(text)))
  return list
}

function refusals(all: readonly HelpRefusal[]): HTMLElement {
  const list = element('dl', 'help-refusals')
  list.setAttribute('aria-label', 'May be refused')
  for (const { errno, rule, text, source, basis } of all) {
    list.append(
      element('dt', '', element('code', 'help-errno', `-${errno}`), element('code', '', rule)),
      element('dd', '', `${text}. `, element('span', 'help-source', `${basis}, ${source}`)),
    )
  }
  return list
}

/** Only lists of mail are ever linked to; the engine makes the address. */
function links({ links: all }: HelpCard): HTMLElement {
  const list = element('ul', 'help-links')
  for (const { title, href } of all) {
    if (!href.startsWith('https://lore.kernel.org/')) continue
    const link = element('a', '', title)
    link.href = href
    link.target = '_blank'
    link.rel = 'noreferrer noopener'
    list.append(element('li', '', link))
  }
  return list
}
