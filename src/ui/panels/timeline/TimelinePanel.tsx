/** Where in the flow the reader stands, how to move, and what the step at hand did and cost. */
import { DockBody } from './DockBody'
import { NoteBar } from './NoteBar'
import { Scrubber } from './Scrubber'
import { Transport } from './Transport'

export function TimelinePanel() {
  return (
    <section className="panel" aria-label="Timeline">
      <Transport />
      <Scrubber />
      <NoteBar />
      <DockBody />
    </section>
  )
}
