/** What the last choice changed: the first line that came out differently, with a way there and a way back. */
import { Undo2, X } from 'lucide-react'
import { useStore } from 'zustand'
import { goToDifference, putChoiceAway, undoChoice } from '../../app/choose'
import { useController } from '../../app/context'
import { type ChoiceResult, choiceStore } from '../../stores/choice-store'
import { frameStore, type Popup } from '../../stores/frame-store'
import { textStore } from '../../stores/text-store'
import { IconButton } from '../../widgets/IconButton'

export function DifferenceLine() {
  const controller = useController()
  const made = useStore(choiceStore, state => state.made)
  const isNewest = useStore(textStore, state => state.revision === made?.revision)
  if (made === null || !isNewest) return null
  return (
    <div className="difference">
      <p role="status" className="min-w-0 flex-1">
        <code className="font-semibold">{made.label}</code>
        {made.result !== null && <>: {sentence(made.result)}</>}
      </p>
      {made.result?.difference && (
        <button type="button" className="btn link" onClick={() => goToDifference(controller)}>
          Go to line {made.result.difference.line}
        </button>
      )}
      <button type="button" className="btn bordered" onClick={() => undoChoice(controller)}>
        <Undo2 size={14} aria-hidden />
        Undo
      </button>
      <IconButton icon={X} name="Put away" onClick={putChoiceAway} />
    </div>
  )
}

function sentence({ difference, errors }: ChoiceResult): string {
  const broken = errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'} in the text; ` : ''
  if (difference === null) return `${broken}no step answers differently`
  return `${broken}first difference at line ${difference.line}: ${difference.what}`
}

const CHOOSING: readonly Popup[] = ['dialect', 'platform', 'policy']

/** The same below the bar, where no panel of choices is open. */
export function DifferenceBar() {
  const has = useStore(choiceStore, state => state.made !== null)
  const isNewest = useStore(textStore, state => state.revision === choiceStore.getState().made?.revision)
  const hasPanel = useStore(frameStore, ({ popup }) => popup !== null && CHOOSING.includes(popup))
  return has && isNewest && !hasPanel ? (
    <div className="difference-bar">
      <DifferenceLine />
    </div>
  ) : null
}
