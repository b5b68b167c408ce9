/** The formats there are. The only file that names them. */
import { assert } from '../bits'
import type { PtFormat } from './contract'
import { amdV1 } from './formats/amd-v1'
import { armS1, armS2 } from './formats/arm'
import { paprTce } from './formats/papr-tce'
import { vtdSs } from './formats/vtd-ss'
import { amdV2, vtdFs } from './formats/x86'

export const FORMATS: readonly PtFormat[] = [vtdSs, vtdFs, paprTce, armS1, armS2, amdV1, amdV2]

const byId = new Map(FORMATS.map(format => [format.id, format]))

/** The format with this id; throws InvariantError when there is none. */
export function formatOf(id: string): PtFormat {
  const format = byId.get(id)
  assert(format !== undefined, `no page-table format ${id}`)
  return format
}
