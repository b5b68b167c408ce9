/** Everything the palette finds: commands, scenarios, objects, steps, and places named by number. */
import type { StepRecord } from '../../../engine'
import type { Outline } from '../../../worker/protocol'
import { ACTIONS, keysOf } from '../../app/actions'
import type { Controller } from '../../app/controller'
import { goToLine } from '../../app/go-to-line'
import { keyShown } from '../../app/key-names'
import { openScenario, SCENARIOS } from '../../app/scenarios'
import { stepOutcome } from '../../format/step-outcome'
import { bestOf } from './fuzzy'

export interface Entry {
  readonly id: string
  readonly kind: 'command' | 'scenario' | 'object' | 'step' | 'place'
  readonly title: string
  /** Shown at the right: keys, a short code, a kind of object. */
  readonly detail: string
  /** What it is found by, beside its title. */
  readonly aliases: readonly string[]
  readonly run: (controller: Controller) => void
}

export interface Findable {
  readonly outline: Outline | null
  readonly steps: readonly StepRecord[]
}

const MOST_SHOWN = 60

export function entriesFor(query: string, { outline, steps }: Findable): readonly Entry[] {
  const places = placesFor(query, steps.length)
  const always = [...commands(), ...SCENARIO_ENTRIES, ...objectEntries(outline)]
  const all = query.trim() === '' ? always : [...always, ...stepEntries(steps)]
  const found = bestOf(query, all, entry => [entry.title, entry.id, ...entry.aliases])
  return [...places, ...found].slice(0, MOST_SHOWN)
}

/** Made anew each time: the reader's own keys may have changed. */
function commands(): Entry[] {
  return ACTIONS.map(action => ({
    id: action.id,
    kind: 'command',
    title: action.title,
    detail: keysOf(action).map(keyShown).join(', '),
    aliases: action.aliases ?? [],
    run: action.run,
  }))
}

const SCENARIO_ENTRIES: readonly Entry[] = SCENARIOS.map(scenario => ({
  id: `scenario:${scenario.file}`,
  kind: 'scenario',
  title: scenario.title,
  detail: scenario.code ?? scenario.file,
  aliases: [scenario.file, scenario.code ?? '', scenario.shows],
  run: controller => openScenario(controller, scenario),
}))

function objectEntries(outline: Outline | null): Entry[] {
  return (outline?.nodes ?? []).map(node => ({
    id: `object:${node.id}`,
    kind: 'object',
    title: node.title,
    detail: node.kind,
    aliases: [node.id, `${node.kind} ${node.title}`],
    run: controller => void controller.select(node.id),
  }))
}

function stepEntries(steps: readonly StepRecord[]): Entry[] {
  return steps.map(step => ({
    id: `step:${step.n}`,
    kind: 'step',
    title: `${step.n} ${step.label.verb} ${step.label.object}`.trim(),
    detail: stepOutcome(step).text,
    aliases: [step.call],
    run: controller => void controller.goTo(step.n),
  }))
}

/** `12`, `step 12`, `line 12`, `:12`. */
function placesFor(query: string, steps: number): Entry[] {
  const [, word = '', digits = ''] = /^\s*(?:go to\s+)?(step|line|s|l|:|)\s*(\d{1,7})\s*$/i.exec(query) ?? []
  if (digits === '') return []
  const n = Number(digits)
  const places: Entry[] = []
  if (!/^(?:l|:)/i.test(word) && n <= steps) {
    places.push(place(`Go to step ${n}`, controller => void controller.goTo(n)))
  }
  if (!/^s/i.test(word) && n > 0) places.push(place(`Go to line ${n}`, controller => goToLine(controller, n)))
  return places
}

function place(title: string, run: Entry['run']): Entry {
  return { id: title, kind: 'place', title, detail: '', aliases: [], run }
}
