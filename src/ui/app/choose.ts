/** Choosing dialect, platform or policy: an edit of the text's directives, a run, and a look at what changed. */
import { readDirective, setDirective } from '../../engine/flow/rewrite'
import { firstDifference } from '../format/first-difference'
import { revealLine } from '../panels/editor/reveal'
import { choiceStore, type MadeChoice } from '../stores/choice-store'
import { errorsOf, runStore } from '../stores/run-store'
import { textStore } from '../stores/text-store'
import { viewStore } from '../stores/view-store'
import type { Controller } from './controller'
import { offsetOfLine } from './go-to-line'

export interface Wish {
  readonly directive: 'dialect' | 'platform' | 'policy'
  /** As it stands behind the directive; of a policy the one knob, `unmap=exact`. */
  readonly value: string
  /** What is chosen in place of what: `unmap=exact -> type1`. */
  readonly label: string
}

/** Writes the wish into the text, runs it at the same step and says where the answers first part. */
export async function choose(controller: Controller, wish: Wish): Promise<void> {
  const before = runStore.getState().newest
  const text = setDirective(textStore.getState().text, wish.directive, wish.value)
  viewStore.setState({ atEnd: false })
  controller.change(text)
  const { revision } = textStore.getState()
  const made: MadeChoice = { label: wish.label, revision, result: null }
  choiceStore.setState({ made })
  await controller.run()
  const after = runStore.getState().newest
  if (after?.revision !== revision || choiceStore.getState().made !== made) return
  const difference = firstDifference(before?.steps ?? [], after.steps)
  choiceStore.setState({ made: { ...made, result: { difference, errors: errorsOf(after).length } } })
}

/** Takes the last choice back, unless the text was edited since. */
export function undoChoice(controller: Controller): void {
  const { made } = choiceStore.getState()
  if (made === null || made.revision !== textStore.getState().revision) return
  choiceStore.setState({ made: null })
  controller.undo()
}

export function putChoiceAway(): void {
  choiceStore.setState({ made: null })
}

/** Brings the line and the step of the first difference into view. */
export function goToDifference(controller: Controller): void {
  const difference = choiceStore.getState().made?.result?.difference
  if (difference == null) return
  revealLine(offsetOfLine(textStore.getState().text, difference.line))
  void controller.goTo(difference.step)
}

/** The parameters of `#platform ID k=v`, bare words as their own value. */
export function platformParams(text: string): Readonly<Record<string, string>> {
  const [, ...words] = (readDirective(text, 'platform') ?? '').split(/\s+/)
  return Object.fromEntries(
    words.filter(word => word !== '').map(word => [word.replace(/=.*/, ''), word.replace(/^[^=]*=/, '')]),
  )
}
