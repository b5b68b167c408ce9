/** Which screen a visit begins with, and what leads from the first one to the workbench. */
import { frameStore, showScreen } from '../stores/frame-store'
import { textStore } from '../stores/text-store'

/** To be called when the text kept, if any, is in its store. A link opens the workbench, also a broken one. */
export function chooseFirstScreen(): void {
  const { text, untouched } = textStore.getState()
  const hasLink = location.hash.length > 1
  if (text === '' && untouched && !hasLink) showScreen('first')
  textStore.subscribe((state, before) => {
    const opened = state.opened !== null && state.opened !== before.opened
    if (opened && frameStore.getState().screen === 'first') showScreen('workbench')
  })
}
