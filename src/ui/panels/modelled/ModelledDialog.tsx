/** What each dialect and platform leaves out, as its plug-in says it. */
import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useStore } from 'zustand'
import { choiceStore } from '../../stores/choice-store'
import { openPopup } from '../../stores/frame-store'
import { IconButton } from '../../widgets/IconButton'

interface Listed {
  readonly id: string
  readonly title: string
  readonly notModelled: readonly string[]
}

export default function ModelledDialog() {
  const choices = useStore(choiceStore, state => state.choices)
  return (
    <Dialog.Root open onOpenChange={open => !open && openPopup(null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="pop modelled-pop">
          <div className="pop-head">
            <Dialog.Title className="font-semibold">What is modelled</Dialog.Title>
            <Dialog.Description className="min-w-0 flex-1 text-ink-2">
              Tables and caches bit by bit. Costs are counts of a model, never times.
            </Dialog.Description>
            <IconButton icon={X} name="Close (Esc)" onClick={() => openPopup(null)} />
          </div>
          <div className="pop-body">
            <Lists title="Dialects" list={choices?.dialects ?? []} />
            <Lists title="Platforms" list={choices?.platforms ?? []} />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
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
