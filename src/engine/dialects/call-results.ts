/** What lowerings answer with. */
import { answer, type Outcome } from '../kernel/outcome'
import type { Call, CallResult, OutValue } from './contract'

export const OK: Outcome<CallResult> = answer({ ret: 0, out: null })

/** The call returns 0 where nothing refused. */
export const finish = (outcome: Outcome<unknown>): Outcome<CallResult> => (outcome.ok ? OK : outcome)

/** The call returns a number and writes no field. */
export const returns = (ret: number): Outcome<CallResult> => answer({ ret, out: null })

/** The call returns 0 and writes fields. */
export const writes = (out: Readonly<Record<string, OutValue>>): Outcome<CallResult> =>
  answer({ ret: 0, out })

/** The uid of the context that the call's file is of; 0, which is nobody's, where it is of none. */
export const contextOf = (call: Call): number => call.file.context ?? 0
