/** The variables of a run: values by name, pointers between them, and what calls wrote back. */
import type { Range } from '../layout/pieces'
import type { Value } from '../program'
import type { WordIndex } from '../words/word-index'
import { ZERO } from './values'

/** A struct filled by more statements than this is not followed further back. */
const MOST_ORIGINS = 31

/** A statement that gave a name its value, and the step it took that from, where it was a call's. */
export interface Origin extends Range {
  readonly step: number | null
}

export class Environment {
  private readonly words: WordIndex
  private readonly values = new Map<string, Value>()
  private readonly pointers = new Map<string, string>()
  private readonly origins = new Map<string, readonly Origin[]>()
  private here: Origin | null = null
  private readonly outs = new Map<string, ReadonlyMap<string, Value>>()

  constructor(words: WordIndex, bindings: ReadonlyMap<string, Value>) {
    this.words = words
    for (const [name, value] of bindings) this.values.set(name, value)
  }

  get(name: string): Value | undefined {
    return this.values.get(this.target(name))
  }

  /** Says which statement the assignments from here on are made by. */
  standAt(origin: Origin): void {
    this.here = origin
  }

  /** The statements that made a variable what it is: the one that set it, then those that set members. */
  originsOf(name: string): readonly Origin[] {
    return this.origins.get(this.target(name)) ?? []
  }

  set(name: string, value: Value): void {
    this.origins.set(name, this.here === null ? [] : [this.here])
    this.pointers.delete(name)
    this.outs.delete(name)
    this.values.set(name, value)
  }

  /** `p = &x` */
  point(name: string, to: string): void {
    if (this.target(to) === name) return
    this.values.delete(name)
    this.pointers.set(name, to)
  }

  /** `*p = value` */
  setPointee(name: string, value: Value): void {
    this.set(this.target(name), value)
  }

  /** The variable a name stands for, pointers followed. */
  target(name: string): string {
    let at = name
    for (let i = 0; i < 8; i++) {
      const next = this.pointers.get(at)
      if (next === undefined) return at
      at = next
    }
    return at
  }

  /** A field of a struct variable, or of what the call that made the value reported. Missing ones read 0. */
  field(name: string, field: string): Value {
    const target = this.target(name)
    const value = this.values.get(target)
    const fields = value?.kind === 'struct' ? value.fields : this.outs.get(target)
    if (fields === undefined) return ZERO
    const found = fields.get(field)
    if (found !== undefined) return found
    for (const same of this.words.spellingsOf(field)) {
      const other = fields.get(same)
      if (other !== undefined) return other
    }
    return ZERO
  }

  setField(name: string, field: string, value: Value): void {
    const target = this.target(name)
    const before = this.origins.get(target) ?? []
    if (this.here !== null && before.at(-1)?.from !== this.here.from)
      this.origins.set(target, [...before.slice(-MOST_ORIGINS), this.here])
    this.putField(name, field, value)
  }

  private putField(name: string, field: string, value: Value): void {
    const target = this.target(name)
    const before = this.values.get(target)
    const fields = new Map(before?.kind === 'struct' ? before.fields : [])
    this.values.set(target, { kind: 'struct', fields: fields.set(field, value) })
  }

  /** What a call reported beside its value, readable as members of the name it was given to. */
  setOut(name: string, out: ReadonlyMap<string, Value>): void {
    this.outs.set(this.target(name), out)
  }

  /** Results written into a struct variable, under the spelling its author chose where there is one. */
  writeBack(name: string, out: ReadonlyMap<string, Value>): void {
    const before = this.values.get(this.target(name))
    if (before?.kind !== 'struct') {
      this.setOut(name, out)
      return
    }
    for (const [field, value] of out) {
      const same = this.words.spellingsOf(field)
      const own = before.fields.has(field) ? field : [...same].find(other => before.fields.has(other))
      this.putField(name, own ?? field, value)
    }
  }
}
