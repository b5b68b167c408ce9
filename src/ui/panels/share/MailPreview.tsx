/** What Copy for mail puts on the clipboard, as it will stand in the mail. */
import { Mail } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { action, tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { mailText } from '../../share/share-actions'
import { viewStore } from '../../stores/view-store'

export function MailPreview() {
  const controller = useController()
  const text = useMailText()
  return (
    <section className="share-part" aria-label="For mail">
      <div className="share-row">
        <span className="flex-1">Plain text of 74 columns: drawing, steps, link.</span>
        <button
          type="button"
          className="btn bordered"
          title={tooltip('mail.copy')}
          onClick={() => action('mail.copy').run(controller)}
        >
          <Mail size={14} aria-hidden />
          Copy for mail
        </button>
      </div>
      {text !== null && (
        <textarea
          className="mail-preview"
          readOnly
          wrap="off"
          rows={16}
          aria-label="Text for mail"
          value={text}
        />
      )}
    </section>
  )
}

function useMailText(): string | null {
  const controller = useController()
  const shown = useStore(viewStore, state => state.shown)
  const [text, setText] = useState<string | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step shown has a text of its own
  useEffect(() => {
    let current = true
    void mailText(controller).then(made => current && setText(made))
    return () => {
      current = false
    }
  }, [controller, shown])
  return text
}
