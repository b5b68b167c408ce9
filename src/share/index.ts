/** Links: a whole scenario, and where its sender stood in it, as one line of text. Knows nothing of flows. */
export { decodeLink, encodeLink } from './link'
export {
  type LinkProblem,
  linkProblemText,
  MOST_LINK_CHARS,
  MOST_SHARED_BYTES,
  type Result,
} from './problem'
export { openLink } from './transit'
export type { LinkView, Shared } from './view'
