/** Every state of the text that was kept, each to look at and to bring back. */
import { useState } from 'react'
import { useController } from '../../app/context'
import { count, counted } from '../../format/hex'
import type { Revision } from '../../keep/revision'
import { closePopup } from '../../stores/frame-store'
import { Modal } from '../../widgets/Modal'
import { dateOf, timeOf } from './days'
import { RevisionList } from './RevisionList'
import { useRevisions, useRevisionText } from './use-history'

export default function HistoryDialog() {
  const revisions = useRevisions()
  return (
    <Modal
      title="History"
      description={
        revisions === null ? 'nothing is kept here' : `${count(revisions.length)} kept in this browser`
      }
      className="dialog history"
      onClose={closePopup}
    >
      {revisions !== null && revisions.length > 0 ? (
        <Chooser revisions={revisions} />
      ) : (
        <p className="p-3 text-ink-2">
          {revisions === null
            ? 'This browser forbids the page to keep anything.'
            : 'A change to the text is kept here a moment after it is made.'}
        </p>
      )}
    </Modal>
  )
}

function Chooser({ revisions }: { readonly revisions: readonly Revision[] }) {
  const controller = useController()
  const [chosen, setChosen] = useState(revisions[0]?.n ?? null)
  const revision = revisions.find(({ n }) => n === chosen) ?? null
  const text = useRevisionText(chosen)
  const restore = () => {
    if (text === null || revision === null) return
    closePopup()
    controller.open(text, { from: 'history', title: revision.title })
  }
  return (
    <div className="history-body">
      <RevisionList revisions={revisions} chosen={chosen} onChoose={setChosen} onRestore={restore} />
      <section className="history-preview" aria-label="Preview">
        {revision !== null && <PreviewHead revision={revision} onRestore={restore} />}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled text must be reachable by keyboard */}
        <pre className="mono" tabIndex={0}>
          {text === null ? '' : shown(text)}
        </pre>
      </section>
    </div>
  )
}

function PreviewHead({
  revision: { time, chars },
  onRestore,
}: {
  readonly revision: Revision
  readonly onRestore: () => void
}) {
  return (
    <div className="flex flex-none items-center gap-2 border-b border-line-1 px-3 py-1">
      <span className="mono">
        {dateOf(time)} {timeOf(time)}
      </span>
      <span className="text-11 text-ink-2">{counted(chars, 'character')}</span>
      <span className="flex-1" />
      <button type="button" className="btn primary" onClick={onRestore}>
        Restore <kbd>Enter</kbd>
      </button>
    </div>
  )
}

const SHOWN_CHARS = 40_000

/** A preview need not lay out a text of megabytes. */
function shown(text: string): string {
  return text.length <= SHOWN_CHARS
    ? text
    : `${text.slice(0, SHOWN_CHARS)}\n... and ${count(text.length - SHOWN_CHARS)} characters more`
}
