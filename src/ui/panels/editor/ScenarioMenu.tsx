/** Opens a flow that comes with the page. The author's text stays one undo away. */
import { Library } from 'lucide-react'
import { useId } from 'react'
import { useController } from '../../app/context'
import { SCENARIOS } from '../../app/scenarios'

export function ScenarioMenu() {
  const id = useId()
  const controller = useController()
  if (SCENARIOS.length === 0) return null
  const open = (title: string, text: string) => {
    document.getElementById(id)?.hidePopover()
    controller.open(text, { from: 'example', title })
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
              <button type="button" className="popup-item" onClick={() => open(title, text)}>
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
