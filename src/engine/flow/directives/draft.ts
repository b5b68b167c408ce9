/** The stage under construction: what the directives read so far have set, and what was wrong in them. */
import { error, type Finding } from '../layout/findings'
import type { Range } from '../layout/pieces'
import type { DeviceDirective, MemoryDirective, PokeDirective, WindowDirective } from '../program'
import type { Word } from './words'

/** Directives carry their place as offsets until the program gives them lines. */
export type Placed<T> = Omit<T, 'span'> & { readonly at: Range }

export interface StageDraft {
  title: string | null
  dialect: Word | null
  /** The one of a paste's flows that runs. */
  section: Word | null
  platform: { readonly id: Word; readonly params: readonly Word[] } | null
  readonly policy: { readonly key: Word; readonly value: Word }[]
  readonly devices: Placed<DeviceDirective>[]
  readonly memory: Placed<MemoryDirective>[]
  memlock: bigint | null
  readonly windows: Placed<WindowDirective>[]
  readonly pokes: Placed<PokeDirective>[]
  readonly findings: Finding[]
}

export const emptyDraft = (): StageDraft => ({
  title: null,
  dialect: null,
  section: null,
  platform: null,
  policy: [],
  devices: [],
  memory: [],
  memlock: null,
  windows: [],
  pokes: [],
  findings: [],
})

/** Reports a mistake in a directive; execution cannot pass it. */
export function complain(draft: StageDraft, at: Range, message: string, hint: string | null = null): void {
  draft.findings.push(error({ code: 'directive.malformed', message, hint, from: at.from, to: at.to }))
}
