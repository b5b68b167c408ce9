/**
 * Recordings of a real kernel: replayed against the emulator.
 *
 * Not modelled: what a recording says in words only, beyond `notes.data.ts`; concurrency, which no recording has.
 */
import { type BrokenRecording, isBroken, readRecording } from './recording'
import { type ReplayedCall, replay } from './run'

export type { Difference } from './compare'
export type { BrokenRecording } from './recording'
export type { ReplayedCall } from './run'

export interface ReplayReport {
  readonly scenario: string
  readonly calls: readonly ReplayedCall[]
}

/** Replays the text of one recording, or says what is wrong with it. */
export function replayText(text: string): ReplayReport | BrokenRecording {
  const recording = readRecording(text)
  return isBroken(recording) ? recording : { scenario: recording.head.scenario, calls: replay(recording) }
}
