/**
 * A flow of one API as a flow of another that shows the same: the flow runs, what its calls changed is asked of the
 * other API by the calls of a VMM there, and everything else (DMA, the guest's own work, notes, expectations of what a
 * device sees) stays as it is written.
 *
 * Not modelled: the side of a condition that the run did not take, reads other than of a fault, numbers that the flow
 * asked the kernel for. A call that was refused has nothing to carry over.
 */
import { hex } from '../bits'
import type { Dialect } from '../dialects/contract'
import { lowerIntent } from '../dialects/intents'
import { openPath } from '../dialects/open'
import { dialectById } from '../dialects/registry'
import { cleanMail, type Operation, type PlannedStep, type Value } from '../flow'
import { findContext } from '../kernel/files'
import { findSpace } from '../kernel/spaces'
import { createSession, type FlowSession, startSession } from '../session/session'
import { withTrueClaims } from './mend'
import { fatesOf, type LineFate } from './passages'
import { Target } from './target'
import { NOTHING_WANTED, type Wanted, wantedOf } from './wanted'
import { Writer } from './writer'

export type Translated = { readonly text: string } | { readonly line: number; readonly problem: string }

export function translateFlow(written: string, to: string): Translated {
  const dialect = dialectById(to)
  if (dialect === undefined) return { line: 1, problem: `no dialect is called ${to}` }
  const given = createSession(written)
  const [broken] = given.diagnostics.filter(one => one.severity === 'error')
  if (broken !== undefined) return { line: lineAt(written, broken.span?.from ?? 0), problem: broken.message }
  if (given.dialect.id === to) return { text: written }
  // Out of a mail, quoting and all, it is the flow that is wanted.
  const { text } = cleanMail(written)
  const source = text === written ? given : createSession(text)
  if (byTheByte(source))
    return { line: 1, problem: `what calls of ${source.dialect.id} want is not read from its records yet` }
  return { text: withTrueClaims(new Translation(source, dialect).run()) }
}

/** Areas by the byte, and the one space of a container, are kept in records that are not read here. */
const byTheByte = ({ machine }: FlowSession): boolean =>
  machine.root.containers.size > 0 || [...machine.root.spaces.values()].some(space => space.io !== undefined)

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length

/** Steps that are a call on a file. */
const CALLS: readonly Operation['kind'][] = ['open', 'close', 'ioctl', 'read', 'mmap']

class Translation {
  private readonly source: FlowSession
  private readonly dialect: Dialect
  private readonly lines: readonly string[]
  /** Lines that calls were made of, by number from 1. */
  private readonly ofCalls = new Set<number>()
  private readonly written: string[] = []
  private readonly told = new Set<string>()
  private readonly target: Target
  private readonly writer: Writer
  private readonly fates: ReadonlyMap<number, LineFate>
  private wanted: Wanted = NOTHING_WANTED
  private implied = false
  /** Lines of the flow up to here are in the text. */
  private reached = 0

  constructor(source: FlowSession, dialect: Dialect) {
    this.source = source
    this.dialect = dialect
    this.lines = source.text.replace(/\n$/, '').split('\n')
    const stepped = source.steps.flatMap(({ n }) => source.planned(n)?.line ?? [])
    this.fates = fatesOf({ program: source.program, stepped }, this.lines)
    const guessed = source.machine.root.guesses.flatMap(({ directive }) =>
      directive?.startsWith('#device') ? [directive] : [],
    )
    this.written.push(...guessed)
    const told = this.lines.filter(line => line.startsWith('#')).flatMap(line => this.directive(line))
    const stage = [...guessed, ...told]
    this.writer = new Writer(dialect, new Set(source.text.match(/\w+/g)))
    this.target = new Target(startSession(stage.join('\n')).machine, dialect, this.nestedSpaces(), {
      made: call => void this.written.push(...this.writer.lines(call)),
      without: why => this.remark(`no equivalent: ${why}`),
      remark: text => this.remark(text),
    })
  }

  run(): string {
    const { steps } = this.source
    for (const { n } of steps) this.markLines(n)
    for (const { n } of steps) this.step(n)
    this.copyTo(this.lines.length)
    return `${this.written.join('\n')}\n`
  }

