/** Keeps the editor's marks in step with the stores. The text itself only ever goes the other way. */
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import type { FlowEditor } from './flow-editor'

/** Returns how to stop. */
export function followStores(editor: FlowEditor): () => void {
  const showAnswers = () => {
    const { newest } = runStore.getState()
    if (newest !== null) editor.setAnswers(newest)
  }
  const showStanding = () => {
    const { shown, newest } = runStore.getState()
    // Lines of an older text are not lines of this one.
    const record = shown === newest ? shown?.steps[viewStore.getState().step - 1] : undefined
    editor.setStanding(record === undefined ? null : { lines: record.lines })
  }
  showAnswers()
  showStanding()
  const stops = [
    runStore.subscribe((state, before) => {
      if (state.newest !== before.newest) showAnswers()
      if (state.newest !== before.newest || state.shown !== before.shown) showStanding()
    }),
    viewStore.subscribe((state, before) => {
      if (state.step !== before.step) showStanding()
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
