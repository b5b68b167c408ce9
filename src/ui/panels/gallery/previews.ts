/** What each scenario comes to, asked of the engine one at a time while the page is idle, and remembered. */
import { createStore } from 'zustand/vanilla'
import type { PreviewReply } from '../../../worker/protocol'
import type { Controller } from '../../app/controller'
import { SCENARIOS } from '../../app/scenarios'

export type Preview = Pick<PreviewReply, 'graph' | 'steps' | 'scenario'>

/** By file. */
export const previewStore = createStore<Readonly<Record<string, Preview>>>(() => ({}))

let underWay = false

/** Goes on until every scenario has one; a scenario that has no answer is left without. */
export async function loadPreviews(controller: Controller): Promise<void> {
  if (underWay) return
  underWay = true
  for (const { file, text } of SCENARIOS) {
    if (Object.hasOwn(previewStore.getState(), file)) continue
    await idle()
    const outcome = await controller.preview(text)
    if (outcome.ok) previewStore.setState({ [file]: outcome.value })
  }
  underWay = false
}

function idle(): Promise<void> {
  return new Promise(resolve => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 400 })
    else setTimeout(resolve, 30)
  })
}
