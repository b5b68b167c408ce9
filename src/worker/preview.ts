/** A text run to its end for a small picture of it; nothing of it is kept. */
import type { GraphView, Session } from '../engine'
import type { EnginePort } from './engine-port'
import { stepsToLookAt } from './outline'
import type { PreviewReply, PreviewRequest } from './protocol'

const SLICE_STEPS = 16
const STEPS_LOOKED_AT = 40

/** `pause` lets messages in; it is called between slices. */
export async function preview<S extends Session>(
  request: PreviewRequest,
  engine: EnginePort<S>,
  pause: () => Promise<void>,
): Promise<PreviewReply> {
  const running = engine.begin(request.text, request.limit)
  while (!running.advance(SLICE_STEPS)) await pause()
  const session = running.finish()
  const graph = fullest(session, engine)
  return {
    kind: 'previewed',
    id: request.id,
    scenario: session.scenario,
    steps: session.steps.length,
    graph,
  }
}

/** The last of the steps that show the most: what was made has become what it is. */
function fullest<S extends Session>(session: S, engine: EnginePort<S>): GraphView {
  const graphs = stepsToLookAt(session.steps.length, STEPS_LOOKED_AT).map(step => {
    session.seek(step)
    return engine.graph(session)
  })
  const size = ({ nodes, edges }: GraphView) => nodes.length + edges.length
  return graphs.reduce((best, graph) => (size(graph) >= size(best) ? graph : best))
}
