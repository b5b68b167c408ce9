/** Every key, from the table that makes them work; each can be changed, and single keys switched off. */
import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import { ACTIONS, type Action, type ActionId } from '../../app/actions'
import { openPopup } from '../../stores/frame-store'
import { chooseKeys, DEFAULT_KEYS, keysStore } from '../../stores/keys-store'
import { IconButton } from '../../widgets/IconButton'
import { KeyRow } from './KeyRow'
import { groupsOf } from './key-groups'

const GROUPS = groupsOf(ACTIONS)

export default function KeysDialog() {
  return (
    <Dialog.Root open onOpenChange={open => !open && openPopup(null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="pop keys">
          <div className="pop-head">
            <Dialog.Title className="font-semibold">Keys</Dialog.Title>
            <Dialog.Description className="min-w-0 flex-1 text-ink-2">
              Press a key's button to give the command another.
            </Dialog.Description>
            <IconButton icon={X} name="Close (Esc)" onClick={() => openPopup(null)} />
          </div>
          <div className="pop-body keys-body">
            {GROUPS.map(({ title, actions }) => (
              <Group key={title} title={title} actions={actions} />
            ))}
          </div>
          <Foot />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Group({ title, actions }: { readonly title: string; readonly actions: readonly Action[] }) {
  const [waiting, setWaiting] = useState<ActionId | null>(null)
  return (
    <section className="keys-group">
      <h3 className="font-semibold">{title}</h3>
      {actions.map(row => (
        <KeyRow
          key={row.id}
          row={row}
          waiting={waiting === row.id}
          onWait={wait => setWaiting(wait ? row.id : null)}
        />
      ))}
    </section>
  )
}

function Foot() {
  const choices = useStore(keysStore)
  return (
    <div className="keys-foot">
      <label className="flex min-h-6 flex-1 items-center gap-2">
        <input
          type="checkbox"
          checked={choices.singleKeys}
          onChange={event => chooseKeys({ ...choices, singleKeys: event.target.checked })}
        />
        Single keys, without Ctrl or Alt
      </label>
      <button type="button" className="btn bordered" onClick={() => chooseKeys(DEFAULT_KEYS)}>
        All as at first
      </button>
    </div>
  )
}
