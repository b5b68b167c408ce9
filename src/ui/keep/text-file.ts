/** The text of a file somebody chose or dropped, or what is wrong with it. */

export type Taken =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string }

/** More than any flow; less than what makes a page slow. */
export const MOST_BYTES = 4 * 1024 * 1024
const MEBI = 1024 * 1024

type Readable = Pick<Blob, 'size' | 'arrayBuffer'> & { readonly name: string }

/** Reads UTF-8, UTF-16 with its mark, and what is neither as Windows-1252, which old mails are in. Never rejects. */
export async function takeFile(file: Readable): Promise<Taken> {
  if (file.size > MOST_BYTES) {
    const size = (file.size / MEBI).toFixed(1)
    return refused(`${file.name} has ${size} MiB; a flow of at most ${MOST_BYTES / MEBI} MiB can be opened.`)
  }
  const bytes = await file.arrayBuffer().then(
    buffer => new Uint8Array(buffer),
    () => null,
  )
  if (bytes === null) return refused(`${file.name} cannot be read.`)
  const text = decoded(bytes)
  if (text.includes('\0')) return refused(`${file.name} is not text.`)
  return { ok: true, text }
}

function refused(what: string): Taken {
  return { ok: false, problem: `${what} Your text is as it was.` }
}

function decoded(bytes: Uint8Array<ArrayBuffer>): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
