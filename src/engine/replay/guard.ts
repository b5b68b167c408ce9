/** A call of a recording that breaks the emulator fails alone: what it did is taken back, and the next is made. */
import type { Machine } from '../kernel/machine'

/** What `body` answers, or the error that it threw, with the machine as it was before. */
export function guarded<T>(machine: Machine, body: () => T): T | Error {
  const { root, events } = machine
  const mark = machine.bulk.journal.mark()
  try {
    return body()
  } catch (error) {
    machine.root = root
    machine.events = events
    machine.bulk.journal.undoTo(mark)
    machine.bulk.journal.dropAfter(mark)
    return error instanceof Error ? error : new Error(String(error))
  }
}
