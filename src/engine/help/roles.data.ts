/**
 * What stands in a position of each role: the C type we show it with and what happens to a name there
 * that nothing gave a value. Types are ours where a proposal names an input without one.
 */
import type { Role } from '../flow'

export interface RoleWord {
  readonly type: string
  readonly doc: string
  /** Null where an undeclared name is an error. */
  readonly guess: string | null
}

const role = (type: string, doc: string, guess: string | null = null): RoleWord => ({ type, doc, guess })

export const ROLES: Readonly<Record<Role, RoleWord>> = {
  fd: role('__s32', 'a file descriptor'),
  'context-fd': role('__s32', 'the fd of an address space file'),
  'device-fd': role('__s32', 'the fd of a device', 'device_fdK is opened as devK'),
  'kvm-fd': role('__s32', 'the fd of the virtual machine', 'opened before the flow'),
  mode: role('int', 'an open mode', 'O_RDWR'),
  ioasid: role('__u32', 'number of an address space'),
  iova: role('__u64', 'an I/O virtual address'),
  vaddr: role('__u64', 'an address of the process, or of the parent space'),
  size: role('__u64', 'bytes; KB, MB and GB are powers of 1024'),
  flags: role('__u32', 'flags'),
  cookie: role('__u64', 'a number that the user chooses', 'a number of its own'),
  pasid: role('__u32', 'a PASID, 20 bits at most', 'the next PASID free'),
  'table-address': role('__u64', 'the root of a table', 'a table at the top of guest RAM'),
  'pasid-table-address': role('__u64', 'a PASID table', 'a table below the top of guest RAM'),
  format: role('__u32', 'a table format'),
  number: role('__u32', 'a number'),
  extension: role('__u32', 'an EXT_ constant'),
  device: role('name', 'a device of the flow'),
  text: role('text', 'a text', 'its own spelling'),
  'struct-size': role('__u32', 'bytes of the struct', 'sizeof: the whole struct'),
  bytes: role('__aligned_u64', 'a pointer to bytes: a text of two hexadecimal digits each'),
}
