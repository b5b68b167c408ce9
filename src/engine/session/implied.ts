/** Devices a flow uses through `device_fdK` and never opens: opened before step 1, as an assumption. */
import type { Dialect } from '../dialects/contract'
import { openPath } from '../dialects/open'
import type { ImplicitOpen, Value } from '../flow'
import type { Machine } from '../kernel/machine'

/** The fds by the names that stand for them; a device that does not exist gives no name. */
export function openImplied(
  machine: Machine,
  dialect: Dialect,
  opens: readonly ImplicitOpen[],
): ReadonlyMap<string, Value> {
  const fds = new Map<string, Value>()
  for (const { name, path } of opens) {
    const opened = openPath(machine, dialect, path, name)
    if (opened.ok) fds.set(name, { kind: 'int', value: BigInt(opened.value) })
  }
  return fds
}
