/**
 * Compiles src/engine/flow/flow.grammar into the committed pair flow.gen.ts and flow.terms.gen.ts.
 * `npm run grammar` writes them; grammar.test.ts checks that they are current.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildParserFile } from '@lezer/generator'

const FLOW = new URL('../engine/flow/', import.meta.url)
const BANNER = '// Made by `npm run grammar` from flow.grammar. Not edited by hand.\n'

export interface GrammarFiles {
  readonly 'flow.gen.ts': string
  readonly 'flow.terms.gen.ts': string
}

/** The two generated files as they should be for the grammar on disk. */
export function buildGrammarFiles(): GrammarFiles {
  const grammar = readFileSync(new URL('flow.grammar', FLOW), 'utf8')
  const warnings: string[] = []
  const made = buildParserFile(grammar, {
    fileName: 'flow.grammar',
    typeScript: true,
    warn: text => warnings.push(text),
  })
  if (warnings.length > 0) throw new Error(warnings.join('\n'))
  return { 'flow.gen.ts': BANNER + made.parser, 'flow.terms.gen.ts': BANNER + made.terms }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(buildGrammarFiles())) writeFileSync(new URL(name, FLOW), text)
}
