/**
 * What the checker knows at a place in the text: the names given so far, the statement under check, and the
 * one judgement on names: known, guessed from its position, opened for the flow, or wrong.
 */
import type { Finding } from '../layout/findings'
import type { Range } from '../layout/pieces'
import type { Role } from '../vocabulary'
import { ACCESS_WORDS, isOutcome } from '../words/core-words'
import type { WordIndex } from '../words/word-index'
import { isGuessed, type NamePlace, Names, type PendingName } from './names'
import { missingName, unknown } from './report'

export interface OpenedForFlow {
  readonly name: string
  readonly device: string
  /** Offset of its first use. */
  readonly at: number
}

const IMPLICIT = /^device_fd(\d{1,4})$/
const FD_ROLES: ReadonlySet<Role> = new Set(['fd', 'device-fd'])
const CONSTANT = /^[A-Z][A-Z0-9_]*$/
const MOST_EXPLAINED = 1000
const COMPOUND_CONSTANT = /^[A-Z][A-Z0-9]*_[A-Z0-9_]*$/

export interface AliasFound extends Range {
  readonly spelled: string
  readonly definition: string
}

export class Scope {
  readonly words: WordIndex
  readonly names = new Names()
  readonly findings: Finding[] = []
  readonly implicitOpens = new Map<string, OpenedForFlow>()
  readonly aliases: AliasFound[] = []
  /** Where the statement under check starts: what its offsets count from. */
  base = 0
  private readonly devices: ReadonlySet<string>
  private readonly reported = new Set<string>()
  /** Set while a field's value is checked: names wait for the command that gives them a role. */
  private pending: PendingName[] | null = null

  constructor(words: WordIndex, devices: ReadonlySet<string>) {
    this.words = words
    this.devices = devices
  }

  report(finding: Finding): void {
    this.findings.push(finding)
  }

  /** A range of the statement under check, in the whole text. */
  place({ from, to }: Range): Range {
    return { from: this.base + from, to: this.base + to }
  }

  alias(spelled: string, definition: string, { from, to }: Range): void {
    this.aliases.push({ spelled, definition, from, to })
  }

  /** Runs a check in which names wait; gives back those that do. */
  waiting(check: () => void): PendingName[] {
    const outer = this.pending
    const mine: PendingName[] = []
    this.pending = mine
    check()
    this.pending = outer
    return mine
  }

  /** A name read in a position of some role. */
  read(name: string, at: Range, role: Role | null): void {
    if (this.isKnown(name, role)) return
    const place = { from: at.from, to: at.to, statementFrom: this.base }
    if (this.pending === null) this.undeclared(name, place, role)
    else this.pending.push({ name, ...place })
  }

  isKnown(name: string, role: Role | null): boolean {
    if (this.names.has(name) || this.words.constant(name) !== null || isOutcome(name)) return true
    return role === 'device' && this.devices.has(name)
  }

  /** A name that nothing gave: guessed, opened or wrong. */
  undeclared(name: string, at: NamePlace, role: Role | null): void {
    if (isGuessed(role) && !COMPOUND_CONSTANT.test(name)) return
    if (role === 'flags' && ACCESS_WORDS.has(name)) return
    if (this.opensImplicitly(name, at, role) || this.reported.has(name)) return
    this.reported.add(name)
    this.report(role === 'device' ? this.noDevice(name, at) : this.noValue(name, at))
  }

  private opensImplicitly(name: string, at: Range, role: Role | null): boolean {
    const number = IMPLICIT.exec(name)?.[1]
    if (number === undefined || role === null || !FD_ROLES.has(role)) return false
    const open = { name, device: `dev${number}`, at: at.from }
    if (!this.implicitOpens.has(name)) this.implicitOpens.set(name, open)
    return true
  }

  /** Words that may have been meant; none once so many names are wrong that nobody reads on. */
  private candidates(name: string): readonly string[] {
    if (this.reported.size > MOST_EXPLAINED) return []
    return CONSTANT.test(name) ? this.words.constantNames() : this.names.all().slice(-MOST_EXPLAINED)
  }

  private noDevice(name: string, at: Range): Finding {
    const message = `there is no device \`${name}\` in this flow`
    return unknown({ code: 'device.unknown', message, word: name, at, candidates: this.devices })
  }

  /** The lines offered give their names, so that one offer is enough. */
  private noValue(name: string, at: NamePlace): Finding {
    const prelude = this.preludeOf(name, new Set())
    for (const line of prelude) this.names.give(givenBy(line) ?? name, { kind: 'value' })
    return missingName({ name, at, candidates: this.candidates(name), prelude })
  }

  /** The lines that usually give a name, behind those for what they read and nothing gave yet. */
  private preludeOf(name: string, asked: Set<string>): readonly string[] {
    asked.add(name)
    const own = this.words.dialect.prelude.find(entry => entry.name.test(name))?.lines ?? []
    for (const line of own) asked.add(givenBy(line) ?? name)
    const read = own.flatMap(line => line.match(/[A-Za-z_]\w*/g) ?? [])
    const before = read.flatMap(word =>
      asked.has(word) || this.names.has(word) ? [] : this.preludeOf(word, asked),
    )
    return [...before, ...own]
  }
}

/** The name that a line of a prelude gives a value, or null. */
const givenBy = (line: string): string | null => /^\s*(\w+)\s*=/.exec(line)?.[1] ?? null
