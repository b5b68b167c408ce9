/** The commands that move through the steps, and those about breakpoints and play. */
import { cursorLine } from '../panels/editor/cursor'
import { choosePane } from '../stores/dock-store'
import { beginNote } from '../stores/note-store'
import { changeSpeed } from '../stores/play-store'
import { runStore } from '../stores/run-store'
import { viewStore } from '../stores/view-store'
import type { Action } from './actions'
import { removeAllBreakpoints, toggleLine } from './breakpoints'
import type { Controller } from './controller'
import { togglePlay } from './player'
import { continueTo, toLine, toRefused, toTouched } from './run-to'

export type StepActionId =
  | 'step.first'
  | 'step.back'
  | 'step.forward'
  | 'step.last'
  | 'play.toggle'
  | 'play.faster'
  | 'play.slower'
  | 'step.continue'
  | 'step.reverse-continue'
  | 'step.to-cursor'
  | 'step.next-refused'
  | 'step.previous-refused'
  | 'step.next-touched'
  | 'step.previous-touched'
  | 'breakpoint.toggle'
  | 'breakpoint.list'
  | 'breakpoint.clear'
  | 'note.write'
  | 'dock.events'
  | 'dock.lanes'
  | 'dock.both'
  | 'dock.cost'

function step(by: number): (controller: Controller) => void {
  return controller => void controller.goTo(viewStore.getState().step + by)
}

function lastStep(): number {
  return runStore.getState().shown?.steps.length ?? 0
}

/** Where the list of breakpoints is a popover of the dock. */
export const BREAKPOINT_LIST = 'breakpoint-list'

export const STEP_ACTIONS: readonly Action[] = [
  { id: 'step.first', title: 'To the start', keys: ['Home'], run: c => void c.goTo(0) },
  {
    id: 'step.back',
    title: 'Step back',
    keys: ['ArrowLeft', 'k', ',', 'Alt+,'],
    aliases: ['rs', 'reverse-step', 'rn', 'reverse-next'],
    run: step(-1),
  },
  {
    id: 'step.forward',
    title: 'Step forward',
    keys: ['ArrowRight', 'j', '.', 'Alt+.'],
    aliases: ['s', 'n', 'step', 'next'],
    run: step(1),
  },
  { id: 'step.last', title: 'To the last step', keys: ['End'], run: c => void c.goTo(lastStep()) },
  {
    id: 'play.toggle',
    title: 'Play or pause',
    keys: ['l', 'Alt+l'],
    aliases: ['run', 'stop'],
    run: togglePlay,
  },
  { id: 'play.faster', title: 'Play faster', keys: ['>'], aliases: ['speed'], run: () => changeSpeed(1) },
  { id: 'play.slower', title: 'Play slower', keys: ['<'], aliases: ['speed'], run: () => changeSpeed(-1) },
  {
    id: 'step.continue',
    title: 'Run to the next breakpoint',
    keys: ['c', 'Alt+c'],
    aliases: ['c', 'continue'],
    run: c => void continueTo(c, 1),
  },
  {
    id: 'step.reverse-continue',
    title: 'Run back to the previous breakpoint',
    keys: ['C', 'Alt+Shift+c'],
    aliases: ['rc', 'reverse-continue'],
    run: c => void continueTo(c, -1),
  },
  {
    id: 'step.to-cursor',
    title: 'Run to the line of the cursor',
    keys: ['r', 'Alt+r'],
    aliases: ['until', 'advance'],
    run: c => toLine(c, cursorLine()),
  },
  { id: 'step.next-refused', title: 'To the next refused step', keys: ['e'], run: c => toRefused(c, 1) },
  {
    id: 'step.previous-refused',
    title: 'To the previous refused step',
    keys: ['E'],
    run: c => toRefused(c, -1),
  },
  {
    id: 'step.next-touched',
    title: 'To the next step that touched the object',
    keys: ['t'],
    run: c => void toTouched(c, 1),
  },
  {
    id: 'step.previous-touched',
    title: 'To the previous step that touched the object',
    keys: ['T'],
    run: c => void toTouched(c, -1),
  },
  {
    id: 'breakpoint.toggle',
    title: 'Set or remove a breakpoint at the cursor',
    keys: ['F9', 'b'],
    aliases: ['break', 'b'],
    run: () => toggleLine(cursorLine()),
  },
  {
    id: 'breakpoint.list',
    title: 'Breakpoints',
    keys: ['B'],
    aliases: ['info breakpoints', 'watch'],
    run: () => document.getElementById(BREAKPOINT_LIST)?.showPopover(),
  },
  {
    id: 'breakpoint.clear',
    title: 'Remove all breakpoints',
    keys: [],
    aliases: ['delete', 'clear'],
    run: removeAllBreakpoints,
  },
  {
    id: 'note.write',
    title: 'Note to this step',
    keys: ['n'],
    aliases: ['comment', 'annotate'],
    run: () => beginNote(viewStore.getState().step),
  },
  { id: 'dock.events', title: 'Show the events of the step', keys: [], run: () => choosePane('events') },
  { id: 'dock.lanes', title: 'Show the sequence chart', keys: [], run: () => choosePane('lanes') },
  { id: 'dock.both', title: 'Show events and chart', keys: [], run: () => choosePane('both') },
  { id: 'dock.cost', title: 'Show the cost of the step', keys: [], run: () => choosePane('cost') },
]
