/** Every call of the proposals, what became of it, and flows that do the same then and now. */
import { useController } from '../../app/context'
import { openScenario, scenarioByCode } from '../../app/scenarios'
import { FATES, type Fate } from './became.data'
import './became.css'

export default function Became() {
  return (
    <main className="became-screen scroll">
      <header className="became-head">
        <h2 className="text-15 font-semibold">Then and now</h2>
        <span className="text-ink-2">what became of the calls of 2021 in Linux</span>
      </header>
      <table className="became" aria-label="Calls then and now">
        <thead>
          <tr>
            <th scope="col">First proposal</th>
            <th scope="col">Second proposal</th>
            <th scope="col">Linux</th>
            <th scope="col">What changed</th>
            <th scope="col">Flows</th>
          </tr>
        </thead>
        <tbody>
          {FATES.map(fate => (
            <FateRow key={fate.what} fate={fate} />
          ))}
        </tbody>
      </table>
    </main>
  )
}

function FateRow({ fate: { v1, v2, now, what, pair } }: { readonly fate: Fate }) {
  return (
    <tr>
      <Calls names={v1} />
      <Calls names={v2} />
      <Calls names={now} />
      <td>{what}</td>
      <td>{pair === undefined ? 'none' : <Pair names={pair} />}</td>
    </tr>
  )
}

function Calls({ names }: { readonly names: readonly string[] }) {
  return (
    <td>
      {names.length === 0 ? (
        <span className="text-ink-2">no call</span>
      ) : (
        names.map(name => <code key={name}>{name}</code>)
      )}
    </td>
  )
}

const WHEN = ['then', 'now'] as const

function Pair({ names }: { readonly names: readonly string[] }) {
  const controller = useController()
  return names.map((name, at) => {
    const scenario = scenarioByCode(name)
    return (
      scenario !== null && (
        <button
          key={name}
          type="button"
          className="btn bordered"
          title={scenario.title}
          onClick={() => openScenario(controller, scenario)}
        >
          {WHEN[at]}: {name}
        </button>
      )
    )
  })
}
