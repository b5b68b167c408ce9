/** What this page knows, from its registries, and that it does not know everything. */
import { useStore } from 'zustand'
import { action } from '../../app/actions'
import { useController } from '../../app/context'
import { choiceStore } from '../../stores/choice-store'

export function ModelledTable() {
  const controller = useController()
  const choices = useStore(choiceStore, state => state.choices)
  const titles = (list: readonly { readonly title: string }[] = []) => list.map(one => one.title).join(', ')
  return (
    <dl className="modelled">
      <dt>Dialects</dt>
      <dd>{titles(choices?.dialects)}</dd>
      <dt>Platforms</dt>
      <dd>{titles(choices?.platforms)}</dd>
      <dt>Not modelled</dt>
      <dd>
        timing, interrupt remapping, real DMA engines;{' '}
        <button type="button" className="underline" onClick={() => action('modelled.open').run(controller)}>
          all of it
        </button>
      </dd>
    </dl>
  )
}
