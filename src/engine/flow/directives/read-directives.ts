/**
 * Reads the directive lines of a text. The dialect's own checks (knobs, platform parameters) come later,
 * when it is known which dialect that is.
 */
import { error, info } from '../layout/findings'
import type { Range } from '../layout/pieces'
import { didYouMean, nearMisses } from '../words/near-miss'
import { readDevice } from './device'
import { complain, emptyDraft, type StageDraft } from './draft'
import { readMemlock, readMemory, readPoke } from './memory'
import { readWindow } from './window'
import { splitWords, type Word } from './words'

type Read = (draft: StageDraft, words: readonly Word[], at: Range, rest: string) => void

const READERS: Readonly<Record<string, Read>> = {
  title: (draft, _words, _at, rest) => {
    draft.title = rest.trim()
  },
  dialect: (draft, words, at) => {
    const [id] = words
    if (id === undefined) return complain(draft, at, '#dialect needs a dialect')
    if (draft.dialect !== null) return twice(draft, 'dialect', at)
    draft.dialect = id
  },
  section: (draft, words, at) => {
    const [number] = words
    if (number === undefined) return complain(draft, at, '#section needs the number of a heading')
    if (draft.section !== null) return twice(draft, 'section', at)
    draft.section = { ...number, text: number.text.replace(/\.$/, '') }
  },
  platform: (draft, words, at) => {
    const [id, ...params] = words
    if (id === undefined) return complain(draft, at, '#platform needs a platform')
    if (draft.platform !== null) return twice(draft, 'platform', at)
    draft.platform = { id, params }
  },
  policy: readPolicy,
  device: readDevice,
  memory: readMemory,
  memlock: readMemlock,
  window: readWindow,
  poke: readPoke,
}

/** The directives there are, in the order people write them. */
export const DIRECTIVE_NAMES: readonly string[] = Object.keys(READERS)

function twice(draft: StageDraft, name: string, at: Range): void {
  draft.findings.push(
    error({
      code: 'directive.twice',
      message: `a second #${name}: a flow has one`,
      from: at.from,
      to: at.to,
      fix: { title: 'Remove this line', from: at.from, to: at.to, insert: '' },
    }),
  )
}

function readPolicy(draft: StageDraft, words: readonly Word[], at: Range): void {
  if (words.length === 0) complain(draft, at, '#policy needs knob=value')
  for (const word of words) {
    const equals = word.text.indexOf('=')
    if (equals <= 0) complain(draft, word, `\`${word.text}\` is not knob=value`)
    else {
      draft.policy.push({
        key: { text: word.text.slice(0, equals), from: word.from, to: word.from + equals },
        value: { text: word.text.slice(equals + 1), from: word.from + equals + 1, to: word.to },
      })
    }
  }
}

/** Reads all directives of a text whose comments are blanked. */
export function readDirectives(code: string, directives: readonly Range[]): StageDraft {
  const draft = emptyDraft()
  for (const range of directives) {
    const [head, ...words] = splitWords(code, range)
    if (head === undefined) continue
    const read = READERS[head.text.slice(1)]
    if (read === undefined || !Object.hasOwn(READERS, head.text.slice(1))) unknown(draft, head)
    else read(draft, words, range, code.slice(head.to, range.to))
  }
  checkWindows(draft)
  return draft
}

/** A window of a device that is not: with one `#device` no other exists. */
function checkWindows(draft: StageDraft): void {
  const names = draft.devices.map(device => device.name)
  if (names.length === 0) return
  for (const { devices, liobn, at } of draft.windows) {
    const unknown = devices.find(name => !names.includes(name))
    if (unknown === undefined) continue
    const message = `window ${liobn} names \`${unknown}\`, which no #device describes`
    complain(draft, at, message, didYouMean(nearMisses(unknown, names)))
  }
}

/** Near a directive it is a mistake; any other `#word` is somebody's heading. */
function unknown(draft: StageDraft, head: Word): void {
  const near = nearMisses(head.text.slice(1).toLowerCase(), DIRECTIVE_NAMES)
  const [first] = near
  const range = { from: head.from, to: head.to }
  if (first === undefined) {
    draft.findings.push(
      info({ code: 'directive.unknown', message: `\`${head.text}\` is not a directive: skipped`, ...range }),
    )
    return
  }
  draft.findings.push(
    error({
      code: 'directive.unknown',
      message: `\`${head.text}\` is not a directive`,
      hint: didYouMean(near.map(name => `#${name}`)),
      ...range,
      fix: { title: `Change to #${first}`, ...range, insert: `#${first}` },
    }),
  )
}
