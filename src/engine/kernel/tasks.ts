/**
 * Processes: whose memory a call means, what it may do, what is charged to it. A run has one; a flow or a
 * recording may lower what it may do, let it fork, and unmap memory.
 *
 * Not modelled: users (a limit is a process's own), namespaces, signals, copy on write: a child sees the very
 * pages of its parent.
 */

import { GONE } from './host-pages'
import type { Machine } from './machine'
import { FIRST_TASK, type TaskRecord, TREE } from './state'

/** The process that makes the calls now. */
export function currentTask(machine: Machine): TaskRecord {
  return taskOf(machine, machine.root.task)
}

export function taskOf(machine: Machine, uid: number): TaskRecord {
  const task = machine.root.tasks.get(uid)
  if (task === undefined) throw new Error(`no process ${uid}`)
  return task
}

export function setTask(machine: Machine, task: TaskRecord): void {
  machine.update({ tasks: new Map(machine.root.tasks).set(task.uid, task) })
}

/** Changes what the process that makes the calls may do. */
export function setCredentials(
  machine: Machine,
  change: Partial<Pick<TaskRecord, 'memlockPages' | 'ipcLock' | 'sysResource'>>,
): void {
  setTask(machine, { ...currentTask(machine), ...change })
}

/** fork(): the calls that follow are the child's, which starts with the memory of its parent. Answers its uid. */
export function forkTask(machine: Machine): number {
  const parent = currentTask(machine)
  const uid = machine.takeUid()
  setTask(machine, { ...parent, uid, parent: parent.uid, accountedPages: 0 })
  const { ranges } = machine.bulk
  ranges.forEachIn(TREE.memoryOf(parent.uid), 0, 2 ** 52 - 1, slot =>
    ranges.insert(TREE.memoryOf(uid), ranges.first(slot), ranges.last(slot), ranges.a(slot), ranges.b(slot)),
  )
  machine.update({ task: uid })
  return uid
}

/** exit(): the memory is gone, and the calls that follow are the parent's. */
export function exitTask(machine: Machine): void {
  const task = currentTask(machine)
  setTask(machine, { ...task, alive: false })
  machine.update({ task: task.parent ?? FIRST_TASK })
}

/** The calls that follow are made by this process. */
export function runAs(machine: Machine, uid: number): void {
  machine.update({ task: taskOf(machine, uid).uid })
}

/**
 * munmap() by the process that makes the calls: 4 KiB pages, both ends inclusive. Nothing is there any more for a
 * call that comes later; who has the pages pinned keeps them.
 */
export function unmapMemory(machine: Machine, first: number, last: number): void {
  const { ranges } = machine.bulk
  const tree = TREE.memoryOf(machine.root.task)
  const met: [number, number, number][] = []
  ranges.forEachIn(tree, first, last, slot =>
    met.push([ranges.first(slot), ranges.last(slot), ranges.b(slot)]),
  )
  for (const [from, to, flags] of met) {
    ranges.remove(tree, from)
    if (from < first) ranges.insert(tree, from, first - 1, 0, flags)
    ranges.insert(tree, Math.max(from, first), Math.min(to, last), 0, flags | GONE)
    if (to > last) ranges.insert(tree, last + 1, to, 0, flags)
  }
}
