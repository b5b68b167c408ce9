import { useId } from 'react'
import { useStore } from 'zustand'
import type { Choices, ParamChoice } from '../../../engine'
import { choose, platformParams } from '../../app/choose'
import { useController } from '../../app/context'
import { runStore } from '../../stores/run-store'
import { textStore } from '../../stores/text-store'
import { ChoiceRow, NotModelled } from './ChoiceRow'

/** Whatever the registry of platforms has; the one chosen shows its parameters. */
export function PlatformChoices({ choices }: { readonly choices: Choices }) {
  const controller = useController()
  const current = useStore(runStore, state => state.newest?.scenario.platform ?? '')
  return (
    <fieldset aria-label="Platform">
      {choices.platforms.map(({ id, title, params, notModelled }) => (
        <div key={id} className="choice-block">
          <ChoiceRow
            group="platform"
            value={id}
            checked={id === current}
            onChoose={() =>
              void choose(controller, { directive: 'platform', value: id, label: `${current} -> ${id}` })
            }
          >
            {title}
          </ChoiceRow>
          {id === current && params.length > 0 && <Params platform={id} params={params} />}
          <NotModelled list={notModelled} />
        </div>
      ))}
    </fieldset>
  )
}

interface ParamsProps {
  readonly platform: string
  readonly params: readonly ParamChoice[]
}

function Params({ platform, params }: ParamsProps) {
  const controller = useController()
  const text = useStore(textStore, state => state.text)
  const given = platformParams(text)
  const take = (key: string, from: string, to: string) => {
    if (from === to) return
    const value = [platform, ...Object.entries({ ...given, [key]: to }).map(written)].join(' ')
    void choose(controller, { directive: 'platform', value, label: `${platform} ${key}=${from} -> ${to}` })
  }
  return (
    <div className="params">
      {params.map(param => {
        const current = valueGiven(param, given)
        const onTake = (to: string) => take(param.key, current, to)
        return <ParamField key={param.key} param={param} current={current} onTake={onTake} />
      })}
    </div>
  )
}

/** A bare word stands for the parameter that has it as a value. */
function valueGiven(
  { key, values, default: usual }: ParamChoice,
  given: Readonly<Record<string, string>>,
): string {
  return given[key] ?? values?.find(value => Object.hasOwn(given, value)) ?? usual
}

function written([key, value]: readonly [string, string]): string {
  return key === value ? key : `${key}=${value}`
}

interface FieldProps {
  readonly param: ParamChoice
  readonly current: string
  readonly onTake: (value: string) => void
}

function ParamField({ param: { key, doc, values }, current, onTake }: FieldProps) {
  const id = useId()
  const shared = { id, className: 'field mono' }
  return (
    <div className="param">
      <label htmlFor={id}>
        <code>{key}</code>
      </label>
      {values === null ? (
        <input key={current} {...shared} defaultValue={current} onBlur={e => onTake(e.target.value)} />
      ) : (
        <select {...shared} value={current} onChange={e => onTake(e.target.value)}>
          {values.map(value => (
            <option key={value}>{value}</option>
          ))}
        </select>
      )}
      <span className="text-ink-2">{doc}</span>
    </div>
  )
}
