/**
 * Software nesting: a child's tables hold child composed with all its parents, so a change of a parent
 * is carried into every descendant that maps through it, found by reverse lookup and never by
 * rebuilding (R15, R17, R20). Works at any depth.
 */
import type { Machine } from './machine'
import { answer, type Outcome } from './outcome'
import { repoint } from './routing'
import { addressOf, lastByteOf, TREE } from './state'
import { clearTables, fillTables, flushSpace, isWalked, type PageSpan } from './tables'

/** Fills a space's tables over `span`, then those of every descendant that maps through it. */
export function spreadFill(machine: Machine, uid: number, span: PageSpan): Outcome<null> {
  const before = machine.space(uid).tables
  const own = fillTables(machine, uid, span)
  if (!own.ok) return own
  if (machine.space(uid).tables !== before) tellOfRoots(machine, uid)
  for (const part of dependents(machine, uid, span)) {
    told(machine, part, 'parent mapped')
    const below = spreadFill(machine, part.child, part)
    if (!below.ok) return below
  }
  return answer(null)
}

/** A table has grown and has another root: every route into it, and through it, is written anew. */
function tellOfRoots(machine: Machine, uid: number): void {
  repoint(machine, uid)
  for (const child of machine.space(uid).children) {
    const { userTable, pasidTable } = machine.space(child)
    if (userTable !== null || pasidTable !== null) repoint(machine, child)
  }
}

/** Clears descendants first, then the space: no table ever shows what its parent has lost. */
export function spreadClear(machine: Machine, uid: number, span: PageSpan): Outcome<null> {
  for (const part of dependents(machine, uid, span)) {
    told(machine, part, 'parent unmapped')
    const below = spreadClear(machine, part.child, part)
    if (!below.ok) return below
  }
  const cleared = clearTables(machine, uid, span)
  if (cleared.ok) flushNested(machine, uid)
  return cleared
}

/** Translations of a nested user table hold what the parent said: they go with the parent's (R17). */
export function flushNested(machine: Machine, uid: number): void {
  for (const child of machine.space(uid).children) {
    const space = machine.space(child)
    if (isWalked(space) || space.pasidTable !== null) flushSpace(machine, space)
  }
}

export interface Dependent extends PageSpan {
  readonly child: number
}

/** The pieces of children's areas that map through `span` of the parent, in the child's addresses. */
export function dependents(machine: Machine, uid: number, span: PageSpan): readonly Dependent[] {
  return machine.space(uid).children.flatMap(child => dependentsOf(machine, child, span))
}

function dependentsOf(machine: Machine, child: number, span: PageSpan): Dependent[] {
  const found: Dependent[] = []
  machine.bulk.overlapping.forEachIn(TREE.targets(child), span.first, span.last, (first, last, iova) => {
    const from = Math.max(first, span.first)
    const to = Math.min(last, span.last)
    found.push({ child, first: iova + (from - first), last: iova + (to - first) })
  })
  return found.sort((a, b) => a.first - b.first)
}

function told(machine: Machine, part: Dependent, cause: string): void {
  const child = machine.space(part.child).id
  machine.emit({
    kind: 'shadowed',
    actor: 'kernel',
    child,
    first: addressOf(part.first),
    last: lastByteOf(part.last),
    cause,
  })
}
