/** The dialects there are: one line each. */
import type { Dialect } from './contract'
import { iommufd } from './iommufd'
import { rfcV1 } from './rfc-v1'
import { rfcV2 } from './rfc-v2'
import { vfioType1 } from './vfio-type1'

export const DIALECTS: readonly Dialect[] = [rfcV1, rfcV2, vfioType1, iommufd]

export function dialectById(id: string): Dialect | undefined {
  return DIALECTS.find(dialect => dialect.id === id)
}
