/** The flow language for the editor: the very grammar that the engine parses with, and a colour for each kind of word. */
import {
  defineLanguageFacet,
  HighlightStyle,
  Language,
  languageDataProp,
  syntaxHighlighting,
  syntaxTree,
} from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { Decoration, MatchDecorator, ViewPlugin } from '@codemirror/view'
import { type Input, NodeType, Parser, type PartialParse, Tree, type TreeFragment } from '@lezer/common'
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

/** A text longer than this is shown without colours: parsing it would keep the page busy for seconds. Characters. */
const MOST_COLOURED = 500_000

const data = defineLanguageFacet({ commentTokens: { line: '//', block: { open: '/*', close: '*/' } } })

class BoundedParser extends Parser {
  readonly #inner = flowParser.configure({
    top: 'Flow',
    props: [languageDataProp.add(type => (type.isTop ? data : undefined))],
  })

  override createParse(
    input: Input,
    fragments: readonly TreeFragment[],
    ranges: readonly { from: number; to: number }[],
  ): PartialParse {
    return input.length > MOST_COLOURED
      ? plain(input.length)
      : this.#inner.createParse(input, fragments, ranges)
  }
}

function plain(length: number): PartialParse {
  return { parsedPos: length, stoppedAt: null, stopAt: () => undefined, advance: () => bare(length) }
}

const bare = (length: number) => new Tree(NodeType.none, [], [], length)

const language = new Language(data, new BoundedParser(), [], 'flow')

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
