/** Gathers a step's events. Entries that go on where the last ones ended join them, over several fills too. */
import { joinRuns } from '../pt'
import type { EventBody, EventSink, MachineEvent } from '../trace/events'

export class Collector implements EventSink {
  readonly on = true
  private readonly found: EventBody[] = []
  private readonly step: number
  /** The step's own call, where it is one; calls inside it are those of the VMM. */
  private readonly call: string

  constructor(step: number, call: string) {
    this.step = step
    this.call = call
  }

  emit(event: EventBody): void {
    const last = this.found.at(-1)
    const joined =
      last?.kind === 'entries-written' && event.kind === 'entries-written' ? joinRuns(last, event) : null
    if (joined === null) this.found.push(event)
    else this.found[this.found.length - 1] = joined
  }

  /** In the order they happened, numbered from 1; what belongs to a call inside the step has its number. */
  events(): readonly MachineEvent[] {
    let calls = 0
    let sub = 0
    return this.found.map((event, at) => {
      if (event.kind === 'call' && event.cmd !== this.call) sub = ++calls
      const told = { ...event, step: this.step, sub, seq: at + 1 }
      if (event.kind === 'return') sub = 0
      return told
    })
  }
}
