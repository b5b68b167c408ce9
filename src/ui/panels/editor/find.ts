/** Find and replace: fetched when somebody first asks for it, as few do. */
import { Compartment, type Extension } from '@codemirror/state'
import { type EditorView, keymap } from '@codemirror/view'

const place = new Compartment()

export const lazySearch: Extension = place.of(keymap.of([{ key: 'Mod-f', run: openFirst }]))

function openFirst(view: EditorView): boolean {
  void import('@codemirror/search').then(
    ({ highlightSelectionMatches, openSearchPanel, search, searchKeymap }) => {
      const found = [search({ top: true }), highlightSelectionMatches(), keymap.of([...searchKeymap])]
      view.dispatch({ effects: place.reconfigure(found) })
      openSearchPanel(view)
    },
  )
  return true
}
