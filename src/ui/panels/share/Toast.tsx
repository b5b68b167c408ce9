/** One sentence at the foot of the page that goes by itself: what was copied. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { shareStore } from '../../stores/share-store'

const SHOWN_MS = 5000

export function Toast() {
  const toast = useStore(shareStore, state => state.toast)
  useEffect(() => {
    if (toast === null) return
    const timer = setTimeout(() => shareStore.setState({ toast: null }), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast])
  return (
    <div role="status" className="toast-place">
      {toast !== null && (
        <p key={toast.count} className="toast">
          {toast.text}
        </p>
      )}
    </div>
  )
}
