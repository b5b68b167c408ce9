/** The open file of a device, the oldest; -1 where there is none. */
import type { Machine } from '../kernel/machine'

export function deviceFile(machine: Machine, device: string): number {
  const found = [...machine.root.files].find(([, file]) => file.kind === 'device' && file.device === device)
  return found?.[0] ?? -1
}
