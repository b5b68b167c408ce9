/** How a table of commands is written: a row says what is particular, the rest is what most commands have. */
import type { FieldWord, Role } from '../flow/vocabulary'
import type { Command } from './contract'

export const field = (name: string, role: Role, doc: string, aliases: readonly string[] = []): FieldWord => ({
  name,
  aliases,
  role,
  doc,
})

/** A command as its table writes it; what is left out is told by `command`. */
export type CommandRow = Omit<Command, 'aliases' | 'bareField' | 'origin'> &
  Partial<Pick<Command, 'aliases' | 'bareField' | 'origin'>>

export const command = (row: CommandRow): Command => ({
  aliases: [],
  bareField: null,
  origin: 'proposal',
  ...row,
})

export const label = (verb: string, ...fields: readonly string[]) => ({ verb, fields })
