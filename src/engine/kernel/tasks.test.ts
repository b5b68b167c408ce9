import { expect, it } from 'vitest'
import { platformById } from '../hw'
import { createBulk } from '../mem'
import { charge, pin, uncharge } from './accounting'
import { closeFile } from './close'
import { dupFile, openContext, openOther } from './files'
import { eachHostRun } from './host-pages'
import { attempt, Machine } from './machine'
import { answer, keeping, refuse } from './outcome'
import { addMemory, requireMemory } from './process-memory'
import { TREE } from './state'
import { exitTask, forkTask, setCredentials, unmapMemory } from './tasks'

const BASE = 0x100000000000n
const FIRST = 0x100000000

function machineWithMemory(): Machine {
  const platform = platformById('vtd')
  if (platform === null) throw new Error('no platform')
  const configured = platform.configure({}, [])
  if ('problem' in configured) throw new Error(configured.problem)
  const machine = new Machine({
    bulk: createBulk(),
    platform,
    hwConfig: configured.config,
    policy: {},
    limits: { memlockPages: null, guessMemory: false, guessDevices: null, guestRam: [], windows: [] },
  })
  addMemory(machine, { hva: BASE, size: 0x10000n, pages: '2M', guest: false, readOnly: false })
  return machine
}

it('task.munmap: nothing is found any more, and who has pinned the pages keeps them', () => {
  const machine = machineWithMemory()
  pin(machine, FIRST, FIRST + 15)
  unmapMemory(machine, FIRST + 4, FIRST + 7)
  expect(requireMemory(machine, FIRST, FIRST + 3, true).ok).toBe(true)
  expect(requireMemory(machine, FIRST + 3, FIRST + 4, true).ok).toBe(false)
  expect(requireMemory(machine, FIRST + 8, FIRST + 15, true).ok).toBe(true)
  let pages = 0
  eachHostRun(machine, FIRST, FIRST + 15, (_, __, count) => {
    pages += count
  })
  expect(pages).toBe(16)
})

it('task.fork: a child has the memory of its parent, and what it unmaps its parent keeps', () => {
  const machine = machineWithMemory()
  const child = forkTask(machine)
  unmapMemory(machine, FIRST, FIRST + 15)
  expect(requireMemory(machine, FIRST, FIRST, false).ok).toBe(false)
  exitTask(machine)
  expect(requireMemory(machine, FIRST, FIRST, false).ok).toBe(true)
  expect(machine.root.tasks.get(child)?.alive).toBe(false)
  expect(TREE.memoryOf(child)).not.toBe(TREE.memory)
})

it('task.limit: a limit counts what its own process has charged', () => {
  const machine = machineWithMemory()
  expect(charge(machine, 5, 'map.memlock').ok).toBe(true)
  setCredentials(machine, { memlockPages: 6 })
  expect(charge(machine, 2, 'map.memlock').ok).toBe(false)
  forkTask(machine)
  expect(charge(machine, 6, 'map.memlock').ok).toBe(true)
  uncharge(machine, 6)
  exitTask(machine)
  expect(charge(machine, 1, 'map.memlock').ok).toBe(true)
  expect(machine.root.accountedPages).toBe(6)
})

it('file.dup: a file is closed with its last fd', () => {
  const machine = machineWithMemory()
  const fd = openContext(machine, '/dev/iommu', 'fd')
  if (!fd.ok) throw new Error('open')
  const copy = dupFile(machine, BigInt(fd.value))
  const other = openOther(machine, { kind: 'plain', path: '/dev/null', name: 'null' })
  if (!copy.ok || !other.ok) throw new Error('dup')
  closeFile(machine, BigInt(fd.value))
  expect(machine.root.contexts.size).toBe(1)
  closeFile(machine, BigInt(copy.value))
  expect(machine.root.contexts.size).toBe(0)
  expect(closeFile(machine, BigInt(other.value)).ok).toBe(true)
})

it('call.keeps: a refusal that keeps what was done before it takes nothing back', () => {
  const machine = machineWithMemory()
  const uid = machine.root.nextUid
  const act = (keeps: boolean) =>
    attempt(machine, () => {
      machine.takeUid()
      const refused = refuse('map.size-zero')
      return refused.ok ? answer(null) : keeps ? keeping(refused) : refused
    })
  act(false)
  expect(machine.root.nextUid).toBe(uid)
  act(true)
  expect(machine.root.nextUid).toBe(uid + 1)
})
