/** Commands of the text: its problems, what it leaves unsaid, its words. */
import { showHelpAtCursor } from '../panels/editor/reveal'
import { toggleFoot } from '../stores/foot-store'
import type { Action } from './actions'
import type { Controller } from './controller'

export type EditorActionId =
  | 'problem.next'
  | 'problem.previous'
  | 'problem.fix'
  | 'problem.list'
  | 'assumption.list'
  | 'assumption.write'
  | 'help.show'

type Problems = typeof import('./problems')

/** What knows about edits of the text comes when it is first asked for. */
const withProblems =
  (act: (problems: Problems, controller: Controller) => void) =>
  (controller: Controller): void =>
    void import('./problems').then(problems => act(problems, controller))

export const EDITOR_ACTIONS: readonly Action[] = [
  {
    id: 'problem.next',
    title: 'Next problem',
    keys: ['F8'],
    aliases: ['error'],
    run: withProblems(p => p.goToProblem(1)),
  },
  {
    id: 'problem.previous',
    title: 'Previous problem',
    keys: ['Shift+F8'],
    run: withProblems(p => p.goToProblem(-1)),
  },
  {
    id: 'problem.fix',
    title: 'Fix the problem in this line',
    keys: ['Alt+Enter'],
    aliases: ['near miss', 'did you mean'],
    run: withProblems((p, c) => p.fixAtCursor(c)),
  },
  { id: 'problem.list', title: 'List the problems', keys: ['Alt+F8'], run: () => toggleFoot('problems') },
  {
    id: 'assumption.list',
    title: 'List the assumptions',
    keys: ['Alt+a'],
    run: () => toggleFoot('assumptions'),
  },
  {
    id: 'assumption.write',
    title: 'Write the assumptions into the flow',
    keys: [],
    run: withProblems((p, c) => p.writeAllAssumptions(c)),
  },
  {
    id: 'help.show',
    title: 'What is this word',
    keys: ['F1', 'Alt+i'],
    aliases: ['help', 'docs', 'card'],
    run: showHelpAtCursor,
  },
]