  /** Spaces that a guest's table lies on at some step. */
  private nestedSpaces(): ReadonlySet<number> {
    const { source } = this
    return new Set(
      source.steps.flatMap(({ n }) =>
        [...source.rootAt(n).spaces.values()]
          .filter(space => space.userTable !== null || space.pasidTable !== null)
          .map(space => space.uid),
      ),
    )
  }

  private markLines(n: number): void {
    const planned = this.source.planned(n)
    if (planned === undefined || !CALLS.includes(planned.operation.kind)) return
    for (const { first, last } of planned.lines)
      for (let line = first; line <= last; line++) this.ofCalls.add(line)
  }

  private step(n: number): void {
    const planned = this.source.planned(n)
    if (planned === undefined) return
    const { operation } = planned
    this.guesses(n, planned.line)
    if (CALLS.includes(operation.kind)) this.call(n, planned)
    else this.guestsWork(n)
    if (CALLS.includes(operation.kind)) return
    if (operation.kind === 'expect' && this.judgesCall(planned)) this.leaveOut(planned)
  }

  /** What the guest does stands in the text as it is, and brings about there what it brought about here. */
  private guestsWork(n: number): void {
    const now = this.source.peek(n, () => wantedOf(this.source.machine))
    this.target.adopt(this.wanted, now)
    this.wanted = now
  }

  private judgesCall({ judges, text }: PlannedStep): boolean {
    const calls = judges.some(n => CALLS.includes(this.source.planned(n)?.operation.kind ?? 'note'))
    return calls || /\b[a-z_]\w*\.[A-Za-z_]/.test(text)
  }

  /** An expectation of a number that a call answered. */
  private leaveOut({ line, text }: PlannedStep): void {
    if (line <= this.reached) return
    this.copyTo(line - 1)
    this.reached = line
    if (!text.includes('ioctl(')) this.remark(`left out, it is about an answer of the call: ${text}`)
  }

  private call(n: number, planned: PlannedStep): void {
    const { operation, line } = planned
    this.copyTo(line - 1)
    this.openImplied()
    this.reached = Math.max(this.reached, line)
    const record = this.source.steps[n - 1]
    if (record !== undefined && record.errno !== null) {
      this.remark(`refused with -${record.errno} (${record.rule}), nothing to carry over: ${planned.text}`)
      return
    }
    if (operation.kind === 'open') this.open(n, operation)
    else if (operation.kind === 'ioctl') this.ioctl(n, operation, planned.text)
    else if (operation.kind === 'close') this.written.push(planned.text)
    else this.remark(`no equivalent: ${planned.text}`)
  }

  /** Files that the flow uses and nowhere opens. */
  private openImplied(): void {
    if (this.implied) return
    this.implied = true
    for (const { name, path } of this.source.program.implicitOpens) this.openFile(path, name)
  }

  private openFile(path: string, name: string): number | null {
    const opened = openPath(this.target.machine, this.dialect, path, name)
    if (!opened.ok) {
      this.remark(`no equivalent: ${path} is no file here`)
      return null
    }
    this.writer.file(opened.value, name)
    this.written.push(`${name} = open("${path}", O_RDWR);`)
    return opened.value
  }

  private open(n: number, { path, names }: Extract<Operation, { kind: 'open' }>): void {
    const fd = this.source.steps[n - 1]?.ret ?? -1
    const name = names[0] ?? `fd${fd}`
    const uid = this.source.peek(n, () => findContext(this.source.machine, BigInt(fd)))
    const own = uid.ok ? this.contextPath() : path
    const opened = this.openFile(own, name)
    const here = opened === null ? null : findContext(this.target.machine, BigInt(opened))
    if (uid.ok && here?.ok) this.target.context(uid.value, here.value)
  }

  private contextPath(): string {
    return this.dialect.files.find(file => file.kind === 'context' || file.kind === 'container')?.path ?? ''
  }

