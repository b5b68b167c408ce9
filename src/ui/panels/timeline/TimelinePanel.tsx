/** Where in the flow the reader stands, how to move, and what the step at hand did and cost. */
import { CostTable } from './CostTable'
import { EventList } from './EventList'
import { Scrubber } from './Scrubber'
import { Transport } from './Transport'

export function TimelinePanel() {
  return (
    <section className="panel" aria-label="Timeline">
      <Transport />
      <Scrubber />
      <div className="mt-1 flex min-h-0 flex-1 border-t border-line-1">
        <EventList />
        <CostTable />
      </div>
    </section>
  )
}
