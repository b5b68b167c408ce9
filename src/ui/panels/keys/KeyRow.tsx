/** One command with its keys. While it waits, the next key pressed becomes the command's only one. */
import { type KeyboardEvent, useState } from 'react'
import { useStore } from 'zustand'
import { ACTIONS, type Action, keysOf } from '../../app/actions'
import { keyName, keyShown } from '../../app/key-names'
import { chooseKeys, keysStore } from '../../stores/keys-store'

interface Props {
  readonly row: Action
  readonly waiting: boolean
  readonly onWait: (waiting: boolean) => void
}

const HELD = ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph']

export function KeyRow({ row, waiting, onWait }: Props) {
  const choices = useStore(keysStore)
  const [taken, setTaken] = useState<string | null>(null)
  const keys = keysOf(row, choices)
  const take = (event: KeyboardEvent) => {
    if (!waiting || HELD.includes(event.key) || event.key === 'Tab') return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') return onWait(false)
    const none = event.key === 'Backspace' || event.key === 'Delete'
    const name = keyName(event.nativeEvent)
    const owner = none
      ? undefined
      : ACTIONS.find(other => other !== row && keysOf(other, choices).includes(name))
    setTaken(owner === undefined ? null : `${keyShown(name)} is taken by ${owner.title}`)
    if (owner !== undefined) return
    onWait(false)
    chooseKeys({ ...choices, own: { ...choices.own, [row.id]: none ? [] : [name] } })
  }
  const say = keys.length === 0 ? 'no key' : keys.map(keyShown).join(', ')
  return (
    <div className="key-row">
      <span className="min-w-0 flex-1 truncate">{row.title}</span>
      <button
        type="button"
        className="key-button"
        aria-label={`${row.title}: ${waiting ? 'press a key' : say}`}
        aria-pressed={waiting}
        onClick={() => onWait(!waiting)}
        onKeyDown={take}
        onBlur={() => onWait(false)}
      >
        {waiting ? <span>press a key; Backspace for none</span> : <Keys keys={keys} />}
      </button>
      {taken !== null && waiting && (
        <p role="alert" className="key-taken">
          {taken}
        </p>
      )}
    </div>
  )
}

function Keys({ keys }: { readonly keys: readonly string[] }) {
  if (keys.length === 0) return <span className="text-ink-3">none</span>
  return keys.map(key => <kbd key={key}>{keyShown(key)}</kbd>)
}
