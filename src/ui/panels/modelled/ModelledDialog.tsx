/** What each dialect and platform leaves out, as its plug-in says it. */
import { useStore } from 'zustand'
import { choiceStore } from '../../stores/choice-store'
import { closePopup } from '../../stores/frame-store'
import { Modal } from '../../widgets/Modal'

interface Listed {
  readonly id: string
  readonly title: string
  readonly notModelled: readonly string[]
}

export default function ModelledDialog() {
  const choices = useStore(choiceStore, state => state.choices)
  return (
    <Modal
      title="What is modelled"
      description="Tables and caches bit by bit. Costs are counts of a model, never times."
      className="pop modelled-pop"
      onClose={closePopup}
    >
      <div className="pop-body">
        <Lists title="Dialects" list={choices?.dialects ?? []} />
        <Lists title="Platforms" list={choices?.platforms ?? []} />
      </div>
    </Modal>
  )
}

function Lists({ title, list }: { readonly title: string; readonly list: readonly Listed[] }) {
  return (
    <section className="px-3 pb-2" aria-label={title}>
      <h3 className="pt-2 text-11 text-ink-2">{title}</h3>
      {list.map(({ id, title: name, notModelled }) => (
        <div key={id} className="pb-2">
          <h4 className="font-semibold">{name}</h4>
          <ul className="list-disc pl-4">
            {notModelled.map(each => (
              <li key={each}>not modelled: {each}</li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}
