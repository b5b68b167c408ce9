/** In place of the workbench: one sentence, a place to paste a flow into, and the gallery. */
import { FilePlus, FolderOpen, Link } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef } from 'react'
import { findAction } from '../../app/actions'
import { useController } from '../../app/context'
import { readPaste } from '../../app/read-paste'
import { showScreen } from '../../stores/frame-store'
import { Gallery } from '../gallery/Gallery'
import { ModelledTable } from './ModelledTable'

export default function FirstVisit() {
  return (
    <main className="first">
      <section className="first-left" aria-label="Start">
        <h2 className="first-claim">Step through I/O address space ioctls on an emulated IOMMU.</h2>
        <p className="first-text">
          Write or paste a flow. Each call answers with its result or the rule it broke, and every page-table
          word, pin and flush behind it. Same text, same bytes; nothing leaves this page.
        </p>
        <PasteTarget />
        <ModelledTable />
      </section>
      <Gallery />
    </main>
  )
}

const HINT = `> > ioasid_fd =3D open("/dev/ioasid", mode);
> > ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
> > gpa_ioasid =3D ioctl(ioasid_fd, IOASID_ALLOC);`

function PasteTarget() {
  const controller = useController()
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => area.current?.focus({ preventScroll: true }), [])
  const onPaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text/plain')
    if (pasted.trim() === '') return
    event.preventDefault()
    readPaste(controller, `${area.current?.value ?? ''}${pasted}`)
  }
  const begin = () => {
    const written = area.current?.value ?? ''
    if (written.trim() === '') showScreen('workbench')
    else readPaste(controller, written)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    event.stopPropagation()
    begin()
  }
  const openFile = findAction('file.open')
  return (
    <>
      <div className="paste">
        <div className="paste-head">
          <label htmlFor="paste" className="font-semibold">
            Paste a flow
          </label>
          <span className="min-w-0 flex-1 truncate text-ink-2">quoting and =3D are cleaned up</span>
          <kbd>Ctrl V</kbd>
        </div>
        <textarea
          id="paste"
          ref={area}
          className="mono"
          placeholder={HINT}
          spellCheck={false}
          onPaste={onPaste}
          onKeyDown={onKeyDown}
        />
        <div className="paste-foot">
          <span>reads</span>
          <span>C-like flow</span>
          <span>quoted mail</span>
          <span>quoted-printable</span>
          <span>links of this page</span>
        </div>
      </div>
      <div className="first-buttons">
        <button type="button" className="btn primary" onClick={begin}>
          <FilePlus size={14} aria-hidden />
          New flow
        </button>
        {openFile !== null && (
          <button type="button" className="btn bordered" onClick={() => openFile.run(controller)}>
            <FolderOpen size={14} aria-hidden />
            Open file
          </button>
        )}
        <button type="button" className="btn bordered" onClick={() => area.current?.focus()}>
          <Link size={14} aria-hidden />
          Paste a link
        </button>
      </div>
    </>
  )
}
