/**
 * Recordings of a real kernel: replayed against the emulator.
 *
 * Not modelled: what a recording says in words only, beyond `notes.data.ts`; concurrency, which no recording has.
 */
import { flowOf } from './flow'
import { type BrokenRecording, isBroken, readRecording } from './recording'
import { type Replayed, replay } from './run'

export type { Difference } from './compare'
export type { BrokenRecording } from './recording'
export type { ReplayedCall } from './run'

export interface ReplayReport extends Replayed {
  readonly scenario: string
}

/** Replays the text of one recording, or says what is wrong with it. */
export function replayText(text: string): ReplayReport | BrokenRecording {
  const recording = readRecording(text)
  return isBroken(recording) ? recording : { scenario: recording.head.scenario, ...replay(recording) }
}

/** The same calls as a flow, with the recorded answers as expectations; or what is wrong with the recording. */
export function flowText(text: string): string | BrokenRecording {
  const recording = readRecording(text)
  if (isBroken(recording)) return recording
  const flow = flowOf(recording)
  return typeof flow === 'string' ? flow : { line: 1, problem: flow.problem }
}
