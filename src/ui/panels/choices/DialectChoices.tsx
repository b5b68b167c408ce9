import { useStore } from 'zustand'
import type { Choices } from '../../../engine'
import { choose } from '../../app/choose'
import { useController } from '../../app/context'
import { runStore } from '../../stores/run-store'
import { ChoiceRow, NotModelled } from './ChoiceRow'

/** Whatever the registry of dialects has. */
export function DialectChoices({ choices }: { readonly choices: Choices }) {
  const controller = useController()
  const current = useStore(runStore, state => state.newest?.scenario.dialect ?? '')
  return (
    <fieldset aria-label="Dialect">
      {choices.dialects.map(({ id, title, notModelled }) => (
        <div key={id} className="choice-block">
          <ChoiceRow
            group="dialect"
            value={id}
            checked={id === current}
            onChoose={() =>
              void choose(controller, { directive: 'dialect', value: id, label: `${current} -> ${id}` })
            }
          >
            {title}
          </ChoiceRow>
          <NotModelled list={notModelled} />
        </div>
      ))}
    </fieldset>
  )
}
