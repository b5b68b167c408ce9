/** The link of what is shown, the block for mail, and a place to paste a link one was sent. */
import { Copy, Download } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { action, tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { count } from '../../format/hex'
import { addressBar, LONG_LINK, VERY_LONG_LINK } from '../../share/share-actions'
import { closePopup } from '../../stores/frame-store'
import { shareStore } from '../../stores/share-store'
import { BelowPanel } from '../../widgets/BelowPanel'
import { MailPreview } from './MailPreview'
import { OpenLink } from './OpenLink'

export default function SharePopover() {
  useEffect(() => void addressBar()?.writeNow(), [])
  return (
    <BelowPanel
      anchor="do-share.open"
      align="end"
      title="Share"
      description="The link is the whole flow and where you stand in it. Nothing is stored anywhere else."
      className="pop pop-share"
      onClose={closePopup}
    >
      <div className="pop-body share-body">
        <Sending />
        <MailPreview />
        <OpenLink />
      </div>
    </BelowPanel>
  )
}

/** Link and file, the better one first. */
function Sending() {
  const address = useStore(shareStore, state => state.address)
  const problem = useStore(shareStore, state => state.problem)
  const length = address?.length ?? 0
  const fileFirst = problem !== null || length > VERY_LONG_LINK
  return (
    <section className="share-part" aria-label="Link" data-file-first={fileFirst || undefined}>
      {address !== null && <LinkRow address={address} primary={!fileFirst} />}
      {problem !== null && <p className="share-note">{problem}</p>}
      {length > LONG_LINK && (
        <p className="share-note">
          Many programs cut addresses this long{fileFirst ? '; send the file.' : '; a file is safer.'}
        </p>
      )}
      {(length > LONG_LINK || problem !== null) && <FileRow primary={fileFirst} />}
    </section>
  )
}

function LinkRow({ address, primary }: { readonly address: string; readonly primary: boolean }) {
  const controller = useController()
  return (
    <div className="share-row">
      <input
        className="field mono min-w-0 flex-1"
        readOnly
        value={address}
        aria-label="Link to this flow at this step"
        onFocus={event => event.currentTarget.select()}
      />
      <span className="mono text-11 text-ink-2">{count(address.length)} characters</span>
      <button
        type="button"
        className={`btn ${primary ? 'primary' : 'bordered'}`}
        title={tooltip('link.copy')}
        onClick={() => action('link.copy').run(controller)}
      >
        <Copy size={14} aria-hidden />
        Copy link
      </button>
    </div>
  )
}

function FileRow({ primary }: { readonly primary: boolean }) {
  const controller = useController()
  return (
    <div className="share-row">
      <span className="flex-1">The flow as a file, to attach.</span>
      <button
        type="button"
        className={`btn ${primary ? 'primary' : 'bordered'}`}
        onClick={() => action('file.save').run(controller)}
      >
        <Download size={14} aria-hidden />
        Save as a file
      </button>
    </div>
  )
}
