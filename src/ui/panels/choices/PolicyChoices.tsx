import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { Choices, KnobChoice } from '../../../engine'
import { choose } from '../../app/choose'
import { useController } from '../../app/context'
import { frameStore } from '../../stores/frame-store'
import { runStore } from '../../stores/run-store'
import { ChoiceRow } from './ChoiceRow'

/** Every knob that was argued over; what the dialect at hand does not obey is there, and says so. */
export function PolicyChoices({ choices }: { readonly choices: Choices }) {
  const scenario = useStore(runStore, state => state.newest?.scenario)
  const knobs = choices.dialects.find(({ id }) => id === scenario?.dialect)?.knobs ?? []
  const obeyed = knobs.filter(knob => knob.default !== null)
  const others = knobs.filter(knob => knob.default === null)
  return (
    <>
      {obeyed.map(knob => (
        <Knob key={knob.key} knob={knob} current={scenario?.policy[knob.key] ?? knob.default ?? ''} />
      ))}
      {others.length > 0 && (
        <p className="px-3 pt-2 pb-1 text-11 text-ink-2">Not modelled under {scenario?.dialect}</p>
      )}
      {others.map(knob => (
        <Knob key={knob.key} knob={knob} current={null} />
      ))}
    </>
  )
}

interface KnobProps {
  readonly knob: KnobChoice
  readonly current: string | null
}

function Knob({ knob, current }: KnobProps) {
  const controller = useController()
  const details = useRef<HTMLDetailsElement>(null)
  const wanted = useStore(frameStore, state => state.knob === knob.key)
  useEffect(() => {
    if (!wanted || details.current === null) return
    details.current.open = true
    details.current.scrollIntoView({ block: 'nearest' })
  }, [wanted])
  const take = (value: string) =>
    void choose(controller, {
      directive: 'policy',
      value: `${knob.key}=${value}`,
      label: `${knob.key}=${current} -> ${value}`,
    })
  return (
    <details ref={details} name="knob" className="knob">
      <summary>
        <code>{knob.key}</code>
        <code className={current === null ? 'text-ink-3' : 'font-semibold'}>{current ?? 'none'}</code>
        <span className="min-w-0 truncate text-ink-2">{knob.title}</span>
        {current !== null && current !== knob.default && (
          <span className="text-11 text-mod">not the default</span>
        )}
      </summary>
      <fieldset aria-label={knob.title}>
        {knob.values.map(({ value, means, by, modelled }) => (
          <ChoiceRow
            key={value}
            group={knob.key}
            value={value}
            checked={value === current}
            disabled={!modelled}
            onChoose={() => take(value)}
          >
            {means}{' '}
            <span className="text-ink-3">
              {by}
              {value === knob.default && ', the default'}
              {!modelled && ', not modelled here'}
            </span>
          </ChoiceRow>
        ))}
        {knob.argued !== '' && <p className="argued">{knob.argued}</p>}
      </fieldset>
    </details>
  )
}
