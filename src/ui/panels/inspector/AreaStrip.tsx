/** All a space maps on one line: pieces wide by the logarithm of their size, holes between them hatched. */
import type { StripPiece } from '../../../engine'
import { address, count, size } from '../../format/hex'
import { markName } from '../../widgets/Mark'
import { placePieces } from './strip-layout'

interface Props {
  readonly pieces: readonly StripPiece[]
  readonly onPick: (iova: bigint) => void
}

export function AreaStrip({ pieces, onPick }: Props) {
  const first = pieces[0]?.first ?? 0n
  const last = pieces.at(-1)?.last ?? 0n
  return (
    <div className="pb-2">
      <section className="strip" aria-label="Areas, width by the logarithm of the size">
        {placePieces(pieces).map(({ piece, left, width }) => (
          <Piece
            key={`${piece.first}`}
            piece={piece}
            style={{ left: `${left}%`, width: `${width}%` }}
            onPick={onPick}
          />
        ))}
      </section>
      <div className="flex justify-between text-11 text-ink-2">
        <code>{address(first)}</code>
        <span>log scale, holes hatched</span>
        <code>{address(last)}</code>
      </div>
    </div>
  )
}

interface PieceProps {
  readonly piece: StripPiece
  readonly style: { readonly left: string; readonly width: string }
  readonly onPick: Props['onPick']
}

function Piece({ piece, style, onPick }: PieceProps) {
  const { first, last, areas, bytes, mark } = piece
  if (areas === 0)
    return <span className="strip-hole" style={style} title={`hole of ${size(last - first + 1n)}`} />
  const change = markName(mark)
  const what = areas === 1 ? size(bytes) : `${count(areas)} areas, ${size(bytes)}`
  return (
    <button
      type="button"
      className={`strip-piece ${change === null ? '' : `row-${change}`}`}
      style={style}
      title={`${address(first)} .. ${address(last)}: ${what}`}
      aria-label={`${address(first)} to ${address(last)}, ${what}`}
      onClick={() => onPick(first)}
    >
      {mark}
      {what}
    </button>
  )
}
