/** The pieces of DOM that stand beside and below the author's lines. Text only ever enters as text. */
import { type EditorView, WidgetType } from '@codemirror/view'
import type { Diagnostic, StepRecord } from '../../../engine'

/** `= 0`, `-EINVAL`, and for several steps of one line `= 3, 4`. */
export function resultText(records: readonly StepRecord[]): string {
  const refused = records.find(record => record.errno !== null)
  if (refused !== undefined) return `-${refused.errno}`
  const values = [...new Set(records.map(record => record.ret))]
  const shown = values.length > 3 ? [...values.slice(0, 2), '..', values.at(-1)] : values
  return `= ${shown.join(', ').replace(', .., ', ' .. ')}`
}

function element(tag: 'span' | 'div' | 'code' | 'button', className: string, text = ''): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
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

  constructor({ rule, message }: StepRecord) {
    super()
    this.rule = rule ?? ''
    this.message = message ?? ''
  }
  override eq(other: RefusalWidget): boolean {
    return other.rule === this.rule && other.message === this.message
  }
  override toDOM(): HTMLElement {
    const note = element('div', 'line-note')
    note.append(element('code', '', this.rule), element('span', '', this.message))
    return note
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
    const note = element('div', 'line-note')
    note.append(element('code', '', `${span.line}:${span.column}`))
    note.append(element('span', '', hint === null ? message : `${message}. ${hint}`))
    if (fix === null) return note
    const button = element('button', '', fix.title)
    button.onclick = () => view.dispatch({ changes: { from: fix.from, to: fix.to, insert: fix.insert } })
    note.append(button)
    return note
  }
}
