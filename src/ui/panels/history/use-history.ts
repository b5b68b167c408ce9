/** What the archive has for the list, and the text of the revision looked at. */
import { useEffect, useState } from 'react'
import { useController } from '../../app/context'
import type { Revision } from '../../keep/revision'

/** Newest first; null while it is read, or where nothing can be kept. */
export function useRevisions(): readonly Revision[] | null {
  const { keeper } = useController()
  const { archive } = keeper
  const [revisions, setRevisions] = useState<readonly Revision[] | null>(null)
  useEffect(() => {
    // What was typed a moment ago is in the list, too.
    void keeper
      .save()
      .then(() => archive?.revisions() ?? null)
      .then(setRevisions, () => setRevisions(null))
  }, [archive, keeper])
  return revisions
}

/** The text of a revision; null while it is read, and where it is no longer kept. */
export function useRevisionText(n: number | null): string | null {
  const { archive } = useController().keeper
  const [found, setFound] = useState<{ readonly n: number; readonly text: string | null } | null>(null)
  useEffect(() => {
    if (n === null) return
    let isWanted = true
    const take = (text: string | null) => isWanted && setFound({ n, text })
    void archive?.text(n).then(take, () => take(null))
    return () => {
      isWanted = false
    }
  }, [archive, n])
  return found?.n === n ? (found?.text ?? null) : null
}
