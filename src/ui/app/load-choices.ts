import { choiceStore } from '../stores/choice-store'
import type { Controller } from './controller'

/** Asks the engine once what there is to choose from. */
export async function loadChoices(controller: Controller): Promise<void> {
  if (choiceStore.getState().choices !== null) return
  const outcome = await controller.choices()
  if (outcome.ok) choiceStore.setState({ choices: outcome.value.choices })
}
