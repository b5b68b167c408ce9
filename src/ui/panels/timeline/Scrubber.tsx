/**
 * One cell a step, and one slider over them all. With more steps the cells keep the verb only, then the number; past 200
 * they become ticks; refused steps stay visible in every form.
 */
import { type KeyboardEvent, memo } from 'react'
import { useStore } from 'zustand'
import type { StepRecord } from '../../../engine'
import { useController } from '../../app/context'
import { togglePlay } from '../../app/player'
import { useFrameSizes } from '../../app/use-frame-sizes'
import { isBad, stepOutcome } from '../../format/step-outcome'
import { lastWord, verbLines } from '../../format/verb-lines'
import { dockStore } from '../../stores/dock-store'
import { noteStore } from '../../stores/note-store'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import { Ticks } from './Ticks'
import { useScrub } from './use-scrub'

/** Counted with the start; more do not fit a 1280 px screen in words. */
const WORDS_UP_TO = 17
const VERBS_UP_TO = 30
const CELLS_UP_TO = 200
/** A phone shows that much less than a screen of 1280 pixels. */
const NARROWER = 3
const KEY_STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

export function Scrubber() {
  const controller = useController()
  const step = useStore(viewStore, state => state.step)
  const steps = useStore(runStore, state => state.shown?.steps ?? NONE)
  const lost = useLostSteps()
  const cells = steps.length + 1 + lost.length
  const stops = useStore(dockStore, state => state.stops)
  const notes = useStore(noteStore, state => state.notes)
  const scrub = useScrub(cells)
  const onKeyDown = (event: KeyboardEvent) => {
    const by = KEY_STEPS[event.key]
    if (by === undefined || event.ctrlKey || event.altKey) return
    event.preventDefault()
    void controller.goTo(step + by)
  }
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key === ' ') togglePlay(controller)
  }
  const form = formOf(useFrameSizes().name === 'column' ? cells * NARROWER : cells)
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="Step"
      aria-valuemin={0}
      aria-valuemax={steps.length}
      aria-valuenow={step}
      aria-valuetext={step === 0 ? 'start' : textOf(steps[step - 1])}
      className={`scrubber ${form}`}
      onKeyDown={onKeyDown}
      onKeyUp={onKeyUp}
      {...scrub}
    >
      {form === 'ticks' ? (
        <Ticks steps={steps} step={step} stops={stops} />
      ) : (
        <>
          <StartCell now={step === 0} form={form} />
          {steps.map(record => (
            <Cell
              key={record.n}
              record={record}
              place={placeOf(record.n, step)}
              form={form}
              stops={stops.has(record.n)}
              noted={notes.some(note => note.step === record.n)}
            />
          ))}
          {lost.map(record => (
            <Cell
              key={`lost ${record.n}`}
              record={record}
              place="lost"
              form={form}
              stops={false}
              noted={false}
            />
          ))}
        </>
      )}
    </div>
  )
}

type Form = 'words' | 'verbs' | 'tight' | 'ticks'

function formOf(cells: number): Form {
  if (cells > CELLS_UP_TO) return 'ticks'
  if (cells > VERBS_UP_TO) return 'tight'
  return cells > WORDS_UP_TO ? 'verbs' : 'words'
}

const NONE: readonly StepRecord[] = []

/** Steps of the last good text that the newest, broken one does not reach. */
function useLostSteps(): readonly StepRecord[] {
  const good = useStore(runStore, state => state.good)
  const shown = useStore(runStore, state => state.shown)
  if (good === null || shown === null || good === shown) return NONE
  return good.steps.slice(shown.steps.length)
}

type Place = 'past' | 'now' | 'future' | 'lost'

function placeOf(n: number, step: number): Place {
  return n === step ? 'now' : n < step ? 'past' : 'future'
}

function textOf(record: StepRecord | undefined): string {
  if (record === undefined) return ''
  const { n, label } = record
  return `${n} ${label.verb} ${label.object} ${stepOutcome(record).text}`.replace(/ +/g, ' ').trim()
}

interface CellProps {
  readonly record: StepRecord
  readonly place: Place
  readonly form: Form
  readonly stops: boolean
  readonly noted: boolean
}

const Cell = memo(function Cell({ record, place, form, stops, noted }: CellProps) {
  const { n, label } = record
  const bad = isBad(record)
  const { head, tail } = form === 'words' ? verbLines(label.verb) : { head: '', tail: lastWord(label.verb) }
  const said = bad ? stepOutcome(record).text : form === 'words' ? label.object : ''
  return (
    <div
      className={`cell ${place} ${bad ? 'refused' : ''} ${noted ? 'noted' : ''}`}
      title={`${textOf(record)}${stops ? ', breakpoint' : ''}${noted ? ', note' : ''}`}
    >
      {stops && <span className="breakpoint" />}
      {(form !== 'tight' || n % 5 === 0 || place === 'now') && <span className="no mono">{n}</span>}
      {head !== '' && (tail === '' ? <b>{head}</b> : head)}
      {form !== 'tight' && (
        <span className="obj">
          {tail !== '' && !(bad && form === 'verbs') && <b>{tail} </b>}
          {said}
        </span>
      )}
    </div>
  )
})

function StartCell({ now, form }: { readonly now: boolean; readonly form: Form }) {
  return (
    <div className={`cell ${now ? 'now' : 'past'}`}>
      <span className="no mono">0</span>
      {form !== 'tight' && <span className="obj">start</span>}
    </div>
  )
}
