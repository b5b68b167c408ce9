/** Opens a link out of whatever is pasted: an address as mail left it, or a whole mail. */
import { type FormEvent, useId, useState } from 'react'
import { addressBar } from '../../share/share-actions'
import { openPopup } from '../../stores/frame-store'

export function OpenLink() {
  const [pasted, setPasted] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const problemId = useId()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const followed = (await addressBar()?.open(pasted)) ?? { ok: false, message: 'The page is not ready.' }
    if (followed.ok) openPopup(null)
    else setProblem(followed.message)
  }
  return (
    <section className="share-part" aria-label="Open a link">
      <form className="share-row" onSubmit={event => void submit(event)}>
        <textarea
          className="field mono min-w-0 flex-1"
          rows={1}
          value={pasted}
          placeholder="A link, or a mail with one in it"
          aria-label="Link to open"
          aria-invalid={problem !== null}
          aria-describedby={problemId}
          spellCheck={false}
          onChange={event => {
            setPasted(event.target.value)
            setProblem(null)
          }}
        />
        <button type="submit" className="btn bordered" disabled={pasted.trim() === ''}>
          Open link
        </button>
      </form>
      <p id={problemId} role="status" className="share-note">
        {problem}
      </p>
    </section>
  )
}
