/** What is taken for conditions in words, and the edit that would make the text say the other. */
import type { CapabilityAnswer } from '../check/capabilities'
import { decideWords } from '../check/capabilities'
import type { BranchChoice, CompileOptions, Fix } from '../program'
import type { WordedBranch } from '../syntax/assemble'
import type { SourceMap } from './source-map'

export interface BranchInput {
  readonly branches: readonly WordedBranch[]
  readonly answer: CapabilityAnswer
  readonly options: CompileOptions
  readonly places: SourceMap
}

export function decideBranches(input: BranchInput): BranchChoice[] {
  return input.branches.map(branch => decide(branch, input))
}

/** The condition with its answer written in front. */
function saying({ banner, text }: WordedBranch, value: boolean): string {
  if (banner) return `/****** If ${value}: ${text} ******/`
  return `if (${value} /* ${text.replace(/\*\//g, '')} */)`
}

function decide(branch: WordedBranch, { answer, options, places }: BranchInput): BranchChoice {
  const { line, from, to } = places.span(branch.from, branch.to)
  const chosen = options.branches?.get(line)
  const known = decideWords(branch.text, answer)
  const taken = chosen ?? known ?? false
  const decidedBy = chosen !== undefined ? 'chosen' : known !== null ? 'capability' : 'assumed'
  const edit = (value: boolean): Fix => ({
    title: `Take this as ${value}`,
    from,
    to,
    insert: saying(branch, value),
  })
  return { line, condition: branch.text, taken, decidedBy, flip: edit(!taken), keep: edit(taken) }
}
