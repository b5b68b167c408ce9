/**
 * Every form of link ever released. A new one is a folder and a row at the end; none is ever taken out,
 * and a gap stops the page and the tests at once.
 */
import type { Result } from './problem'
import { V1 } from './v1/body'
import type { Shared } from './view'

export interface LinkVersion {
  readonly version: number
  /** The body for the envelope. */
  pack(shared: Shared): Result<string>
  unpack(body: string): Result<Shared>
}

/** Checks that versions 1 to the newest are all there, in order; throws where one is not. */
export function complete(versions: readonly LinkVersion[]): readonly [LinkVersion, ...LinkVersion[]] {
  versions.forEach(({ version }, at) => {
    if (version !== at + 1) throw new Error(`Links of form v${at + 1} have no reader`)
  })
  const [first, ...rest] = versions
  if (first === undefined) throw new Error('There is no form of links')
  return [first, ...rest]
}

export const VERSIONS = complete([V1])
export const NEWEST = VERSIONS.at(-1) ?? VERSIONS[0]
