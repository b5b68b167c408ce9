/** What the reader looks at inside the inspector: an entry, what is opened, a chosen value and its changes, a walk. */
import { createStore } from 'zustand/vanilla'
import type { ChangesView, ChangeTarget, TableFocus } from '../../engine'

export interface WalkQuestion {
  readonly device: string
  /** As written; empty for none. */
  readonly pasid: string
  readonly address: string
  readonly write: boolean
  /** Whether caches may answer; only the large picture of a walk offers it. */
  readonly cached: boolean
}

export interface Chosen {
  readonly target: ChangeTarget
  /** `PT[2] @ 0x10_6010`, `attach_data`. */
  readonly label: string
}

export interface InspectState {
  /** Null: the entry that the step changed. */
  readonly focus: TableFocus | null
  /** Tables opened or closed and runs unfolded by hand, over all steps. */
  readonly toggled: readonly string[]
  /** Null: the object at hand. */
  readonly chosen: Chosen | null
  /** What the open tab shows in full; stands in while nothing is chosen. */
  readonly atHand: Chosen | null
  /** Around the step shown, of what is chosen; null while it is not known. */
  readonly changes: ChangesView | null
  readonly question: Partial<WalkQuestion>
  /** Reference of the walk shown bit by bit, from 0; null for the last. */
  readonly reference: number | null
  readonly references: number
}

export const inspectStore = createStore<InspectState>(() => ({
  focus: null,
  toggled: [],
  chosen: null,
  atHand: null,
  changes: null,
  question: {},
  reference: null,
  references: 0,
}))

export function forgetEntry(): void {
  inspectStore.setState({ focus: null })
}

export function focusEntry(focus: TableFocus): void {
  inspectStore.setState({ focus })
}

export function toggleRow(key: string): void {
  inspectStore.setState(({ toggled }) => ({
    toggled: toggled.includes(key) ? toggled.filter(one => one !== key) : [...toggled, key],
  }))
}

export function choose(target: ChangeTarget, label: string): void {
  inspectStore.setState({ chosen: { target, label } })
}

export function ask(question: Partial<WalkQuestion>): void {
  inspectStore.setState(state => ({ question: { ...state.question, ...question }, reference: null }))
}

/** Goes one reference on or back in the walk at hand. */
export function stepReference(by: 1 | -1): void {
  inspectStore.setState(({ reference, references }) => {
    const at = (reference ?? references - 1) + by
    return { reference: Math.max(0, Math.min(references - 1, at)) }
  })
}
