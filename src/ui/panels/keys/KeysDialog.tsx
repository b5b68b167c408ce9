/** Every key, from the table that makes them work; each can be changed, and single keys switched off. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { ACTIONS, type Action, type ActionId } from '../../app/actions'
import { closePopup } from '../../stores/frame-store'
import { chooseKeys, DEFAULT_KEYS, keysStore } from '../../stores/keys-store'
import { Modal } from '../../widgets/Modal'
import { KeyRow } from './KeyRow'
import { groupsOf } from './key-groups'

const GROUPS = groupsOf(ACTIONS)

export default function KeysDialog() {
  return (
    <Modal
      title="Keys"
      description="Press a key's button to give the command another."
      className="pop keys"
      onClose={closePopup}
    >
      <div className="pop-body keys-body">
        {GROUPS.map(({ title, actions }) => (
          <Group key={title} title={title} actions={actions} />
        ))}
      </div>
      <Foot />
    </Modal>
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
