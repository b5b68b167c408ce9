/** The range that a refused call asked for, beside what it met: drawn in order, not to scale. */
import type { RangeDrawing as Drawing } from '../../../engine'
import { address, size } from '../../format/hex'
import { placeRanges } from './range-places'

export function RangeDrawing({ drawing }: { readonly drawing: Drawing }) {
  const places = placeRanges(drawing)
  return (
    <figure className="ranges" aria-label={`Ranges of ${drawing.space}`}>
      {places.map(({ range, left, width, asked }) => (
        <div key={`${range.label} ${range.first} ${asked}`} className="range-lane">
          <span className={asked ? 'font-semibold text-err' : 'text-ink-2'}>
            {asked ? '! asked' : range.label}
          </span>
          <span className="range-line">
            <span
              className={`range-bar ${asked ? 'asked' : ''}`}
              style={{ left: `${left}%`, width: `${width}%` }}
            />
          </span>
          <code>
            {address(range.first)} + {size(range.last - range.first + 1n)}
          </code>
        </div>
      ))}
      <figcaption className="text-11 text-ink-2">{drawing.space}, in order, not to scale</figcaption>
    </figure>
  )
}
