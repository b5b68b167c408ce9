/**
 * Decides that a worker is dead. It counts ticks with a ping unanswered, not time: a page that slept
 * (a closed lid, a hidden tab) ticks late but never declares a worker dead that had no chance to answer.
 */
export interface WatchdogOptions {
  readonly tickMs: number
  /** Unanswered ticks before the worker is given up, when it should be idle or quick. */
  readonly quickTicks: number
  /** The same while it runs a text: one step may rightly take long. */
  readonly runTicks: number
  readonly ping: () => void
  readonly isRunning: () => boolean
  readonly onDead: () => void
}

export class Watchdog {
  readonly #options: WatchdogOptions
  #timer: ReturnType<typeof setInterval> | null = null
  #missed = 0
  #waiting = false

  constructor(options: WatchdogOptions) {
    this.#options = options
  }

  start(): void {
    this.stop()
    this.#timer = setInterval(() => this.#tick(), this.#options.tickMs)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.heard()
  }

  /** Any message counts as a sign of life. */
  heard(): void {
    this.#missed = 0
    this.#waiting = false
  }

  #tick(): void {
    const { ping, isRunning, runTicks, quickTicks, onDead } = this.#options
    if (!this.#waiting) {
      this.#waiting = true
      ping()
      return
    }
    this.#missed += 1
    if (this.#missed >= (isRunning() ? runTicks : quickTicks)) onDead()
  }
}
