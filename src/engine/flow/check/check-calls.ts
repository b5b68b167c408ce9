/** Checks calls: how many arguments, and what each position stands for. */
import type { Expression } from '../syntax/ast'
import type { Role } from '../vocabulary'
import { checkArgument, checkCommand, type Lender } from './check-ioctl'
import { error, otherDialect, unknown, warning } from './report'

export type CallNode = Expression & { readonly kind: 'call' }

/** Calls with a meaning of their own; all others are built-ins of the vocabulary. */
export const CALLS: Readonly<Record<string, (lender: Lender, node: CallNode) => void>> = {
  open: checkOpen,
  ioctl: checkIoctl,
  memset: checkMemset,
  close: (lender, node) => withRoles(lender, node, { least: 1, most: 1, roles: ['fd'] }),
  read: checkRead,
  expect: (lender, node) => withRoles(lender, node, { least: 1, most: 1, roles: [] }),
  note: (lender, node) => withRoles(lender, node, { least: 1, most: 1, roles: ['text'] }),
  mmap: (lender, node) => {
    const roles: readonly (Role | null)[] =
      node.args.length > 4 ? [null, 'size', null, null, 'fd'] : ['fd', 'size']
    withRoles(lender, node, { least: 1, most: 6, roles })
  },
}

interface Shape {
  readonly least: number
  readonly most: number
  readonly roles: readonly (Role | null)[]
}

function withRoles(lender: Lender, node: CallNode, { least, most, roles }: Shape): void {
  if (!hasCount(lender, node, least, most)) return
  for (const [i, arg] of node.args.entries()) lender.expression(arg, roles[i] ?? null)
}

/** Reports too few or too many arguments. */
function hasCount({ scope }: Lender, node: CallNode, least: number, most: number): boolean {
  const { length } = node.args
  if (length >= least && length <= most) return true
  const wanted = least === most ? `${least}` : `${least} to ${most}`
  const message = `\`${node.callee}\` takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${length}`
  scope.report(error({ code: 'call.arguments', message, ...scope.place(node) }))
  return false
}

export function checkBuiltin(lender: Lender, node: CallNode): void {
  const builtin = lender.scope.words.builtin(node.callee)
  if (builtin === null) {
    unknownCall(lender, node)
    return
  }
  const least = builtin.params.filter(param => !param.optional).length
  withRoles(lender, node, {
    least,
    most: builtin.params.length,
    roles: builtin.params.map(param => param.role),
  })
}

function unknownCall(lender: Lender, node: CallNode): void {
  const { scope } = lender
  const at = scope.place({ from: node.from, to: node.calleeTo })
  const message = `\`${node.callee}\` is not a call of the flow language`
  scope.report(
    unknown({ code: 'call.unknown', message, word: node.callee, at, candidates: scope.words.callees }),
  )
  for (const arg of node.args) if (arg.kind === 'call') lender.expression(arg, null)
}

function checkOpen(lender: Lender, node: CallNode): void {
  withRoles(lender, node, { least: 1, most: 3, roles: [null, 'mode'] })
  const [path] = node.args
  if (path?.kind === 'text') checkPath(lender, path.value, path)
}

function checkPath({ scope }: Lender, path: string, node: Expression): void {
  const { words } = scope
  if (words.knowsPath(path)) return
  const at = scope.place(node)
  const others = words.othersWithPath(path)
  if (others.length > 0) {
    scope.report(otherDialect(path, words.dialect, others, at))
    return
  }
  const candidates = words.dialect.files.map(file => file.path)
  const { hint, fix } = unknown({ code: 'path.unknown', message: '', word: path, at, candidates })
  const quoted = fix === null ? null : { ...fix, insert: `"${fix.insert}"` }
  const message = `no file of ${words.dialect.id} has this path: opening it will fail`
  scope.report(warning({ code: 'path.unknown', message, hint, fix: quoted, ...at }))
}

function checkIoctl(lender: Lender, node: CallNode): void {
  const [fd, command, argument] = node.args
  if (!hasCount(lender, node, 2, 3) || fd === undefined || command === undefined) return
  const word = checkCommand(lender, command)
  lender.expression(fd, word?.file === 'kvm' ? 'kvm-fd' : 'fd')
  if (word === null) return
  if (argument !== undefined) checkArgument(lender, argument, word)
  else if (word.argument === 'value') hasCount(lender, node, 3, 3)
}

/** `read(fd, &report, sizeof(report))`: what is read goes into a variable, new or not. */
function checkRead(lender: Lender, node: CallNode): void {
  const [fd, into, size] = node.args
  if (!hasCount(lender, node, 1, 3) || fd === undefined) return
  lender.expression(fd, 'fd')
  const target = into?.kind === 'unary' ? into.operand : into
  if (target?.kind === 'name') lender.scope.names.fieldsOf(target.name)
  else if (into !== undefined) lender.expression(into, null)
  if (size !== undefined) lender.expression(size, 'size')
}

/** `memset(&x, 0, sizeof(x))` empties a struct: fields given before are gone. */
function checkMemset(lender: Lender, node: CallNode): void {
  const [target] = node.args
  const inner = target?.kind === 'unary' ? target.operand : target
  if (!hasCount(lender, node, 1, 3) || inner?.kind !== 'name') return
  const { names } = lender.scope
  const known = names.look(inner.name)
  if (known?.kind === 'struct') known.fields.clear()
  else names.give(inner.name, { kind: 'struct', fields: new Map() })
}
