/**
 * Conditions in words that a platform can answer: `PASID_CPU and PASID_CPU_VIRT are both true for dev1`,
 * `dev1 reports PASID_DELEGATED=false`. Anything else in words is for the reader to decide.
 */

import type { DeviceDirective } from '../program'

/** What a device of a PASID type (second proposal, section 1.4) reports. Types not listed report none. */
const TYPE_CAPABILITIES: Readonly<Record<number, readonly string[]>> = {
  4: ['PASID_DELEGATED'],
  7: ['PASID_CPU'],
  8: ['PASID_CPU', 'PASID_CPU_VIRT'],
}

/** Functions of their own with PASIDs: whose their table is, the platform may say. */
const OWN_PASIDS: ReadonlySet<number> = new Set([4, 5, 7])

/** The type of a declared device, where no directive gives one: the plainest that has what it has. */
export function plainType({ type, kind, pasidBits }: DeviceDirective): number {
  if (type !== null) return type
  if (kind === 'swmdev') return 2
  if (kind === 'mdev') return pasidBits === null ? 3 : 6
  return pasidBits === null ? 1 : 5
}

export const CAPABILITY_NAMES: ReadonlySet<string> = new Set([
  'PASID_DELEGATED',
  'PASID_CPU',
  'PASID_CPU_VIRT',
])

/** Answers whether a device has a capability. */
export type CapabilityAnswer = (name: string, device: string | null) => boolean

export interface CapabilitySource {
  /** PASID type by name, of the devices that are declared. */
  readonly types: ReadonlyMap<string, number>
  /** What the platform says of any other. */
  readonly platform: Readonly<Record<string, boolean>>
}

export const capabilityAnswer =
  (source: CapabilitySource): CapabilityAnswer =>
  (name, device) => {
    const type = device === null ? undefined : source.types.get(device)
    const platform = source.platform[name] ?? false
    if (type === undefined) return platform
    if (TYPE_CAPABILITIES[type]?.includes(name)) return true
    return name === 'PASID_DELEGATED' && OWN_PASIDS.has(type) && platform
  }

const TOKEN = /[A-Za-z_]\w*|&&|\|\||==|!=|[!()=]|\S/g
const FILLER = new Set(
  'is are both all reports report has have set the that value supports support device for on of in if a'.split(
    ' ',
  ),
)

/** True or false where the words are capabilities joined by and, or, not; null for any other prose. */
export function decideWords(text: string, answer: CapabilityAnswer): boolean | null {
  if (/^(?:true|false)\b/i.test(text)) return /^true/i.test(text)
  const tokens = (text.match(TOKEN) ?? []).slice(0, 200)
  const device = tokens.find(token => /^dev\d+$/i.test(token))?.toLowerCase() ?? null
  const kept = tokens.filter(token => !FILLER.has(token.toLowerCase()) && !/^dev\d+$/i.test(token))
  if (!kept.some(token => CAPABILITY_NAMES.has(token))) return null
  return new WordsReader(kept, name => answer(name, device)).read()
}

/** or := and ('or' and)*; and := not ('and' not)*; not := 'not'? atom value? */
class WordsReader {
  private readonly tokens: readonly string[]
  private readonly answer: (name: string) => boolean
  private at = 0
  private strange = false

  constructor(tokens: readonly string[], answer: (name: string) => boolean) {
    this.tokens = tokens
    this.answer = answer
  }

  read(): boolean | null {
    const value = this.either()
    const expected = this.trailingValue()
    return this.strange || this.at < this.tokens.length ? null : value === expected
  }

  private take(...words: string[]): boolean {
    const found = words.includes((this.tokens[this.at] ?? '').toLowerCase())
    if (found) this.at++
    return found
  }

  private either(): boolean {
    let value = this.every()
    while (this.take('or', '||')) value = this.every() || value
    return value
  }

  private every(): boolean {
    let value = this.one()
    while (this.take('and', '&&', ',')) value = this.one() && value
    return value
  }

  private one(): boolean {
    let negated = false
    while (this.take('not', '!')) negated = !negated
    const value = this.take('(') ? this.group() : this.capability()
    return value !== negated
  }

  private group(): boolean {
    const value = this.either()
    if (!this.take(')')) this.strange = true
    return value
  }

  private capability(): boolean {
    const name = this.tokens[this.at] ?? ''
    this.at++
    if (!CAPABILITY_NAMES.has(name)) this.strange = true
    const value = !this.strange && this.answer(name)
    if (this.take('=', '==')) return value === this.truth()
    return this.take('!=') ? value !== this.truth() : value
  }

  /** `A and B are both false`: what all of it is compared with. */
  private trailingValue(): boolean {
    if (this.take('false', 'clear')) return false
    this.take('true')
    return true
  }

  private truth(): boolean {
    if (this.take('true', '1')) return true
    if (!this.take('false', '0')) this.strange = true
    return false
  }
}
