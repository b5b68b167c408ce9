/** Hypercalls of a guest as built-ins of a flow. */
import { hypercall } from '../vmm/hypercalls'
import type { BuiltinRun } from './builtins'

/** Gives what the call reads, or its status: `H_SUCCESS` is 0, the others are negative. */
export const hypercallNamed =
  (name: string): BuiltinRun =>
  (machine, values, dialect) => {
    const args: bigint[] = []
    for (const value of values) {
      if (value.kind !== 'int') return { problem: `the arguments of ${name} are numbers` }
      args.push(value.value)
    }
    const done = hypercall(machine, dialect, { name, args })
    if (!done.ok) return { refused: done }
    const { status, name: hcall, value, why } = done.value
    return {
      ret: status,
      value: { kind: 'int', value: value ?? BigInt(status) },
      out: { hcall, ...(value === null ? {} : { value }) },
      ...(why === null ? {} : { message: why }),
    }
  }
