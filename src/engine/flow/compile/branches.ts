/** What is taken for conditions in words, and the edit that would make the text say the other. */
import type { CapabilityAnswer } from '../check/capabilities'
import { decideWords } from '../check/capabilities'
import type { BranchChoice, CompileOptions } from '../program'
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

function decide(branch: WordedBranch, { answer, options, places }: BranchInput): BranchChoice {
  const { line, from, to } = places.span(branch.from, branch.to)
  const chosen = options.branches?.get(line)
  const known = decideWords(branch.text, answer)
  const taken = chosen ?? known ?? false
  const decidedBy = chosen !== undefined ? 'chosen' : known !== null ? 'capability' : 'assumed'
  const words = `${!taken} /* ${branch.text.replace(/\*\//g, '')} */`
  const insert = branch.banner ? `/****** If ${!taken}: ${branch.text} ******/` : `if (${words})`
  const title = taken ? 'Take this as false' : 'Take this as true'
  return { line, condition: branch.text, taken, decidedBy, flip: { title, from, to, insert } }
}
