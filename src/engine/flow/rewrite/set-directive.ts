/**
 * Changes what a text says of its stage, and nothing else of the text: values are replaced where they
 * stand, comments and columns stay, what is new lines up with what is there.
 */
import { type DirectiveLine, directiveLines } from './directive-lines'
import { applyEdits, type TextEdit } from './edits'
import { newDirective } from './new-line'

/** Directives of which a text has many, told apart by their first word. */
const KEYED = new Set(['device', 'memory', 'window', 'poke'])

const oneLine = (value: string): string => value.replace(/\s*[\r\n]+\s*/g, ' ').trim()
const firstWord = (value: string): string => value.split(/\s+/, 1)[0] ?? ''

/**
 * The edits that make a text say `#name value`. `policy` takes `knob=value` pairs and leaves other knobs
 * as they are; `device`, `memory`, `window` and `poke` replace the line with the same first word. No edit
 * where the text says so already.
 */
function directiveEdits(text: string, name: string, value: string): TextEdit[] {
  const wanted = oneLine(value)
  if (name === 'policy') return policyEdits(text, wanted)
  const line = directiveLines(text).find(
    found => found.name === name && (!KEYED.has(name) || firstWord(found.value) === firstWord(wanted)),
  )
  return line === undefined ? [newDirective(text, name, wanted)] : replaced(line, wanted)
}

/** The text with `#name value` in it, by the edits above. */
export function setDirective(text: string, name: string, value: string): string {
  return applyEdits(text, directiveEdits(text, name, value))
}

/** The value of the directive in force, or null: of `policy` all pairs, the last of a knob last. */
export function readDirective(text: string, name: string): string | null {
  const lines = directiveLines(text).filter(line => line.name === name)
  if (name === 'policy' && lines.length > 0) return lines.map(line => line.value).join(' ')
  return lines[0]?.value ?? null
}

function replaced(line: DirectiveLine, value: string): TextEdit[] {
  if (line.value === value) return []
  const gap = line.gap === 0 ? ' ' : ''
  return [{ from: line.valueFrom, to: line.valueTo, insert: gap + value }]
}

interface Knob {
  readonly key: string
  readonly from: number
  readonly value: string
}

function knobsOf(line: DirectiveLine): Knob[] {
  return Array.from(line.value.matchAll(/([^\s=]+)=(\S*)/g), match => ({
    key: match[1] ?? '',
    value: match[2] ?? '',
    from: line.valueFrom + match.index,
  }))
}

/** The last setting of a knob is the one in force. */
function policyEdits(text: string, wanted: string): TextEdit[] {
  const lines = directiveLines(text).filter(line => line.name === 'policy')
  const there = lines.flatMap(knobsOf)
  const pairs = Array.from(
    wanted.matchAll(/([^\s=]+)=(\S*)/g),
    match => [match[1] ?? '', match[2] ?? ''] as const,
  )
  const isNew = ([key]: readonly [string, string]): boolean => there.every(knob => knob.key !== key)
  const edits = pairs.flatMap(([key, value]) => {
    const knob = there.findLast(found => found.key === key)
    if (knob === undefined || knob.value === value) return []
    const from = knob.from + key.length + 1
    return [{ from, to: from + knob.value.length, insert: value }]
  })
  const added = pairs.filter(isNew).map(([key, value]) => `${key}=${value}`)
  return added.length === 0 ? edits : [...edits, addedKnobs(text, lines.at(-1), added.join(' '))]
}

function addedKnobs(text: string, line: DirectiveLine | undefined, added: string): TextEdit {
  if (line === undefined) return newDirective(text, 'policy', added)
  return { from: line.valueTo, to: line.valueTo, insert: ` ${added}` }
}
