/** What stands between backquotes is code. */
export function Quoted({ text }: { readonly text: string }) {
  return text.split('`').map((part, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence keep their places
    at % 2 === 0 ? part : <code key={at}>{part}</code>,
  )
}
