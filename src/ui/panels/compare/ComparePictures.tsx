/** What each run looks like after the step at hand. */
import { useStore } from 'zustand'
import type { ComparedReply } from '../../../worker/protocol'
import { viewStore } from '../../stores/view-store'
import { MiniGraph } from '../gallery/MiniGraph'
import { useGraphs } from './use-comparison'

export function ComparePictures({ reply }: { readonly reply: ComparedReply }) {
  const step = useStore(viewStore, state => state.step)
  const graphs = useGraphs(reply)
  return (
    <div className="compare-row compare-pictures">
      <div>
        <b>Layout</b>
        <p className="text-ink-2">after step {step}</p>
      </div>
      {reply.comparison.runs.map((run, k) => {
        const graph = graphs[k]
        return (
          <div key={run.label}>
            {graph !== undefined && (
              <figure aria-label={`Layout of ${run.label}`}>
                <MiniGraph graph={graph} named />
              </figure>
            )}
          </div>
        )
      })}
    </div>
  )
}
