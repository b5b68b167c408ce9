/**
 * What was seen of a run's objects, step by step from the first, so that a run that begins with the same
 * steps need not look at them again.
 */
import type { GraphView, StateView } from '../engine'
import { createOutline, type OutlineBuilder } from './outline'

/** Steps from one copy to the next: a run that parts from this one looks at fewer than so many again. */
const EVERY = 16

interface Copy {
  readonly next: number
  readonly builder: OutlineBuilder
}

export class Looks {
  readonly #builder: OutlineBuilder
  /** What was known before some of the steps, in their order. */
  readonly #copies: Copy[]
  #next: number

  constructor(builder = createOutline(), next = 0, copies: Copy[] = []) {
    this.#builder = builder
    this.#next = next
    this.#copies = copies
  }

  get builder(): OutlineBuilder {
    return this.#builder
  }

  /** The step to look at next: all before it were seen. */
  get next(): number {
    return this.#next
  }

  /** Takes in how step `next` looks; steps are told in order. */
  add(graph: GraphView, state: StateView, step = this.#next): void {
    if (step !== this.#next) throw new RangeError(`step ${this.#next} was not looked at`)
    if (this.#next % EVERY === 0) this.#copies.push({ next: this.#next, builder: this.#builder.fork() })
    this.#builder.add(graph, state, this.#next)
    this.#next += 1
  }

  /** For a run whose steps up to `last` are those of this one. */
  upTo(last: number): Looks {
    if (this.#next <= last + 1) return new Looks(this.#builder.fork(), this.#next, [...this.#copies])
    const copies = this.#copies.filter(copy => copy.next <= last + 1)
    const copy = copies.at(-1)
    return copy === undefined ? new Looks() : new Looks(copy.builder.fork(), copy.next, copies.slice(0, -1))
  }
}
