/** Cards of the words of directives: directives themselves, their options, dialects, platforms, knobs. */
import { choices, type KnobChoice } from '../../session/choices'
import type { HelpCard } from '../contract'
import { DIRECTIVES } from '../directives.data'
import { card, rows, sentence } from './card'

const CHOICES = choices()

export function directiveCard(name: string): HelpCard | null {
  const found = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined
  if (found === undefined) return null
  return card({
    word: `#${name}`,
    kind: 'directive',
    title: found.form,
    text: found.doc,
    rows: rows(found.options.map(option => [option.name, option.doc])),
  })
}

/** A word behind a directive: an option, an id, a knob or one of its values. */
export function optionCard(directive: string, word: string, behind: string | null): HelpCard | null {
  switch (directive) {
    case 'dialect':
      return dialectCard(word)
    case 'platform':
      return behind === null ? (platformCard(word) ?? paramCard(word)) : paramCard(behind)
    case 'policy':
      return behind === null ? knobCard(word) : (valueCard(behind, word) ?? knobCard(behind))
    default:
      return directiveOption(directive, behind ?? word)
  }
}

function directiveOption(directive: string, word: string): HelpCard | null {
  const options = Object.hasOwn(DIRECTIVES, directive) ? (DIRECTIVES[directive]?.options ?? []) : []
  const found = options.find(({ name }) => name === word || name === `${word}=`)
  if (found === undefined) return null
  const values = (found.values ?? []).join(', ')
  return card({
    word,
    kind: 'option',
    title: `#${directive} .. ${found.name}`,
    text: sentence(found.doc),
    rows: rows([['Values', values]]),
  })
}

export function dialectCard(id: string): HelpCard | null {
  const found = CHOICES.dialects.find(dialect => dialect.id === id)
  if (found === undefined) return null
  return card({
    word: id,
    kind: 'dialect',
    title: `#dialect ${id}`,
    text: `${found.title}.`,
    rows: rows(found.notModelled.map(what => ['Not modelled', what])),
  })
}

export function platformCard(id: string): HelpCard | null {
  const found = CHOICES.platforms.find(platform => platform.id === id)
  if (found === undefined) return null
  return card({
    word: id,
    kind: 'platform',
    title: `#platform ${id}`,
    text: `${found.title}.`,
    rows: rows([
      ...found.params.map(({ key, doc }): [string, string] => [`${key}=`, doc]),
      ...found.notModelled.map((what): [string, string] => ['Not modelled', what]),
    ]),
  })
}

function paramCard(key: string): HelpCard | null {
  for (const { id, params } of CHOICES.platforms) {
    const found = params.find(param => param.key === key || (param.values ?? []).includes(key))
    if (found === undefined) continue
    const values = (found.values ?? []).join(', ')
    return card({
      word: key,
      kind: 'option',
      title: `#platform ${id} ${found.key}=`,
      text: sentence(found.doc),
      rows: rows([
        ['Values', values],
        ['Default', found.default],
      ]),
    })
  }
  return null
}

/** The knob as each dialect that has it sees it. */
export function knobCard(key: string): HelpCard | null {
  const all = CHOICES.dialects.flatMap(({ title, knobs }) =>
    knobs.filter(knob => knob.key === key).map(knob => ({ title, knob })),
  )
  const [first] = all
  if (first === undefined) return null
  const { knob } = all.find(each => each.knob.default !== null) ?? first
  return card({
    word: key,
    kind: 'knob',
    title: `#policy ${key}=${knob.values.map(({ value }) => value).join('|')}`,
    text: [`${knob.title}.`, knob.argued].join(' ').trim(),
    rows: rows([
      ...knob.values.map((value): [string, string] => [value.value, meaning(value)]),
      ...all.map(({ title, knob: { default: standard } }): [string, string] => [
        title,
        standard === null ? 'has no such knob' : `${standard} unless told`,
      ]),
    ]),
  })
}

function meaning({ means, by, modelled }: KnobChoice['values'][number]): string {
  return (
    [means, by === '' ? '' : `(${by})`, modelled ? '' : 'not modelled here']
      .filter(part => part !== '')
      .join(' ') || 'a value of its own'
  )
}

function valueCard(key: string, value: string): HelpCard | null {
  const knob = knobCard(key)
  const row = knob?.rows.find(({ label }) => label === value)
  if (knob === null || row === undefined) return null
  return { ...knob, word: value, kind: 'value', title: `#policy ${key}=${value}`, text: sentence(row.text) }
}
