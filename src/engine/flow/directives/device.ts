/** `#device NAME pci RID|mdev PARENT|swmdev [group N] [pasid[=BITS]] [ats] [pri] [nosnoop] [type 1-8] [driver D] [path P]` */
import type { Range } from '../layout/pieces'
import type { DeviceDirective } from '../program'
import { complain, type Placed, type StageDraft } from './draft'
import { countOf, type Word } from './words'

type Draft = { -readonly [K in keyof Placed<DeviceDirective>]: Placed<DeviceDirective>[K] }

export const DEVICE_FORM =
  '#device NAME pci RID | mdev PARENT | swmdev [group N] [pasid=BITS] [ats] [pri] [nosnoop] [type 1-8] [driver D] [path P]'

const PCI_ADDRESS = /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/i
const DEFAULT_PASID_BITS = 20
const MOST_GROUPS = 0xffff

/** `0000:00:03.0` for either form people write, or null. Device numbers end at 1f. */
function pciAddress(text: string): string | null {
  const match = PCI_ADDRESS.exec(text)
  if (match === null || Number.parseInt(match[3] ?? '', 16) > 0x1f) return null
  return `${match[1] ?? '0000'}:${match[2]}:${match[3]}.${match[4]}`.toLowerCase()
}

export function readDevice(draft: StageDraft, words: readonly Word[], at: Range): void {
  const [name, kind, where] = words
  if (name === undefined || kind === undefined) {
    complain(draft, at, 'a device needs a name and a kind', DEVICE_FORM)
    return
  }
  if (draft.devices.some(device => device.name === name.text)) {
    complain(draft, name, `a device \`${name.text}\` is described already`)
    return
  }
  const device = startDevice(draft, name, kind, where, at)
  if (device === null) return
  const rest = words.slice(kind.text === 'swmdev' ? 2 : 3)
  readOptions(draft, device, rest)
  draft.devices.push(device)
}

function startDevice(
  draft: StageDraft,
  name: Word,
  kind: Word,
  where: Word | undefined,
  at: Range,
): Draft | null {
  const base: Draft = {
    name: name.text,
    kind: 'pci',
    rid: null,
    parent: null,
    group: null,
    pasidBits: null,
    ats: false,
    pri: false,
    nosnoop: false,
    type: null,
    driver: null,
    path: null,
    at,
  }
  if (kind.text === 'swmdev') return { ...base, kind: 'swmdev' }
  if (kind.text === 'mdev' && where !== undefined) return { ...base, kind: 'mdev', parent: where.text }
  if (kind.text === 'pci') {
    const rid = where === undefined ? null : pciAddress(where.text)
    const other = rid === null ? undefined : draft.devices.find(device => device.rid === rid)
    if (other !== undefined) {
      complain(draft, where ?? at, `${rid} is the address of \`${other.name}\` already`)
      return null
    }
    if (rid !== null) return { ...base, rid }
    complain(draft, where ?? at, 'a pci device needs its address, like 0000:00:03.0', DEVICE_FORM)
    return null
  }
  complain(draft, kind, `\`${kind.text}\` is not a kind of device here`, DEVICE_FORM)
  return null
}

function readOptions(draft: StageDraft, device: Draft, words: readonly Word[]): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    if (word === undefined) return
    const match = /^(group|type|path|pasid|driver)(?:=(.*))?$/.exec(word.text)
    if (match === null || (word.text === 'pasid' && !/^\d+$/.test(words[i + 1]?.text ?? '')))
      readFlag(draft, device, word)
    else {
      const value = match[2] ?? words[++i]?.text ?? ''
      readValue(draft, device, { key: match[1] ?? '', value, at: word })
    }
  }
}

function readFlag(draft: StageDraft, device: Draft, word: Word): void {
  if (word.text === 'ats') device.ats = true
  else if (word.text === 'pri') device.pri = true
  else if (word.text === 'nosnoop') device.nosnoop = true
  else if (word.text === 'pasid') device.pasidBits = DEFAULT_PASID_BITS
  else complain(draft, word, `\`${word.text}\` is not a device option`, DEVICE_FORM)
}

function readValue(
  draft: StageDraft,
  device: Draft,
  { key, value, at }: { key: string; value: string; at: Word },
): void {
  const need = (count: number | null, message: string): number | null => {
    if (count === null) complain(draft, at, message)
    return count
  }
  if (key === 'group') device.group = need(countOf(value, 0, MOST_GROUPS), 'group needs a number')
  if (key === 'type') device.type = need(countOf(value, 1, 8), 'type is 1 to 8')
  if (key === 'pasid') device.pasidBits = need(countOf(value, 1, 20), 'a PASID is 1 to 20 bits wide')
  if (key === 'driver') device.driver = value
  if (key !== 'path') return
  if (value.startsWith('/')) device.path = value
  else complain(draft, at, 'path needs an absolute path')
}
