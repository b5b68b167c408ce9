/**
 * A part of the page that is fetched when its time has come. React's own `lazy` keeps what was fetched
 * back for 300 ms after the last stand-in was drawn, and draws a stand-in also for what is there already.
 */
import { type ComponentType, type ReactNode, useEffect, useState } from 'react'
import { Boundary } from './Boundary'

export interface LaterPart {
  /** Null until it has been fetched. */
  readonly loaded: () => ComponentType | null
  /** Fetches it, once. */
  readonly fetch: () => Promise<ComponentType>
}

/** A part by how it is fetched. Nothing is fetched before it is asked for. */
export function later(load: () => Promise<{ readonly default: ComponentType }>): LaterPart {
  let part: ComponentType | null = null
  let asked: Promise<ComponentType> | null = null
  return {
    loaded: () => part,
    fetch: () => {
      asked ??= load().then(module => {
        part = module.default
        return part
      })
      return asked
    },
  }
}

interface LaterProps {
  readonly part: LaterPart
  /** As a sentence begins with it: `The graph`. */
  readonly name: string
  /** Stands there until the part has been fetched. */
  readonly until?: ReactNode
}

export function Later({ name, ...props }: LaterProps) {
  return (
    <Boundary part={name}>
      <Arriving {...props} />
    </Boundary>
  )
}

function Arriving({ part, until = <div className="panel" /> }: Omit<LaterProps, 'name'>) {
  // In an object: a component is a function, which the state would call.
  const [{ Part }, setFetched] = useState({ Part: part.loaded() })
  const [problem, setProblem] = useState<unknown>(null)
  useEffect(() => {
    let isWanted = true
    part.fetch().then(
      fetched => isWanted && setFetched({ Part: fetched }),
      failure => isWanted && setProblem(failure ?? new Error('It was not fetched.')),
    )
    return () => {
      isWanted = false
    }
  }, [part])
  if (problem !== null) throw problem
  return Part === null ? until : <Part />
}
