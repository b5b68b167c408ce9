/**
 * Slows down what follows the steps: at once when the reader steps, and at most every `ms` while they
 * scrub, the last time after they came to rest.
 */
export interface Paced {
  (act: () => void): void
  stop(): void
}

export function paced(ms: number): Paced {
  let timer: ReturnType<typeof setTimeout> | null = null
  let waiting: (() => void) | null = null
  const turn = () => {
    const act = waiting
    waiting = null
    timer = act === null ? null : setTimeout(turn, ms)
    act?.()
  }
  const ask = (act: () => void) => {
    if (timer !== null) {
      waiting = act
      return
    }
    timer = setTimeout(turn, ms)
    act()
  }
  return Object.assign(ask, {
    stop: () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      waiting = null
    },
  })
}
