/**
 * Texts left in local storage by pages that went away before the archive had them. Also reads the one
 * text that earlier versions of the page kept there.
 */
import type { KeptDocument } from './revision'

export interface Drafts {
  leave(draft: KeptDocument): void
  /** Oldest first. A draft without an id is the text of an earlier version. */
  left(): readonly KeptDocument[]
  drop(draft: KeptDocument): void
}

const PREFIX = 'ioas-playground:draft:'
const EARLIER_KEY = 'ioas-playground:text'

/** `storage` throws where the browser forbids it: then no draft is left and none is found. */
export function draftsIn(storage: () => Storage): Drafts {
  return {
    leave: ({ id, text, time }) =>
      orElse(undefined, () => storage().setItem(PREFIX + id, JSON.stringify({ text, time }))),
    left: () => orElse([], () => allIn(storage())),
    drop: ({ id }) => orElse(undefined, () => storage().removeItem(id === '' ? EARLIER_KEY : PREFIX + id)),
  }
}

function allIn(storage: Storage): readonly KeptDocument[] {
  const earlier = storage.getItem(EARLIER_KEY)
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '')
  const drafts = keys
    .filter(key => key.startsWith(PREFIX))
    .map(key => draftOf(key.slice(PREFIX.length), storage.getItem(key) ?? ''))
    .filter(draft => draft !== null)
    .sort((a, b) => a.time - b.time)
  return earlier === null ? drafts : [{ id: '', text: earlier, time: 0 }, ...drafts]
}

/** Null where the value is not what `leave` writes. */
function draftOf(id: string, value: string): KeptDocument | null {
  const found: unknown = orElse(null, () => JSON.parse(value))
  if (typeof found !== 'object' || found === null || !('text' in found) || !('time' in found)) return null
  const { text, time } = found
  return typeof text === 'string' && typeof time === 'number' ? { id, text, time } : null
}

function orElse<T>(otherwise: T, attempt: () => T): T {
  try {
    return attempt()
  } catch {
    return otherwise
  }
}
