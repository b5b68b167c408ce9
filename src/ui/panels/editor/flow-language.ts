/** The flow language for the editor: the very grammar that the engine parses with, and a colour for each kind of word. */
import { HighlightStyle, LRLanguage, syntaxHighlighting, syntaxTree } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { Decoration, MatchDecorator, ViewPlugin } from '@codemirror/view'
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

const COMMAND = Decoration.mark({ class: 'tok-cmd' })

/** Names like IOASID_MAP_DMA: to the grammar they are names as any other. */
const commands = new MatchDecorator({
  regexp: /\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g,
  decorate: (add, from, to, _match, view) => {
    const { name } = syntaxTree(view.state).resolveInner(from, 1)
    if (name === 'VariableName') add(from, to, COMMAND)
  },
})

const commandWords = ViewPlugin.define(
  view => {
    const plugin = {
      marks: commands.createDeco(view),
      update(update: Parameters<typeof commands.updateDeco>[0]) {
        const parsed = syntaxTree(update.startState) !== syntaxTree(update.state)
        plugin.marks = parsed ? commands.createDeco(update.view) : commands.updateDeco(update, plugin.marks)
      },
    }
    return plugin
  },
  { decorations: ({ marks }) => marks },
)

export const flowLanguage: Extension = [language, syntaxHighlighting(COLOURS), commandWords]
