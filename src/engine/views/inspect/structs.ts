/**
 * Configuration structures of the hardware as words with their bits: of a device, in the order the hardware reads
 * them; of the IOMMU, its registers and then every structure that decides about some device; of a space that a user's
 * PASID table decides about, the entries of that table.
 */
import { getField } from '../../bits'
import type { ConfigRow } from '../../hw'
import { pasidTableEntries } from '../../kernel/guest-pasid-tables'
import { guestHostPage } from '../../kernel/guest-ram'
import type { FlowSession } from '../../session/session'
import type { Mark } from '../contract'
import { spaceOf } from '../object-fields'
import { addressText } from '../units'
import type { StructView } from './contract'
import { before, TouchedWords } from './touched'

/** Null for an object that has none. */
export function structViews(session: FlowSession, id: string): readonly StructView[] | null {
  const read = () => rowsOf(session, id)
  const rows = read()
  if (rows === null) return null
  const old = before(session, read) ?? rows
  const touched = new TouchedWords(session)
  return rows.map(row => viewOf(row, { touched, old }))
}

function rowsOf(session: FlowSession, id: string): readonly ConfigRow[] | null {
  const { machine } = session
  const { platform } = machine
  const all = [...machine.root.devices.values()].filter(device => device.kind === 'pci')
  const describe = (name: string) =>
    all
      .filter(device => name === '' || device.name === name)
      .flatMap(device => platform.describe(machine.hw(), machine.root.hw, device.hw))
  if (id.startsWith('device:')) return describe(id.slice('device:'.length))
  if (id.startsWith('space:')) return pasidEntries(session, id)
  if (!id.startsWith('iommu:')) return null
  const registers = platform.registers?.(machine.hw(), machine.root.hw) ?? []
  return [...registers, ...onceEach(describe(''))]
}

/** Valid entries of a user's PASID table, in guest memory. */
function pasidEntries(session: FlowSession, id: string): readonly ConfigRow[] | null {
  const { machine } = session
  const space = spaceOf(session, id)
  if (space === null || space.pasidTable === null) return null
  return pasidTableEntries(machine, space).map(({ pasid, address, words, layout }) => {
    const page = guestHostPage(machine, Math.floor(address / 4096))
    const struct = `PASID ${pasid} at GPA ${addressText(BigInt(address))}`
    return { struct, hpa: page === null ? null : page * 4096 + (address % 4096), words, fields: {}, layout }
  })
}

/** Devices share the structures above their own. */
function onceEach(rows: readonly ConfigRow[]): readonly ConfigRow[] {
  const key = (row: ConfigRow) => `${row.struct} ${row.hpa ?? JSON.stringify(row.fields)}`
  return [...new Map(rows.map(row => [key(row), row])).values()]
}

interface Earlier {
  readonly touched: TouchedWords
  readonly old: readonly ConfigRow[]
}

function viewOf(row: ConfigRow, { touched, old }: Earlier): StructView {
  const { hpa } = row
  const words = row.words.map((value, k) => {
    const was = hpa === null ? value : touched.read64(hpa + k * 8)
    const mark: Mark = was === value ? '' : was === 0n ? '+' : value === 0n ? '-' : '~'
    return { value, before: was === value ? null : was, mark }
  })
  const layout = row.layout?.fields ?? []
  return {
    name: row.struct,
    hpa: hpa === null ? null : BigInt(hpa),
    words,
    fields: layout.map(({ word, name, high, low, doc }) => {
      const value = getField(row.words[word] ?? 0n, { name, high, low, doc })
      return { word, name, high, low, value, doc }
    }),
    told: row.words.length > 0 ? [] : toldFields(row, old),
  }
}

function toldFields(row: ConfigRow, old: readonly ConfigRow[]): StructView['told'] {
  const name = String(Object.values(row.fields)[0])
  const was = old.find(one => one.struct === row.struct && String(Object.values(one.fields)[0]) === name)
  return Object.entries(row.fields).map(([field, value]) => {
    const mark: Mark = was === undefined ? '+' : was.fields[field] === value ? '' : '~'
    return { name: field, value: String(value), mark }
  })
}
