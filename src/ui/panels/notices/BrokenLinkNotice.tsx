/** Says what is wrong with the link that the page was called with, and that the text shown is the reader's own. */
import { Unlink } from 'lucide-react'
import { useStore } from 'zustand'
import { addressBar } from '../../share/share-actions'
import { openPopup } from '../../stores/frame-store'
import { shareStore } from '../../stores/share-store'
import { textStore } from '../../stores/text-store'

export function BrokenLinkNotice() {
  const broken = useStore(shareStore, state => state.broken)
  const own = useStore(textStore, state => !state.untouched)
  if (broken === null) return null
  return (
    <div className="notice">
      <Unlink size={14} aria-hidden />
      <p>
        <b>{broken}</b> Nothing was opened{own ? '; your text is as it was' : ''}.
      </p>
      <button type="button" className="btn bordered" onClick={() => openPopup('share')}>
        Paste it again
      </button>
      <button type="button" className="btn bordered" onClick={() => addressBar()?.putBrokenAway()}>
        Put away
      </button>
    </div>
  )
}
