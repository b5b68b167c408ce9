/** Table types by operations: what each call answers on a fresh machine, with the flow that shows it. */
import { Clipboard } from 'lucide-react'
import { useStore } from 'zustand'
import type { MatrixView } from '../../../engine'
import { copyText } from '../../share/clipboard'
import { choiceStore } from '../../stores/choice-store'
import { matrixStore } from '../../stores/matrix-store'
import { toast } from '../../stores/share-store'
import { Segments } from '../../widgets/Segments'
import { CellPanel } from './CellPanel'
import { canMake, policyText } from './cell-words'
import { MatrixTable } from './MatrixTable'
import { type Matrices, useMatrices } from './use-matrices'
import './matrix.css'

export default function Matrix() {
  const matrices = useMatrices()
  const { at } = matrices
  const matrix = at?.matrix
  return (
    <main className="matrix-screen">
      <section className="scroll" aria-label="Matrix">
        <Head matrices={matrices} />
        {matrix === undefined && (
          <p className="p-4 text-ink-2" role="status">
            Running every operation on a fresh machine each ...
          </p>
        )}
        {typeof matrix === 'string' && <p className="p-4 text-ink-2">{matrix}</p>}
        {typeof matrix === 'object' && (
          <>
            <MatrixTable matrix={matrix} all={matrices.all} />
            <Legend />
            {policyText(matrix) !== '' && (
              <p className="px-4 pb-4 text-11 text-ink-2">
                Policy <code>{policyText(matrix)}</code>
              </p>
            )}
          </>
        )}
      </section>
      {typeof matrix === 'object' && <CellPanel matrix={matrix} all={matrices.all} />}
    </main>
  )
}

const DIFFERENCES = 'differences'

function Head({ matrices: { at, all, platform } }: { readonly matrices: Matrices }) {
  const differences = useStore(matrixStore, state => state.differences)
  const choose = (id: string) =>
    matrixStore.setState(id === DIFFERENCES ? { differences: true } : { differences: false, dialect: id })
  return (
    <header className="matrix-head">
      <h2 className="text-15 font-semibold">Table types by operations</h2>
      {typeof at?.matrix === 'object' && <span className="matrix-sum-text">{sumText(at.matrix)}</span>}
      <span className="flex-1" />
      {at?.text != null && <CopyText text={at.text} />}
      <PlatformSelect platform={platform} />
      <Segments
        name="Dialect of the matrix"
        options={[
          ...all.map(({ dialect }) => ({ id: dialect, title: dialect })),
          { id: DIFFERENCES, title: 'differences' },
        ]}
        chosen={differences ? DIFFERENCES : (at?.dialect ?? '')}
        onChoose={choose}
      />
    </header>
  )
}

/** The block that `ioas matrix` prints, for a mail. */
function CopyText({ text }: { readonly text: string }) {
  const copy = async () => {
    const copied = await copyText(text)
    toast(copied ? 'Copied as text: the matrix and its reasons.' : 'The browser did not allow copying.')
  }
  return (
    <button type="button" className="btn bordered" onClick={() => void copy()}>
      <Clipboard size={14} aria-hidden />
      Copy as text
    </button>
  )
}

function sumText(matrix: MatrixView): string {
  const { types, operations, cells } = matrix
  const made = types.filter(({ id }) => canMake(matrix, id)).length
  const runs = cells.filter(cell => cell.result !== 'no-words').length
  return `${made} of ${types.length} types can be made, ${operations.length} operations, ${runs} runs on a fresh machine each`
}

const NO_PLATFORMS: readonly { readonly id: string; readonly title: string }[] = []

function PlatformSelect({ platform }: Pick<Matrices, 'platform'>) {
  const platforms = useStore(choiceStore, state => state.choices?.platforms ?? NO_PLATFORMS)
  return (
    <select
      className="field"
      aria-label="Platform of the matrix"
      value={platform}
      onChange={event => matrixStore.setState({ platform: event.target.value })}
    >
      {platforms.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  )
}

const LEGEND = [
  ['ok', 'ok', 'returns 0 or a handle'],
  ['refused', '-EINVAL', 'refused; select for the rule'],
  ['open', 'TBD', 'left open by the proposal, not modelled'],
  ['no-words', 'no call', 'the dialect has no such call'],
  ['no-type', '', 'such a table cannot be made'],
] as const

function Legend() {
  return (
    <ul className="matrix-legend" aria-label="Legend">
      {LEGEND.map(([look, text, means]) => (
        <li key={look}>
          <span className={`matrix-key cell-${look}`}>{text}</span> {means}
        </li>
      ))}
    </ul>
  )
}
