/** Beside the staircase: how many reads and why, what came out, the reference at hand bit by bit. */
import { StepBack, StepForward } from 'lucide-react'
import { useStore } from 'zustand'
import type { WalkView } from '../../../engine'
import { tooltip } from '../../app/actions'
import { address, count, size } from '../../format/hex'
import { inspectStore, stepReference } from '../../stores/inspect-store'
import { viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'
import { ReferenceWords } from '../inspector/WalkSteps'
import { otherWalks, type Stairs, sumText } from './stairs'

interface Props {
  readonly walk: WalkView
  readonly stairs: Stairs
}

export function StairSide({ walk, stairs }: Props) {
  const { references } = walk
  const tables = references.length - stairs.config.length
  return (
    <aside className="stairs-side" aria-label="Count">
      <div className="flex items-center gap-2">
        <h2 className="flex-1 text-15 font-semibold">
          {count(tables)} {tables === 1 ? 'reference' : 'references'}
        </h2>
        <Stepper references={references.length} />
      </div>
      {tables > 0 && <p className="mono pb-2 text-15">{sumText(stairs)}</p>}
      <Sums walk={walk} stairs={stairs} />
      <h3>Result</h3>
      <Result walk={walk} />
      <Others walk={walk} />
      <AtHand walk={walk} />
    </aside>
  )
}

function Sums({ walk: { references }, stairs }: Props) {
  const of = (stage: string) => references.filter(one => one.stage === stage).length
  const rows = stairs.rows.filter(row => row.address !== null).length
  return (
    <table className="kv" aria-label="References by stage">
      <tbody>
        <tr>
          <th scope="row">second stage</th>
          <td className="mono">{of('second')}</td>
          <td className="text-ink-2">{rows > 0 ? `for ${rows} guest addresses` : ''}</td>
        </tr>
        <tr>
          <th scope="row">first stage</th>
          <td className="mono">{of('first')}</td>
          <td className="text-ink-2">{of('first') > 0 ? 'entries of the table' : ''}</td>
        </tr>
        <tr>
          <th scope="row">configuration</th>
          <td className="mono">{of('config')}</td>
          <td className="text-ink-2">counted apart</td>
        </tr>
      </tbody>
    </table>
  )
}

const CACHES: Readonly<Record<WalkView['cache'], string>> = {
  none: 'left aside',
  hit: 'hit: answered without a walk',
  'stale-hit': '! stale hit: memory says something else by now',
  miss: 'miss: the walk was made',
}

function Result({ walk }: { readonly walk: WalkView }) {
  const from = useStore(
    viewStore,
    state => state.shown?.state.addressSpaces.find(space => space.id === walk.from)?.name,
  )
  const { fault, output, perm, pageSize, cache } = walk
  return (
    <table className="kv" aria-label="Result">
      <tbody>
        {fault !== null && (
          <tr className="row-err">
            <th scope="row">fault</th>
            <td>
              <code>! {fault.code}</code> {fault.name}
            </td>
          </tr>
        )}
        {output !== null && (
          <tr>
            <th scope="row">HPA</th>
            <td className="mono">{address(output)}</td>
          </tr>
        )}
        {perm !== null && (
          <tr>
            <th scope="row">access</th>
            <td>{[...perm.toUpperCase()].join(' ')}, by all entries together</td>
          </tr>
        )}
        {pageSize !== null && (
          <tr>
            <th scope="row">page</th>
            <td>{size(BigInt(pageSize))}, the smaller of both stages</td>
          </tr>
        )}
        <tr className={cache === 'stale-hit' ? 'row-err' : ''}>
          <th scope="row">caches</th>
          <td>{CACHES[cache]}</td>
        </tr>
        <tr>
          <th scope="row">routed by</th>
          <td>{from ?? 'no space'}</td>
        </tr>
      </tbody>
    </table>
  )
}

function useReferenceAt(references: number): number {
  const asked = useStore(inspectStore, state => state.reference)
  return Math.min(asked ?? references - 1, references - 1)
}

function AtHand({ walk: { references } }: { readonly walk: WalkView }) {
  const chosen = references[useReferenceAt(references.length)]
  return chosen === undefined ? null : <ReferenceWords reference={chosen} />
}

function Stepper({ references }: { readonly references: number }) {
  const at = useReferenceAt(references)
  if (references === 0) return null
  return (
    <>
      <IconButton
        icon={StepBack}
        name={tooltip('reference.previous')}
        disabled={at <= 0}
        onClick={() => stepReference(-1)}
      />
      <IconButton
        icon={StepForward}
        name={tooltip('reference.next')}
        disabled={at >= references - 1}
        onClick={() => stepReference(1)}
      />
      <code role="status">
        {at + 1} / {references}
      </code>
    </>
  )
}

/** What the same request would cost with other page sizes, by the number of levels of both tables. */
function Others({ walk: { references } }: { readonly walk: WalkView }) {
  const levels = (stage: string) =>
    Math.max(0, ...references.filter(one => one.stage === stage).map(one => (one.level ?? -1) + 1))
  const [first, second] = [levels('first'), levels('second')]
  if (first < 3 || second < 3) return null
  const all = otherWalks(first, second)
  const most = Math.max(...all.map(one => one.references))
  return (
    <>
      <h3>
        Complete walks of {first} over {second} levels, by page size
      </h3>
      <table className="kv" aria-label="Other page sizes">
        <tbody>
          {all.map(other => (
            <tr key={other.title}>
              <th scope="row">{other.title}</th>
              <td className="mono">{other.references}</td>
              <td className="w-1/2">
                <span className="stair-bar" style={{ width: `${(other.references / most) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
