/** What an address asks for, told from its letters alone. */

export type Asked =
  | { readonly kind: 'nothing' }
  /** `#g.2`, `#g.prereg-ioas:7`: an item of the gallery, perhaps at a step. */
  | { readonly kind: 'gallery'; readonly code: string; readonly step: number | null }
  /** Something that should hold a link, and all of it: transit may have put it anywhere. */
  | { readonly kind: 'link'; readonly address: string }

const GALLERY = /^#g\.([a-z0-9-]{1,60})(?::(\d{1,7}))?$/i
/** An escaped `#` leaves the link in the path or the query. */
const ELSEWHERE = /(?:[?&]s=|%23|\/#?)v[1-9]\d{0,3}\.[0-9a-z]{1,4}\./

export function askedBy({ hash, href }: Pick<Location, 'hash' | 'href'>): Asked {
  const item = GALLERY.exec(hash)
  if (item !== null) {
    const [, code = '', step] = item
    return { kind: 'gallery', code: code.toLowerCase(), step: step === undefined ? null : Number(step) }
  }
  if (hash.length > 1 || ELSEWHERE.test(href)) return { kind: 'link', address: href }
  return { kind: 'nothing' }
}

/** The page's own address without what a link may have been in. */
export function pageAddress({ origin, pathname }: Pick<Location, 'origin' | 'pathname'>): string {
  return origin + pathname
}
