/** The flow language for the editor: the very grammar that the engine parses with, and a colour for each kind of word. */
import { HighlightStyle, LRLanguage, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { tags } from '@lezer/highlight'
import { flowParser } from '../../../engine'

const COLOURS = HighlightStyle.define([
  { tag: [tags.controlKeyword, tags.keyword, tags.operatorKeyword, tags.typeName], class: 'tok-kw' },
  { tag: tags.function(tags.variableName), class: 'tok-kw' },
  { tag: tags.string, class: 'tok-str' },
  { tag: tags.number, class: 'tok-num' },
  { tag: [tags.comment, tags.docComment, tags.quote], class: 'tok-com' },
  { tag: [tags.processingInstruction, tags.attributeValue], class: 'tok-dir' },
])

const language = LRLanguage.define({
  name: 'flow',
  parser: flowParser.configure({ top: 'Flow' }),
  languageData: { commentTokens: { line: '//', block: { open: '/*', close: '*/' } } },
})

export const flowLanguage: Extension = [language, syntaxHighlighting(COLOURS)]
