/**
 * Text from outside (a file's name, a revision's title, a word of a flow) as the page shows it: a character
 * that would act on its neighbours, or hide, is written as an escape. What a run says of a flow was escaped
 * by the engine already.
 */

/** Control characters, zero-width ones, and those that turn the direction of text. */
const ACTIVE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** `\u202e` for each such character, the rest as it is. */
export function shown(text: string): string {
  return text.replace(ACTIVE, escaped)
}

/** As C and JavaScript write one UTF-16 unit. */
export function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The same characters but for tabs and line ends, for the editor, which shows lines itself. */
export const ACTIVE_IN_LINE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
