/**
 * The names a flow has at a place in its text: what each was last given, followed through pointers.
 * Conditions are not followed: a name given in either branch is known after it.
 */
import type { Range } from '../layout/pieces'
import type { Role } from '../vocabulary'

/** Where a name stands. */
export interface NamePlace extends Range {
  /** Where the statement with it starts, which may lie before the call that takes it. */
  readonly statementFrom: number
}

/** A name used where only the field's role can tell whether it may be guessed. */
export interface PendingName extends NamePlace {
  readonly name: string
}

export interface FieldUse extends Range {
  /** As the author spelt it; `from` and `to` are its place. */
  readonly name: string
  readonly pending: readonly PendingName[]
  /** The last command it was checked against. */
  checkedFor: string | null
}

export type Known =
  | { readonly kind: 'value' }
  | { readonly kind: 'struct'; readonly fields: Map<string, FieldUse> }
  | { readonly kind: 'pointer'; readonly to: string }

/** Roles whose undeclared names get a value of their own. */
const GUESSED: ReadonlySet<Role> = new Set([
  'mode',
  'cookie',
  'pasid',
  'table-address',
  'pasid-table-address',
  'kvm-fd',
  'text',
])

export const isGuessed = (role: Role | null): boolean => role !== null && GUESSED.has(role)

export class Names {
  private readonly known = new Map<string, Known>()
  private readonly families = new Set<string>()

  give(name: string, known: Known): void {
    this.known.set(name, known)
  }

  /** `device_fd[1...N]`: gives device_fd1, device_fd2 and so on. */
  giveFamily(name: string): void {
    this.families.add(name)
    this.give(name, { kind: 'value' })
  }

  has(name: string): boolean {
    return this.known.has(name) || this.families.has(name.replace(/\d+$/, ''))
  }

  /** What a name stands for, pointers followed. */
  look(name: string): Known | null {
    let known = this.known.get(name) ?? null
    for (let i = 0; i < 8 && known?.kind === 'pointer'; i++) known = this.known.get(known.to) ?? null
    return known
  }

  /** The fields of a struct variable, made on first use. */
  fieldsOf(name: string): Map<string, FieldUse> {
    const known = this.look(name)
    if (known?.kind === 'struct') return known.fields
    const fields = new Map<string, FieldUse>()
    this.give(name, { kind: 'struct', fields })
    return fields
  }

  structs(): Iterable<Known> {
    return this.known.values()
  }

  all(): string[] {
    return [...this.known.keys()]
  }
}
