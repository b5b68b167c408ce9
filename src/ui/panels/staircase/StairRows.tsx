/** The rows of the staircase, each one step further to the right, and how each address came out of the row before. */
import { useStore } from 'zustand'
import type { ReferenceView, WalkView } from '../../../engine'
import { address } from '../../format/hex'
import { inspectStore } from '../../stores/inspect-store'
import { useQuestion } from '../inspector/use-walk'
import { chooseReference } from '../inspector/walk-rows'
import { pointerOf, rightsOf, type Stair, type Stairs } from './stairs'

interface Props {
  readonly walk: WalkView
  readonly stairs: Stairs
  /** The reference at hand, from 0. */
  readonly at: number
}

export function StairRows({ walk, stairs, at }: Props) {
  const asked = useStore(inspectStore, state => state.question.address)
  const question = useQuestion(null)
  const { config, rows } = stairs
  return (
    <>
      {config.length > 0 && (
        <ol aria-label="Configuration read" className="stair config">
          {config.map(index => (
            <Cell key={index} walk={walk} index={index} at={at} />
          ))}
        </ol>
      )}
      {rows.length === 0 && <p className="pt-3 text-ink-2">{nothingRead(walk)}</p>}
      {rows.map((row, k) => (
        <div key={row.reads[0]} className="stair-step" style={{ '--step': k }}>
          <ol aria-label={rowName(row, k)} className="stair">
            <li className="stair-address">
              <small>{origin(walk, row, rows[k - 1])}</small>
              <code>
                {row.address === null ? 'IOVA' : 'GPA'}{' '}
                {address(row.address ?? BigInt(asked ?? question.address))}
              </code>
            </li>
            {row.reads.map(index => (
              <Cell key={index} walk={walk} index={index} at={at} />
            ))}
            {row.entry !== null && <Cell walk={walk} index={row.entry} at={at} />}
            {k === rows.length - 1 && <End walk={walk} at={at} />}
          </ol>
          <Turn walk={walk} row={row} next={rows[k + 1]} at={at} />
        </div>
      ))}
    </>
  )
}

function nothingRead({ ok, cache }: WalkView): string {
  if (!ok) return 'The request was stopped before any table was read.'
  return cache === 'hit' || cache === 'stale-hit'
    ? 'No table was read: a cache answered.'
    : 'No table was read: nothing translates this request.'
}

function rowName({ address: at, level }: Stair, k: number): string {
  if (at === null) return `Row ${k + 1}`
  return `Row ${k + 1}, GPA ${address(at)}${level === null ? ', the page' : ''}`
}

/** What lies at the address: the table that it is an entry of, or the page. */
function origin({ references }: WalkView, { address: at, level }: Stair, before: Stair | undefined): string {
  if (at === null) return 'asked for'
  const pointer = pointerBefore(references, before)
  if (level === null) return pointer === null ? 'the page' : `page ${address(pointer)}`
  return before === undefined
    ? `top table ${address(at & ~0xfffn)}`
    : `table ${address(pointer ?? at & ~0xfffn)}`
}

function pointerBefore(references: readonly ReferenceView[], before: Stair | undefined): bigint | null {
  const entry = before?.entry ?? before?.reads.at(-1)
  const read = entry === undefined ? undefined : references[entry]
  return read === undefined ? null : pointerOf(read)
}

interface TurnProps {
  readonly walk: WalkView
  readonly row: Stair
  readonly next: Stair | undefined
  readonly at: number
}

/** `GPA 0x1_1000 + index 341 x 8`: where the next address comes from. */
function Turn({ walk, row, next, at }: TurnProps) {
  const pointer = pointerBefore(walk.references, row)
  if (pointer === null || next === undefined || next.address === null) return null
  const offset = next.address - pointer
  const how = next.level === null ? `offset ${address(offset)}` : `index ${offset / 8n} x 8`
  return (
    <p className={`stair-turn ${(next.reads[0] ?? 0) > at ? 'ahead' : ''}`}>
      <span>
        GPA {address(pointer)} + {how}
      </span>
    </p>
  )
}

interface CellProps {
  readonly walk: WalkView
  readonly index: number
  readonly at: number
}

function Cell({ walk, index, at }: CellProps) {
  const reference = walk.references[index]
  if (reference === undefined) return null
  const failed = !walk.ok && index === walk.references.length - 1
  const { what, stage, value } = reference
  return (
    <li className={`stair-cell stage-${stage} ${failed ? 'failed' : ''} ${index > at ? 'ahead' : ''}`}>
      <button
        type="button"
        aria-current={index === at ? 'step' : undefined}
        onClick={() => chooseReference(index)}
      >
        <span className="walk-no">{failed ? '!' : index + 1}</span>
        <span className="stair-read">
          <span>{what}</span>
          <span>@ {address(reference.address)}</span>
          {stage !== 'config' && <ShortWord value={value} />}
          {stage !== 'config' && <small>{rightsOf(reference)}</small>}
        </span>
      </button>
    </li>
  )
}

/** Without its leading zeros; the low three digits apart, as everywhere. The whole word stands beside. */
function ShortWord({ value }: { readonly value: bigint }) {
  const text = address(value)
  return (
    <span className="word">
      <span className="b">{text.slice(0, -3)}</span>
      <span className="f">{text.slice(-3)}</span>
    </span>
  )
}

function End({ walk, at }: Pick<Props, 'walk' | 'at'>) {
  const ahead = at < walk.references.length - 1 ? 'ahead' : ''
  if (!walk.ok || walk.output === null) {
    return (
      <li className={`stair-end failed ${ahead}`}>
        <small>! Fault {walk.fault?.code}</small>
        <span>{walk.fault?.name}</span>
      </li>
    )
  }
  return (
    <li className={`stair-end ${ahead}`}>
      <small>HPA</small>
      <code>{address(walk.output)}</code>
    </li>
  )
}
