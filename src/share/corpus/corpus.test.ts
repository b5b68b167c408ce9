/**
 * Links of every form ever released, as they were sent, with what they carried. They open forever, byte
 * for byte: lines are added to these files and none is ever changed or taken out.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeLink } from '../link'
import { DICTIONARY } from '../v1/dictionary.data'
import { VERSIONS } from '../versions'

interface Sent {
  readonly what: string
  readonly link: string
  readonly text: string
  readonly view: object
}

const sent = (version: number): Sent[] =>
  JSON.parse(readFileSync(new URL(`v${version}.json`, import.meta.url), 'utf8'))

describe.each(VERSIONS.map(({ version }) => version))('links of form v%i', version => {
  it.each(sent(version).map(one => [one.what, one] as const))('open: %s', (_what, { link, text, view }) => {
    expect(link.startsWith(`v${version}.`)).toBe(true)
    expect(decodeLink(link)).toEqual({ ok: true, value: { text, view } })
  })
})

it('the dictionary of v1 is what it was', () => {
  expect(createHash('sha256').update(DICTIONARY).digest('hex')).toBe(
    '1c896c4f8209b6e9943736537a7f8a2aafda40b7819e4d9a69cdf445a400163e',
  )
})

it('the corpus is what it was, line by line, and may only grow', () => {
  const first = sent(1).slice(0, 7)
  expect(createHash('sha256').update(JSON.stringify(first)).digest('hex')).toBe(
    '156c42dc4487a1de8f81aff78247e86392ece9328c0829507676fe5b1268305d',
  )
})
