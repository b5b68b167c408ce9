/**
 * Breakpoints at the left edge of the text: a click sets or removes one, a filled ring is on, a hollow one
 * off. They follow their lines through edits. The store is the list; this only draws it and moves its lines.
 */
import {
  type EditorState,
  type Extension,
  type Range,
  RangeSet,
  StateEffect,
  StateField,
} from '@codemirror/state'
import { GutterMarker, gutter, ViewPlugin } from '@codemirror/view'
import { moveLines, toggleLine } from '../../app/breakpoints'
import { type UserBreakpoint, viewStore } from '../../stores/view-store'
import { setCursorLine } from './cursor'

class BreakpointMarker extends GutterMarker {
  readonly index: number
  readonly on: boolean

  /** `index` among the line breakpoints of the store. */
  constructor(index: number, on: boolean) {
    super()
    this.index = index
    this.on = on
  }
  override eq(other: BreakpointMarker): boolean {
    return other.index === this.index && other.on === this.on
  }
  override toDOM(): HTMLElement {
    const ring = document.createElement('span')
    ring.className = `breakpoint ${this.on ? '' : 'off'}`
    return ring
  }
}

const setMarkers = StateEffect.define<readonly UserBreakpoint[]>()

const field = StateField.define<RangeSet<BreakpointMarker>>({
  create: state => markersOf(state, linePoints()),
  update(markers, transaction) {
    const effect = transaction.effects.find(one => one.is(setMarkers))
    if (effect?.is(setMarkers)) return markersOf(transaction.state, effect.value)
    return transaction.docChanged ? markers.map(transaction.changes) : markers
  },
})

function linePoints(): readonly UserBreakpoint[] {
  return viewStore.getState().breakpoints.filter(point => point.kind === 'line')
}

function markersOf(state: EditorState, points: readonly UserBreakpoint[]): RangeSet<BreakpointMarker> {
  const found: Range<BreakpointMarker>[] = points.flatMap(({ value, on }, index) => {
    const line = Number(value)
    if (line < 1 || line > state.doc.lines) return []
    return [new BreakpointMarker(index, on).range(state.doc.line(line).from)]
  })
  return RangeSet.of(found, true)
}

/** Where each line breakpoint of the store stands now; null for those whose line went. */
function linesOf(state: EditorState): (number | null)[] {
  const lines: (number | null)[] = linePoints().map(() => null)
  state.field(field).between(0, state.doc.length, (from, _, marker) => {
    lines[marker.index] = state.doc.lineAt(from).number
  })
  return lines
}

const follow = ViewPlugin.define(view => {
  const stop = viewStore.subscribe((state, before) => {
    if (state.breakpoints === before.breakpoints) return
    // The store may change in the middle of an edit of the text.
    queueMicrotask(() => view.dispatch({ effects: setMarkers.of(linePoints()) }))
  })
  setCursorLine(view.state.doc.lineAt(view.state.selection.main.head).number)
  return {
    update({ state, docChanged, selectionSet }) {
      if (docChanged || selectionSet) setCursorLine(state.doc.lineAt(state.selection.main.head).number)
      if (docChanged && linePoints().length > 0) moveLines(linesOf(state))
    },
    destroy() {
      stop()
      setCursorLine(null)
    },
  }
})

export const breakpointGutter: Extension = [
  field,
  follow,
  gutter({
    class: 'cm-breakpoints',
    markers: view => view.state.field(field),
    domEventHandlers: {
      mousedown(view, block) {
        toggleLine(view.state.doc.lineAt(block.from).number)
        return true
      },
    },
  }),
]
