/**
 * How a key press is written: `j`, `?`, `Home`, `Shift+F8`, `Alt+.`, `Ctrl+Shift+p`. A key is named by
 * what it types. Shift is named only where it does not change that: with named keys, Ctrl or Alt. `@Comma` names a key
 * by its place on the keyboard, whatever it types there.
 */

export type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'> &
  Partial<Pick<KeyboardEvent, 'shiftKey' | 'code'>>

/** The command key of a Mac counts as Ctrl. */
export function keyName(press: Press): string {
  const { altKey } = press
  const ctrl = press.ctrlKey || press.metaKey
  const held = ctrl || altKey
  const typed = held ? typedPlain(press) : press.key
  const shift = press.shiftKey === true && (typed.length > 1 || (held && /^[a-z]$/.test(typed)))
  return `${ctrl ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${typed}`
}

/** With Ctrl or Alt a letter is its key's, also where another script or a dead key would be typed. */
function typedPlain({ key, code = '' }: Press): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  if (/^[A-Za-z]$/.test(key)) return key.toLowerCase()
  return letter !== undefined && key.length === 1 ? letter.toLowerCase() : key
}

/** Every way a table may name a press. */
export function keyNames(press: Press): readonly string[] {
  const name = keyName(press)
  const { code = '' } = press
  if (code === '') return [name]
  const held = name.slice(0, name.length - lastPart(name).length)
  return [name, `${held}@${code}`]
}

function lastPart(name: string): string {
  return /(?:^|\+)([^+]+|\+)$/.exec(name)?.[1] ?? name
}

/** True for a key that is pressed alone (WCAG 2.1.4): a letter, a digit or a sign. */
export function isSingleKey(name: string): boolean {
  return !/^(?:Ctrl|Alt)\+/.test(name) && (name.length === 1 || name.startsWith('@'))
}

const SHOWN: Readonly<Record<string, string>> = {
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  Escape: 'Esc',
  ' ': 'Space',
}
const PLACES: Readonly<Record<string, string>> = { Comma: ',', Period: '.', Slash: '/', Semicolon: ';' }

/** As it stands on the key cap: `Ctrl+Shift+P`, `Esc`, `Left`. */
export function keyShown(name: string): string {
  const last = lastPart(name)
  const held = name.slice(0, name.length - last.length)
  if (last.startsWith('@')) return held + (PLACES[last.slice(1)] ?? last.slice(1).replace(/^Key/, ''))
  return held + (SHOWN[last] ?? (held !== '' && last.length === 1 ? last.toUpperCase() : last))
}
