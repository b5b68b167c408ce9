/**
 * The engine's face: what the command line, the worker and the page may use. Everything else under
 * `engine` is its own business.
 */
export { hex, hex64 } from './bits'
export { DIALECTS } from './dialects/registry'
export * from './flow'
export { type Completion, type Completions, completionsAt, helpAt, helpFor } from './help'
export type * from './help/contract'
export { PLATFORMS, platformById } from './hw'
export { RULES } from './kernel/rules.data'
export {
  type MatrixCell,
  type MatrixRun,
  type MatrixView,
  type MatrixWish,
  matrixOf,
  matrixText,
  startMatrix,
} from './matrix'
export { type BrokenRecording, flowText, type ReplayedCall, type ReplayReport, replayText } from './replay'
export {
  type Choices,
  choices,
  type DialectChoice,
  type KnobChoice,
  type ParamChoice,
  type PlatformChoice,
  type ValueChoice,
} from './session/choices'
export {
  answerOf,
  COMPARED,
  type ComparedRun,
  type Comparison,
  compareRuns,
  compareSessions,
  type Parting,
  type Variant,
} from './session/compare'
export type * from './session/contract'
export { createSession, type FlowSession, MOST_STEPS, startSession } from './session/session'
export { VOCABULARY } from './session/vocabulary'
export { COST_NAMES, type CostName } from './trace/costs'
export type { Actor, MachineEvent } from './trace/events'
export { compareFlows, type Translated, translateFlow } from './translate'
export { asciiGraph, asciiMail, comparedText, compareText, type MailParts } from './views/ascii'
export type * from './views/contract'
export { type EventRow, eventRows } from './views/event-rows'
export { graphView } from './views/graph'
export type * from './views/inspect/contract'
export { inspect } from './views/inspect/inspect'
export { inspectorView } from './views/inspector'
export { type LaneActor, type LaneRow, type LanesView, lanesThrough } from './views/lanes'
export { VIOMMU_WAYS } from './vmm/viommu'