  private ioctl(n: number, operation: Extract<Operation, { kind: 'ioctl' }>, text: string): void {
    if (this.response(n, operation)) return
    const now = this.source.peek(n, () => wantedOf(this.source.machine))
    const said = this.written.length
    const calls = this.target.follow(this.wanted, now) + this.invalidation(n, operation, now)
    this.wanted = now
    if (calls > 0 || this.written.length > said) return
    const instead = this.dialect.instead?.[operation.command]
    if (instead !== undefined) this.remark(`no ${operation.command}: ${instead}`)
    else this.remark(`nothing to do here: ${text}`)
  }

  /** An answer to a page request is the guest's, and the VMM passes it on by the calls that there are. */
  private response(n: number, { fields }: Extract<Operation, { kind: 'ioctl' }>): boolean {
    const after = this.source.rootAt(n).faults
    const answered = this.source.rootAt(n - 1).faults.filter(fault => !after.includes(fault))
    const [fault] = answered
    const code = fields.get('code')
    if (fault === undefined || code === undefined || this.dialect.intents.respond === undefined) return false
    this.written.push(`page_response(${fault.device}, ${numberOf(code)});`)
    return true
  }

  /** An invalidation changes no record: it is the call that a VMM of the flow's own API would have made. */
  private invalidation(
    n: number,
    { command, fields, fd }: Extract<Operation, { kind: 'ioctl' }>,
    now: Wanted,
  ): number {
    const { machine, dialect } = this.source
    const space = this.source.peek(n, () => {
      const context = findContext(machine, numberOf(fd))
      const found = context.ok ? findSpace(machine, context.value, numberOf(fields.get('ioasid'))) : null
      if (found === null || !found.ok) return null
      const wish = {
        kind: 'invalidate',
        device: '',
        pasid: null,
        space: found.value.uid,
        range: null,
      } as const
      const plan = lowerIntent(machine, dialect, wish)
      return 'calls' in plan && plan.calls[0]?.command === command ? found.value.uid : null
    })
    if (space === null) return 0
    const [iova, size] = [numberOf(fields.get('iova')), numberOf(fields.get('size'))]
    return this.target.invalidate(space, size === 0n ? null : { iova, size }, now.devices)
  }

  /** A name that the flow gives no value is given what it was taken for: an address, or a file that was opened for it. */
  private guesses(n: number, line: number): void {
    const before = this.source.rootAt(n - 1).guesses.length
    for (const { name, value, number, role } of this.source.rootAt(n).guesses.slice(before)) {
      const opened = /^open\("(.*)"\)$/.exec(value)?.[1]
      if (opened !== undefined) {
        this.copyTo(line - 1)
        this.openFile(opened, name)
      }
      if (number === null || role !== 'table-address') continue
      this.copyTo(line - 1)
      this.written.push(`${name} = ${hex(number)};`)
    }
  }

  /** Lines of the flow that no call was made of, up to that one. */
  private copyTo(line: number): void {
    for (let at = this.reached + 1; at <= line; at++) {
      const text = this.lines[at - 1] ?? ''
      const fate = this.fates.get(at)
      if (text.startsWith('#')) this.written.push(...this.directive(text))
      else if (fate === 'comment') this.written.push(`// ${text.trim()}`)
      else if (fate === undefined && !this.ofCalls.has(at)) this.written.push(text)
    }
    this.reached = Math.max(this.reached, line)
  }

  private directive(text: string): readonly string[] {
    const [word = '', ...rest] = text.trim().split(/\s+/)
    if (word === '#dialect') return [`#dialect   ${this.dialect.id}`]
    if (word !== '#policy') return [text]
    const kept = rest.filter(one => {
      const [key, value = ''] = one.split('=')
      return this.dialect.knobs.some(knob => knob.key === key && knob.values.includes(value))
    })
    return kept.length === 0 ? [] : [`#policy    ${kept.join(' ')}`]
  }

  /** A comment, once. */
  private remark(text: string): void {
    if (this.told.has(text)) return
    this.told.add(text)
    this.written.push(...wrapped(text))
  }
}

const numberOf = (value: Value | undefined): bigint => (value?.kind === 'int' ? value.value : 0n)

const WIDTH = 110

function wrapped(text: string): readonly string[] {
  const lines: string[] = ['//']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last.length + word.length >= WIDTH) lines.push(`//   ${word}`)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
