/** The flow: the author's text with each call's answer at its line. */
import { History } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { openPopup } from '../../stores/frame-store'
import { textStore } from '../../stores/text-store'
import { IconButton } from '../../widgets/IconButton'
import { EditorFoot } from './EditorFoot'
import { createEditor } from './flow-editor'
import { followStores } from './follow-stores'
import { offerReach } from './reveal'
import { ScenarioMenu } from './ScenarioMenu'
import { wordHelp } from './word-help'

export default function EditorPanel() {
  const frame = useRef<HTMLDivElement>(null)
  const controller = useController()
  useEffect(() => {
    const parent = frame.current
    if (parent === null) return
    const handover = controller.history.handOver(textStore.getState().text)
    const flow = createEditor({
      parent,
      handover,
      onEdit: next => controller.edit(next),
      words: wordHelp(() => controller.engine),
    })
    const unfollow = followStores(flow)
    offerReach(flow)
    return () => {
      unfollow()
      offerReach(null)
      controller.history.takeBack(flow.destroy())
    }
  }, [controller])
  return (
    <section className="panel" aria-label="Flow">
      <div className="panel-head">
        <h2>Flow</h2>
        <Saved />
        <span className="flex-1" />
        <IconButton icon={History} name={tooltip('history.open')} onClick={() => openPopup('history')} />
        <ScenarioMenu />
      </div>
      <div ref={frame} className="editor" />
      <EditorFoot />
    </section>
  )
}

const SAVED = {
  saved: 'saved here',
  saving: 'saving',
  forbidden: 'not saved: this browser forbids it',
  full: 'not saved: no room left in this browser',
}

function Saved() {
  const saved = useStore(textStore, state => state.saved)
  return <span className="text-11">{SAVED[saved]}</span>
}
