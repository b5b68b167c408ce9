/** Says what was opened over the author's text, and that the text is kept. */
import { History, X } from 'lucide-react'
import { useStore } from 'zustand'
import { action, tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { type Source, textStore } from '../../stores/text-store'
import { IconButton } from '../../widgets/IconButton'

const WHAT: Readonly<Record<Source, string>> = {
  link: 'from a link',
  example: 'from the gallery',
  paste: 'as it was pasted',
  file: 'from a file',
  history: 'from the history',
}

export function OpenedNotice() {
  const controller = useController()
  const opened = useStore(textStore, state => (state.mine === null ? null : state.opened))
  return (
    <div role="status">
      {opened !== null && (
        <div className="notice told">
          <History size={14} aria-hidden />
          <p>
            Opened <b>{opened.title}</b> {WHAT[opened.from]}. Your text is kept.
          </p>
          <button
            type="button"
            className="btn bordered"
            title={tooltip('text.restore')}
            onClick={() => controller.restoreText()}
          >
            Restore mine <kbd>{action('text.restore').keys[0]}</kbd>
          </button>
          <IconButton icon={X} name="Put away" onClick={() => controller.putNoticeAway()} />
        </div>
      )}
    </div>
  )
}
