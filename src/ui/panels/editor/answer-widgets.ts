/** The pieces of DOM that stand beside and below the author's lines. Text only ever enters as text. */
import { type EditorView, WidgetType } from '@codemirror/view'
import type { Diagnostic, StepRecord } from '../../../engine'
import { isBad, stepOutcome } from '../../format/step-outcome'
import { element } from './dom'

/**
 * What a line answered: of several steps of one line, what went wrong, else the check that closes it,
 * else their values (`= 3, 4` for a flow's `[1...N]`).
 */
export function resultText(records: readonly StepRecord[]): string {
  const bad = records.find(isBad)
  const last = records.at(-1)
  if (last === undefined) return ''
  if (bad !== undefined || last.call === 'expect') return stepOutcome(bad ?? last).text
  const texts = [...new Set(records.map(record => stepOutcome(record).text))]
  const [first = '', ...more] = texts
  if (more.length > 2) return `${first} .. ${bare(more.at(-1) ?? '')}`
  return [first, ...more.map(bare)].join(', ')
}

function bare(text: string): string {
  return text.replace(/^= /, '')
}

/** What stands between backquotes is code. */
function quoted(message: string): (Node | string)[] {
  return message.split('`').map((part, at) => (at % 2 === 0 ? part : element('code', 'quoted', part)))
}

export class ResultWidget extends WidgetType {
  readonly text: string
  readonly refused: boolean

  constructor(text: string, refused: boolean) {
    super()
    this.text = text
    this.refused = refused
  }
  override eq(other: ResultWidget): boolean {
    return other.text === this.text && other.refused === this.refused
  }
  override toDOM(): HTMLElement {
    return element('span', `result ${this.refused ? 'refused' : ''}`, this.text)
  }
}

export class RefusalWidget extends WidgetType {
  readonly rule: string
  readonly message: string
  readonly expected: boolean

  constructor({ rule, message, expected }: StepRecord) {
    super()
    this.rule = rule ?? 'expect'
    this.message = `${expected ? 'as expected: ' : ''}${message ?? ''}`
    this.expected = expected
  }
  override eq(other: RefusalWidget): boolean {
    return other.rule === this.rule && other.message === this.message
  }
  override toDOM(): HTMLElement {
    const rule = element('code', '', this.rule)
    return element('div', this.expected ? 'line-note expected' : 'line-note', rule, this.message)
  }
}

export class BrokenWidget extends WidgetType {
  readonly diagnostic: Diagnostic

  constructor(diagnostic: Diagnostic) {
    super()
    this.diagnostic = diagnostic
  }
  override eq({ diagnostic }: BrokenWidget): boolean {
    const { message, span } = this.diagnostic
    return (
      diagnostic.message === message &&
      diagnostic.span.from === span.from &&
      diagnostic.fix?.from === this.diagnostic.fix?.from
    )
  }
  override toDOM(view: EditorView): HTMLElement {
    const { span, message, hint, fix } = this.diagnostic
    const place = element('code', '', `${span.line}:${span.column}`)
    const said = element('span', '', ...quoted(hint === null ? message : `${message}: ${hint}`))
    const tone = this.diagnostic.severity === 'error' ? 'line-note' : 'line-note info'
    const note = element('div', tone, place, said)
    if (fix === null) return note
    const button = element('button', '', fix.title)
    button.type = 'button'
    button.onclick = () => view.dispatch({ changes: { from: fix.from, to: fix.to, insert: fix.insert } })
    note.append(button)
    return note
  }
}
