/** The link codec, fetched when a link is first read or made. */
import type { LinkView } from '../../share'

type Codec = typeof import('../../share')

let codec: Promise<Codec> | null = null

export function loadCodec(): Promise<Codec> {
  codec ??= import('../../share')
  return codec
}

export type Made =
  | { readonly ok: true; readonly link: string }
  | { readonly ok: false; readonly message: string }

/** The link of a text and a view, without `#`. */
export async function makeLink(text: string, view: LinkView): Promise<Made> {
  const { encodeLink, linkProblemText } = await loadCodec()
  const made = encodeLink({ text, view })
  return made.ok ? { ok: true, link: made.value } : { ok: false, message: linkProblemText(made.problem) }
}
