/** The same flow under several designs, side by side: pictures, answers, costs, and where they part. */
import { useStore } from 'zustand'
import { compareStore } from '../../stores/compare-store'
import { viewStore } from '../../stores/view-store'
import { CompareCosts } from './CompareCosts'
import { CompareHead } from './CompareHead'
import { ComparePictures } from './ComparePictures'
import { CompareSteps } from './CompareSteps'
import { rowsOf } from './rows'
import { type Compared, useComparison } from './use-comparison'
import './compare.css'

export default function Compare() {
  const compared = useComparison()
  const ran = compared.columns.filter(({ read }) => 'variant' in read).length
  return (
    <main className="compare-screen" style={{ '--columns': Math.max(1, compared.columns.length) }}>
      <section className="scroll" aria-label="Comparison">
        <CompareHead compared={compared} />
        {compared.reply !== null && ran === compared.columns.length ? (
          <Results compared={compared} />
        ) : (
          <p className="p-4 text-ink-2" role="status">
            {waiting(compared, ran)}
          </p>
        )}
      </section>
    </main>
  )
}

function waiting({ columns, problem }: Compared, ran: number): string {
  if (ran < columns.length)
    return 'Correct the column that is marked; then the flow is run under all of them.'
  return problem ?? 'Running the flow under each design ...'
}

function Results({ compared: { reply } }: { readonly compared: Compared }) {
  const at = useStore(viewStore, state => state.step)
  const folded = useStore(compareStore, state => state.folded)
  if (reply === null) return null
  const rows = rowsOf(reply.steps)
  return (
    <>
      <ComparePictures reply={reply} />
      <CompareSteps reply={reply} rows={rows} at={at} folded={folded} />
      <CompareCosts reply={reply} />
    </>
  )
}
