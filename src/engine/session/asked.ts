/**
 * What a flow asks of devices it does not declare: a device that is guessed is able to do it.
 *
 * Told from the words that the flow uses, of several in a paste the one that runs, whether or not a
 * statement is reached: a device does not change its capabilities while a flow runs.
 */
import type { Dialect } from '../dialects/contract'
import type { Platform } from '../hw'
import type { DeviceAbilities } from '../kernel/machine'
import { BUILTINS } from './builtins.data'

/** As `#device .. pasid` without a number has it. */
const PASID_BITS = 20
/** Words of flows in which a device asks the guest for a page. */
const PAGE_REQUEST_WORDS = /^(page_response|dma_result|\w+_PAGE_RESPONSE)$/

/** `used` is the text of the statements, reached or not. */
export function abilitiesAsked(used: string, dialect: Dialect, platform: Platform): DeviceAbilities {
  const words = new Set(used.match(/[A-Za-z_]\w*/g) ?? [])
  const pri = [...words].some(word => PAGE_REQUEST_WORDS.test(word))
  const pasid = pasidWords(dialect).some(word => words.has(word))
  const enqcmd = dialect.commands.some(({ file, name }) => file === 'kvm' && words.has(name))
  const type = enqcmd && platform.cpuTranslatesPasids ? ENQCMD_MDEV : null
  return { pasidBits: pasid || enqcmd ? PASID_BITS : null, ats: pri, pri, type }
}

/** A device that KVM_MAP_PASID makes sense for, where a processor translates at all (R40). */
const ENQCMD_MDEV = 8

function pasidWords(dialect: Dialect): readonly string[] {
  const fields = dialect.commands.flatMap(command => command.fields).filter(field => field.role === 'pasid')
  const builtins = BUILTINS.filter(({ params }) =>
    params.some(({ role, optional }) => role === 'pasid' && !optional),
  )
  return [...fields.flatMap(field => [field.name, ...field.aliases]), ...builtins.map(({ name }) => name)]
}
