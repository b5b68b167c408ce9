/** Which driver serves a device, and what its refusals are called here. Source: iommufd facts 2.11. */
import type { HwDevice } from '../../hw'
import { TEST_DRIVER } from '../../hw'
import type { DomainDriver, DriverRefusal } from '../../hw/domain-driver'
import type { Machine } from '../machine'
import { type Outcome, refuse } from '../outcome'
import type { RuleId } from '../rules.data'

/** The driver of a device's IOMMU, or null where the platform has none for files of objects. */
export function driverOf(machine: Machine, device: HwDevice): DomainDriver | null {
  return isTest(device) ? TEST_DRIVER : (machine.platform.domains ?? null)
}

/** The driver of a name that an object carries; devices may have gone since it was made. */
export function driverNamed(machine: Machine, name: string): DomainDriver {
  const driver = [TEST_DRIVER, machine.platform.domains].find(one => one?.name === name)
  if (driver === undefined) throw new Error(`no driver ${name}`)
  return driver
}

/** True for a device of the kernel's test driver, which lies behind no IOMMU of the platform. */
export const isTest = (device: HwDevice): boolean => device.testFlags !== undefined

/** The same where it must have one: it was bound. */
export function requiredDriver(machine: Machine, device: string): { driver: DomainDriver; hw: HwDevice } {
  const { hw } = machine.device(device)
  const driver = driverOf(machine, hw)
  if (driver === null) throw new Error(`${device} has no driver`)
  return { driver, hw }
}

const RULES: Readonly<Record<DriverRefusal['refused'], RuleId>> = {
  unsupported: 'driver.unsupported',
  invalid: 'driver.invalid',
  fault: 'driver.data',
  'no-device': 'driver.no-device',
  io: 'driver.io',
}

export function refusedBy(
  driver: DomainDriver,
  { refused, why }: DriverRefusal,
): Outcome<never> & { ok: false } {
  const refusal = refuse(RULES[refused], { driver: driver.name, why })
  if (refusal.ok) throw new Error('a refusal is none')
  return refusal
}
