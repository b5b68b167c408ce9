/** What the actors of a page fault say to each other. */
import type { FlowSession } from './session'

/** Of a step: messages as `device to iommu`, and the events of a page request by their kinds, in order. */
export const heardIn = (session: FlowSession, step: number): readonly string[] =>
  session.explain(step).flatMap(event => {
    if (event.kind === 'message') return [`${event.actor} to ${event.to}`]
    return ['page-request', 'page-response', 'dma'].includes(event.kind) ? [event.kind] : []
  })
