/** The table of commands by what they are about, in the order of the table. */
import type { Action } from '../../app/actions'

const TITLES: Readonly<Record<string, string>> = {
  step: 'Steps',
  play: 'Steps',
  run: 'Run',
  breakpoint: 'Breakpoints',
  problem: 'Problems',
  assumption: 'Problems',
  selection: 'Objects',
  change: 'Objects',
  reference: 'Objects',
  walk: 'Objects',
  graph: 'Objects',
  dock: 'Steps',
  note: 'Steps',
  text: 'Text',
  file: 'Text',
  history: 'Text',
  help: 'Help',
  keys: 'Help',
  modelled: 'Help',
  palette: 'Help',
  gallery: 'Flow',
  dialect: 'Flow',
  platform: 'Flow',
  policy: 'Flow',
  matrix: 'Flow',
  became: 'Flow',
  compare: 'Flow',
  share: 'Flow',
  link: 'Flow',
  mail: 'Flow',
  theme: 'Theme',
}

export interface KeyGroup {
  readonly title: string
  readonly actions: readonly Action[]
}

export function groupsOf(actions: readonly Action[]): readonly KeyGroup[] {
  const titleOf = ({ id }: Action) => TITLES[id.slice(0, id.indexOf('.'))] ?? 'More'
  const titles = [...new Set(actions.map(titleOf))]
  return titles.map(title => ({ title, actions: actions.filter(action => titleOf(action) === title) }))
}
