/** The flow to be read, until the editor has been fetched. */
import { useStore } from 'zustand'
import { ACTIVE_IN_LINE, escaped } from '../../format/shown'
import { textStore } from '../../stores/text-store'

/** More than any screen holds. */
const LINES = 120

export function PlainText() {
  const text = useStore(textStore, state => state.text)
  const lines = text.split('\n', LINES).join('\n').replace(ACTIVE_IN_LINE, escaped)
  return (
    <div className="panel">
      <div className="panel-head">
        <h2>Flow</h2>
      </div>
      <pre className="plain-text">{lines}</pre>
    </div>
  )
}
