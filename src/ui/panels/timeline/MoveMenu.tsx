/** The moves that have no button of their own, each with its key. */
import { Ellipsis } from 'lucide-react'
import { type ActionId, action, keysOf } from '../../app/actions'
import { useController } from '../../app/context'
import { keyShown } from '../../app/key-names'

const ID = 'move-menu'
const ROWS = [
  'step.to-cursor',
  'step.next-refused',
  'step.previous-refused',
  'step.next-touched',
  'step.previous-touched',
  'breakpoint.toggle',
  'breakpoint.clear',
] as const satisfies readonly ActionId[]

export function MoveMenu() {
  const controller = useController()
  const run = (id: ActionId) => {
    document.getElementById(ID)?.hidePopover()
    action(id).run(controller)
  }
  return (
    <>
      <button
        type="button"
        className="btn icon move-button"
        aria-label="More moves"
        title="More moves"
        popoverTarget={ID}
      >
        <Ellipsis size={14} aria-hidden />
      </button>
      <div id={ID} popover="auto" className="popup dock-popup move-popup">
        <ul aria-label="More moves">
          {ROWS.map(action).map(row => (
            <li key={row.id}>
              <button type="button" className="popup-item move-item" onClick={() => run(row.id)}>
                {row.title}
                <kbd className="text-11 text-ink-2">{keysOf(row).slice(0, 1).map(keyShown)}</kbd>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}
