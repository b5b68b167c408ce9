/** Which request to translate: device, PASID, address, access. */
import type { FormEvent } from 'react'
import { useStore } from 'zustand'
import { parseAddress } from '../../format/hex'
import { ask, type WalkQuestion } from '../../stores/inspect-store'
import { viewStore } from '../../stores/view-store'
import { readPasid } from './use-walk'

const NO_DEVICES: readonly { readonly name: string }[] = []

export function useDevices(): readonly { readonly name: string }[] {
  return useStore(viewStore, state => state.shown?.state.devices ?? NO_DEVICES)
}

export function QuestionForm({ question }: { readonly question: WalkQuestion }) {
  const devices = useDevices()
  return (
    <form
      className="flex flex-wrap items-end gap-2 pb-2"
      aria-label="Translate"
      onSubmit={(event: FormEvent) => event.preventDefault()}
    >
      <label className="grid text-11 text-ink-2">
        Device
        <select className="field" value={question.device} onChange={e => ask({ device: e.target.value })}>
          {devices.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <TextField
        label="PASID"
        width="w-16"
        value={question.pasid}
        bad={readPasid(question.pasid) === undefined}
        placeholder="none"
        onChange={pasid => ask({ pasid })}
      />
      <TextField
        label="IOVA"
        width="w-36"
        value={question.address}
        bad={parseAddress(question.address) === null}
        placeholder="0x0"
        onChange={address => ask({ address })}
      />
      <label className="grid text-11 text-ink-2">
        Access
        <select
          className="field"
          value={question.write ? 'write' : 'read'}
          onChange={e => ask({ write: e.target.value === 'write' })}
        >
          <option>read</option>
          <option>write</option>
        </select>
      </label>
    </form>
  )
}

interface TextFieldProps {
  readonly label: string
  readonly width: string
  readonly value: string
  readonly bad: boolean
  readonly placeholder: string
  readonly onChange: (value: string) => void
}

function TextField({ label, width, value, bad, placeholder, onChange }: TextFieldProps) {
  return (
    <label className="grid text-11 text-ink-2">
      {label}
      <input
        className={`field mono ${width}`}
        value={value}
        placeholder={placeholder}
        aria-invalid={bad}
        spellCheck={false}
        autoComplete="off"
        onChange={event => onChange(event.target.value)}
      />
    </label>
  )
}
