/** Asks the hardware where a device's address leads at this step: every memory reference, or the fault. */
import type { InspectorView } from '../../../engine'
import { action, tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { QuestionForm, useDevices } from './QuestionForm'
import { useQuestion, useWalk, type WalkAnswer } from './use-walk'
import { WalkSteps } from './WalkSteps'

export function TranslateTab({ view }: { readonly view: InspectorView }) {
  const devices = useDevices()
  const question = useQuestion(view)
  const answer = useWalk({ ...question, cached: false })
  if (devices.length === 0)
    return <p className="text-ink-2">No device yet. A flow makes one known by opening it.</p>
  return (
    <>
      <QuestionForm question={question} />
      {answer !== null && <AsStaircase answer={answer} />}
      {answer !== null && <WalkSteps answer={answer} />}
    </>
  )
}

/** A walk of two stages is read best with each guest address in a row of its own. */
function AsStaircase({ answer }: { readonly answer: WalkAnswer }) {
  const controller = useController()
  if ('problem' in answer || !answer.references.some(one => one.serves !== null)) return null
  return (
    <button
      type="button"
      className="btn bordered mb-2"
      title={tooltip('walk.open')}
      onClick={() => action('walk.open').run(controller)}
    >
      Both stages as a staircase
    </button>
  )
}
