/** What the editor asks about words: a card, or what may be typed next. The engine answers, in its worker. */
import type { EngineClient } from '../../../client/engine-client'
import type { Completions, HelpAt } from '../../../engine'
import { runStore } from '../../stores/run-store'

export interface WordHelp {
  cardAt(text: string, offset: number): Promise<HelpAt | null>
  cardOf(word: string): Promise<HelpAt | null>
  completionsAt(text: string, offset: number): Promise<Completions | null>
}

const dialect = (): string | null => runStore.getState().newest?.scenario.dialect ?? null

/** An engine that is gone has nothing to say. */
export function wordHelp(engine: () => EngineClient): WordHelp {
  const ask = async (about: { word: string } | { text: string; offset: number }) => {
    const outcome = await engine().help({ about, dialect: dialect() })
    return outcome.ok ? outcome.value.help : null
  }
  return {
    cardAt: (text, offset) => ask({ text, offset }),
    cardOf: word => ask({ word }),
    completionsAt: async (text, offset) => {
      const outcome = await engine().complete({ text, offset, dialect: dialect() })
      return outcome.ok ? outcome.value.completions : null
    },
  }
}
