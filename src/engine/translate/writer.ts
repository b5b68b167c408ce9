/**
 * Calls as text of a flow: a struct filled, then the call. Numbers that earlier calls answered are written as the names
 * that hold them.
 */
import { hex } from '../bits'
import type { Dialect, VmmCall, VmmValue } from '../dialects/contract'
import type { CommandWord, FieldWord } from '../flow/vocabulary'
import type { MadeCall } from './target'

const OUTPUT = /^out_\w*id$/

export class Writer {
  private readonly dialect: Dialect
  private readonly files = new Map<number, string>()
  /** Names of what a call answered, by its number. */
  private readonly numbers = new Map<bigint, string>()
  private readonly taken: ReadonlySet<string>
  private readonly made = new Set<string>()
  /** What the calls of the plan under way are called in the text. */
  private plan: string[] = []

  /** `taken`: words of the flow that mean something already. */
  constructor(dialect: Dialect, taken: ReadonlySet<string>) {
    this.dialect = dialect
    this.taken = taken
  }

  file(fd: number, name: string): void {
    this.files.set(fd, name)
  }

  lines({ call, answers, answer, makes }: MadeCall): readonly string[] {
    if (answers.length === 0) this.plan = []
    const word = this.dialect.commands.find(one => one.name === call.command)
    const outputs = Object.entries(answer.out ?? {}).filter(([name]) => OUTPUT.test(name))
    const named = outputs.length > 0 || (makes !== null && answer.ret > 0)
    const name = named ? this.fresh(makes ?? 'made', outputs[0]?.[0] ?? null) : 'arg'
    this.plan.push(name)
    const fields = Object.entries(call.fields).map(([field, value]) => this.field(word, call, field, value))
    const fd = this.files.get(call.fd) ?? String(call.fd)
    for (const [field, value] of outputs) this.numbers.set(BigInt(Number(value)), `${name}.${field}`)
    if (outputs.length > 0 || !named) {
      const struct = `${name} = { ${fields.map(one => `.${one}`).join('; ')} };`
      return [fields.length === 0 ? `${name} = {};` : struct, `ioctl(${fd}, ${call.command}, &${name});`]
    }
    this.numbers.set(BigInt(answer.ret), name)
    if (fields.length === 0) return [`${name} = ioctl(${fd}, ${call.command});`]
    return [
      `arg = { ${fields.map(one => `.${one}`).join('; ')} };`,
      `${name} = ioctl(${fd}, ${call.command}, &arg);`,
    ]
  }

  /** A name that nothing has: that of the space or device, with the kind of number that the call answers. A space is
   * called as in the flow, whose call is not in the text. */
  private fresh(name: string, output: string | null): string {
    const kind = output?.replace(/^out_/, '').replace(/_?id$/, '') ?? null
    const base = kind === null ? name : `${name.replace(/_(?:ioasid|ioas|hwpt)$/, '')}_${kind}`
    let found = base
    const isTaken = (one: string): boolean => this.made.has(one) || (one !== name && this.taken.has(one))
    for (let nth = 2; isTaken(found); nth++) found = `${base}${nth}`
    this.made.add(found)
    return found
  }

  private field(word: CommandWord | undefined, call: VmmCall, field: string, value: VmmValue): string {
    const bytes = call.bytes?.[field]
    if (bytes !== undefined)
      return `${field} = "${[...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')}"`
    const words = word?.fields.find(one => one.name === field)
    return `${field} = ${this.value(words, value)}`
  }

  private value(word: FieldWord | undefined, value: VmmValue): string {
    if (typeof value !== 'bigint') {
      const struct = this.plan[value.call] ?? 'made'
      return value.field === null ? struct : `${struct}.${value.field}`
    }
    switch (word?.role) {
      case 'ioasid':
        return this.numbers.get(value) ?? String(value)
      case 'fd':
      case 'context-fd':
      case 'device-fd':
        return this.files.get(Number(value)) ?? String(value)
      case 'size':
        return sizeText(value)
      case 'iova':
      case 'vaddr':
      case 'table-address':
        return hex(value)
      default:
        return String(value)
    }
  }
}

const UNITS = [
  [1n << 30n, 'GB'],
  [1n << 20n, 'MB'],
  [1n << 10n, 'KB'],
] as const

function sizeText(value: bigint): string {
  const unit = UNITS.find(([bytes]) => value > 0n && value % bytes === 0n)
  return unit === undefined ? String(value) : `${value / unit[0]}${unit[1]}`
}
