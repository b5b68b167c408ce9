/** Where a run stops: on a line, a command by its defined name, or a refusal by its number's name. */
import type { Breakpoint, StepRecord } from './contract'

export function stopsAt(point: Breakpoint, step: StepRecord): boolean {
  switch (point.kind) {
    case 'line':
      return step.line === Number(point.value)
    case 'command':
      return step.call === point.value
    case 'errno':
      return step.errno === point.value
  }
}
