/**
 * What a text consists of, before any of it is parsed: statements, block marks, directives, headings and
 * banners, each as a range of the uncommented text.
 */

export interface Range {
  readonly from: number
  readonly to: number
}

export interface StatementPiece extends Range {
  readonly kind: 'statement' | 'if'
  /** Brackets that recovery closes at the end, e.g. `})`. */
  readonly closers: string
}

export interface HeadingPiece extends Range {
  readonly kind: 'heading'
  /** `5.2` of a section, `5` of a chapter. */
  readonly number: string
  readonly title: string
}

export interface BannerPiece extends Range {
  readonly kind: 'banner'
  /** What stands between the stars; empty ends the section above. */
  readonly text: string
}

export interface MarkPiece extends Range {
  readonly kind: 'else' | 'open' | 'close' | 'directive' | 'broken'
}

export type Piece = StatementPiece | HeadingPiece | BannerPiece | MarkPiece

const HEADING = /^\s*(?:#{1,6}\s+)?(\d{1,2}\.\d{1,2})(\.?)\s+(\S.{0,200})$/
const CHAPTER = /^\s*(?:#{1,6}\s+)?(\d{1,2})\.\s+(\S.{0,200})$/
const UNDERLINE = /^\s*([-=+~^])\1{3,}\s*$/

/**
 * `5.2. Multiple IOASIDs` with its dot, a Markdown mark or an underline below; `5. Flows` of a chapter only
 * with one of the last two, as lists are numbered like that.
 */
export function headingOf(line: string, next: string): { number: string; title: string } | null {
  const marked = /^\s*#/.test(line) || UNDERLINE.test(next)
  const section = HEADING.exec(line.slice(0, 300))
  if (section !== null)
    return marked || section[2] === '.' ? { number: section[1] ?? '', title: trimmed(section[3]) } : null
  const chapter = marked ? CHAPTER.exec(line.slice(0, 300)) : null
  return chapter === null ? null : { number: chapter[1] ?? '', title: trimmed(chapter[2]) }
}

const trimmed = (title: string | undefined): string => (title ?? '').replace(/\s+$/, '')

/** The words of a comment drawn as a banner (three stars or more), or null for any other comment. */
export function bannerOf(comment: string): string | null {
  if (!/^\/\*{3,}/.test(comment) || comment.length > 2000) return null
  return comment
    .replace(/^\/\*+|\*+\/$/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
