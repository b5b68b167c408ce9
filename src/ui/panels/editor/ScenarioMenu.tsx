/** Opens a flow that comes with the page. The author's text stays one undo away. */
import { Library } from 'lucide-react'
import { useId } from 'react'
import { SCENARIOS } from '../../app/scenarios'

export function ScenarioMenu({ onOpen }: { readonly onOpen: (text: string) => void }) {
  const id = useId()
  if (SCENARIOS.length === 0) return null
  const open = (text: string) => {
    document.getElementById(id)?.hidePopover()
    onOpen(text)
  }
  return (
    <>
      <button type="button" className="btn scenario-button" popoverTarget={id}>
        <Library size={14} aria-hidden />
        Scenarios
      </button>
      <div id={id} popover="auto" className="popup scenario-menu">
        <ul>
          {SCENARIOS.map(({ file, title, text }) => (
            <li key={file}>
              <button type="button" className="popup-item" onClick={() => open(text)}>
                <span className="font-medium">{title}</span>
                <code className="text-11 text-ink-2">{file}</code>
              </button>
            </li>
          ))}
        </ul>
        <p className="border-t border-line-1 px-2 pt-1.5 text-11 text-ink-2">
          Your text comes back with undo.
        </p>
      </div>
    </>
  )
}
