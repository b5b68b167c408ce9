/** Keeps the editor's marks in step with the stores. The text itself only ever goes the other way. */
import { paced } from '../../app/pace'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import type { FlowEditor } from './flow-editor'
import { madeCalls } from './vmm-calls'

/** A step marked in the text costs a measure of the text; while the reader scrubs it follows at this pace. */
const STANDING_MS = 120

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
  let made = 0
  /** With the step's events, which come a moment after the step. */
  const showMadeCalls = () => {
    const { shown, newest } = runStore.getState()
    const { step, shown: at } = viewStore.getState()
    const record = shown === newest && at?.step === step ? shown?.steps[step - 1] : undefined
    const calls = record === undefined ? [] : madeCalls(at?.events ?? [])
    if (calls.length === 0 && made === 0) return
    made = calls.length
    editor.setMadeCalls({ line: record?.lines.at(-1)?.last ?? 1, calls })
  }
  const pace = paced(STANDING_MS)
  const paceCalls = paced(STANDING_MS)
  // Reading the selection has the page laid out: with the frame, which lays it out anyway.
  let frame = 0
  const standingSoon = () => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(showStanding)
  }
  showAnswers()
  showStanding()
  showMadeCalls()
  const stops = [
    runStore.subscribe((state, before) => {
      if (state.newest !== before.newest) showAnswers()
      if (state.newest !== before.newest || state.shown !== before.shown) showStanding()
    }),
    viewStore.subscribe((state, before) => {
      if (state.step !== before.step) pace(standingSoon)
      if (state.shown !== before.shown) paceCalls(showMadeCalls)
    }),
  ]
  return () => {
    pace.stop()
    paceCalls.stop()
    cancelAnimationFrame(frame)
    for (const stop of stops) stop()
  }
}
