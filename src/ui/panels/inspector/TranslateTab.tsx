/** Asks the hardware where a device's address leads at this step: every memory reference, or the fault. */
import { type FormEvent, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { GraphEdge, InspectorView, WalkView } from '../../../engine'
import { useController } from '../../app/context'
import { address, parseAddress } from '../../format/hex'
import { ask, inspectStore, type WalkQuestion as Question } from '../../stores/inspect-store'
import { viewStore } from '../../stores/view-store'
import { WalkSteps } from './WalkSteps'

type Answer = WalkView | { readonly problem: string }

const NO_DEVICES: readonly { readonly name: string }[] = []

export function TranslateTab({ view }: { readonly view: InspectorView }) {
  const devices = useStore(viewStore, state => state.shown?.state.devices ?? NO_DEVICES)
  const asked = useStore(inspectStore, state => state.question)
  const question = { ...useFirstQuestion(view), ...asked }
  const answer = useWalk(question)
  if (devices.length === 0)
    return <p className="text-ink-2">No device yet. A flow makes one known by opening it.</p>
  return (
    <>
      <QuestionForm question={question} devices={devices} onChange={ask} />
      {answer !== null && <WalkSteps answer={answer} />}
    </>
  )
}

/** A device attached to the object at hand and the first address that it maps. */
function useFirstQuestion({ id, areas }: InspectorView): Question {
  const first = useStore(viewStore, state => state.shown?.state.devices[0]?.name ?? '')
  const attached = useStore(viewStore, state => attachmentOf(state.edges.values(), id))
  const device = id.startsWith('device:') ? id : (attached?.from ?? `device:${first}`)
  return {
    device: device.slice('device:'.length),
    pasid: /PASID (0x[0-9a-f]+)/.exec(attached?.label ?? '')?.[1] ?? '',
    address: address(areas.first ?? 0n),
    write: false,
  }
}

function attachmentOf(edges: Iterable<GraphEdge>, space: string): GraphEdge | undefined {
  return [...edges].find(edge => edge.kind === 'attach' && edge.to === space && edge.mark !== '-')
}

const PASID_LIMIT = 1n << 20n

function readPasid(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const value = parseAddress(text)
  return value === null || value >= PASID_LIMIT ? undefined : Number(value)
}

/** Asks again whenever the question, the step or the text changes. */
function useWalk({ device, pasid, address, write }: Question): Answer | null {
  const controller = useController()
  const shown = useStore(viewStore, state => state.shown)
  const [answer, setAnswer] = useState<Answer | null>(null)
  useEffect(() => {
    const parsed = parseAddress(address)
    const pasidRead = readPasid(pasid)
    if (shown === null || device === '' || parsed === null || pasidRead === undefined) return setAnswer(null)
    let current = true
    void controller.walk({ device, pasid: pasidRead, address: parsed, write }).then(outcome => {
      if (!current) return
      setAnswer(outcome.ok ? outcome.value.walk : { problem: outcome.message })
    })
    return () => {
      current = false
    }
  }, [controller, shown, device, pasid, address, write])
  return answer
}

interface FormProps {
  readonly question: Question
  readonly devices: readonly { readonly name: string }[]
  readonly onChange: (change: Partial<Question>) => void
}

function QuestionForm({ question, devices, onChange }: FormProps) {
  return (
    <form
      className="flex flex-wrap items-end gap-2 pb-2"
      aria-label="Translate"
      onSubmit={(event: FormEvent) => event.preventDefault()}
    >
      <label className="grid text-11 text-ink-2">
        Device
        <select
          className="field"
          value={question.device}
          onChange={e => onChange({ device: e.target.value })}
        >
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
        onChange={pasid => onChange({ pasid })}
      />
      <TextField
        label="IOVA"
        width="w-36"
        value={question.address}
        bad={parseAddress(question.address) === null}
        placeholder="0x0"
        onChange={address => onChange({ address })}
      />
      <label className="grid text-11 text-ink-2">
        Access
        <select
          className="field"
          value={question.write ? 'write' : 'read'}
          onChange={e => onChange({ write: e.target.value === 'write' })}
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
