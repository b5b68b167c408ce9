/** Gathers a step's events. Entries that go on where the last ones ended join them, over several fills too. */
import { joinRuns } from '../pt'
import type { EventBody, EventSink, MachineEvent } from '../trace/events'

export class Collector implements EventSink {
  readonly on = true
  private readonly found: EventBody[] = []
  private readonly step: number

  constructor(step: number) {
    this.step = step
  }

  emit(event: EventBody): void {
    const last = this.found.at(-1)
    const joined =
      last?.kind === 'entries-written' && event.kind === 'entries-written' ? joinRuns(last, event) : null
    if (joined === null) this.found.push(event)
    else this.found[this.found.length - 1] = joined
  }

  /** In the order they happened, numbered from 1. */
  events(): readonly MachineEvent[] {
    return this.found.map((event, at) => ({ ...event, step: this.step, sub: 0, seq: at + 1 }))
  }
}
