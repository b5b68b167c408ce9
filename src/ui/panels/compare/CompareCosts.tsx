/** What each run came to, counted by the model over the whole flow. */
import type { ComparedReply } from '../../../worker/protocol'
import { count } from '../../format/hex'
import { Sign } from './CompareSteps'

export function CompareCosts({ reply: { comparison, costs } }: { readonly reply: ComparedReply }) {
  const { runs } = comparison
  const [first] = runs
  if (first === undefined) return null
  return (
    <>
      <div className="compare-bar">
        <b>Cost</b>
        <span className="text-ink-2">counted by the emulator, whole flow; references per DMA are means</span>
      </div>
      <table className="compare-table costs" aria-label="Cost">
        <tbody>
          <tr>
            <th scope="row">steps</th>
            {runs.map(run => (
              <Value key={run.label} value={run.steps} first={first.steps} />
            ))}
          </tr>
          {costs.map(({ key, title }) => (
            <tr key={key}>
              <th scope="row">{title}</th>
              {runs.map(run => (
                <Value key={run.label} value={run.costs[key]} first={first.costs[key]} />
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">mistakes, and checks that fail</th>
            {runs.map(run => (
              <td key={run.label} className={run.problems.length > 0 ? 'text-err' : ''}>
                <Sign differs={run.problems.length !== first.problems.length} />
                {run.problems.length === 0 ? 'none' : problemText(run.problems)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </>
  )
}

interface ValueProps {
  readonly value: number | null
  readonly first: number | null
}

function Value({ value, first }: ValueProps) {
  return (
    <td className={value === first ? 'same' : ''}>
      <Sign differs={value !== first} />
      {value === null ? 'none' : Number.isInteger(value) ? count(value) : value.toFixed(1)}
    </td>
  )
}

type Problems = ComparedReply['comparison']['runs'][number]['problems']

function problemText(problems: Problems): string {
  const [first] = problems
  return `${count(problems.length)}; line ${first?.line}: ${first?.message}`
}
