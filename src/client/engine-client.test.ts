import { afterEach, describe, expect, it } from 'vitest'
import type { Session } from '../engine'
import type { EnginePort, Running } from '../worker/engine-port'
import { Host } from '../worker/host'
import type { RunReply } from '../worker/protocol'
import { realEngine } from '../worker/real-engine'
import { sampleEngine } from '../worker/testing/sample-engine.fixture'
import { SAMPLE_TEXT } from '../worker/testing/sample-text.fixture'
import { type ClientOptions, EngineClient, type WorkerHandle } from './engine-client'
import type { EngineStatus, Loss } from './outcome'

const LIMIT = 10_000
const REAL_TEXT = `#device dev1 pci 0000:00:03.0
#memory 0x40000000 1GB guest
device_fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
at_data = { .ioasid = gpa_ioasid };
ioctl(device_fd1, VFIO_ATTACH_IOASID, &at_data);
dma_map = { .ioasid = gpa_ioasid; .iova = 0; .vaddr = 0x40000000; .size = 64KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);
dma_write(dev1, 0x1000, "hello");
expect(dma_read(dev1, 0x1000, 5) == "hello");
`
const opened: (() => void)[] = []
afterEach(() => {
  for (const close of opened.splice(0)) close()
})

/** A worker in this thread: a host on one end of a channel. Terminating it closes the channel. */
function localWorker<S extends Session>(engine: EnginePort<S>): WorkerHandle {
  const channel = new MessageChannel()
  channel.port1.start()
  channel.port2.start()
  new Host(channel.port2, { engine, now: () => performance.now(), yieldTo: resume => setTimeout(resume) })
  const terminate = () => {
    channel.port1.close()
    channel.port2.close()
  }
  opened.push(terminate)
  return { endpoint: channel.port1, terminate, onFailure: () => {} }
}

/** A worker that never says anything. */
function silentWorker(): WorkerHandle & { ended: boolean } {
  const endpoint = { postMessage() {}, addEventListener() {}, removeEventListener() {} }
  const worker = {
    endpoint,
    ended: false,
    terminate: () => Object.assign(worker, { ended: true }),
    onFailure: () => {},
  }
  return worker
}

function open(spawn: () => WorkerHandle, options: Partial<ClientOptions> = {}) {
  const losses: Loss[] = []
  const statuses: EngineStatus['kind'][] = []
  const client = new EngineClient({
    spawn,
    onStatus: status => statuses.push(status.kind),
    onLoss: loss => losses.push(loss),
    tickMs: 10,
    ...options,
  })
  opened.push(() => client.dispose())
  return { client, losses, statuses }
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (condition()) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  throw new Error('never came true')
}

describe('engine client over a message channel', () => {
  it('runs a text and shows any of its steps', async () => {
    const { client } = open(() => localWorker(sampleEngine))
    const ran = await client.run(1, SAMPLE_TEXT, LIMIT)
    if (!ran.ok) throw new Error(ran.message)
    expect(ran.value.steps).toHaveLength(15)
    const shown = await client.show({ revision: 1, step: 15, selection: 'space:2' })
    if (!shown.ok) throw new Error(shown.message)
    expect(shown.value.state.addressSpaces.map(s => s.name)).toEqual(['gpa_ioasid', 'giova_ioasid'])
    expect(shown.value.inspector?.tables[0]?.root).toBe(0x10_3000n)
    const query = {
      what: 'table',
      id: 'space:2',
      table: 2,
      toggled: [],
      focus: null,
      from: 4,
      count: 2,
    } as const
    const asked = await client.inspect({ revision: 1, step: 15, query })
    if (!asked.ok) throw new Error(asked.message)
    expect(asked.value.view?.rows.map(one => one.value)).toEqual([0x1_4000_1003n, 0n])
    const other = await client.inspect({ revision: 1, step: 3, query })
    expect(other).toMatchObject({ ok: false, why: 'refused', message: 'Expected table, got structs.' })
    expect(client.status.kind).toBe('idle')
  })

  it('lists every object of every step in the outline, also those gone at the end', async () => {
    const { client } = open(() => localWorker(sampleEngine))
    const ran = await client.run(1, SAMPLE_TEXT, LIMIT)
    if (!ran.ok) throw new Error(ran.message)
    expect(ran.value.outline.complete).toBe(true)
    expect(ran.value.outline.edges.map(e => e.id)).toContain('attach:dev2:1')
    expect(ran.value.outline.memory).toEqual([{ start: 0x4000_0000n, last: 0x7fff_ffffn }])
  })

  it.each([
    [null, 15],
    [3, 3],
    [99, 15],
  ])('brings along where the reader stands: %s of 15 is step %i', async (step, at) => {
    const { client } = open(() => localWorker(sampleEngine))
    const ran = await client.run(1, SAMPLE_TEXT, LIMIT, { stand: { step, selection: 'space:2' } })
    const shown = await client.show({ revision: 1, step: at, selection: 'space:2' })
    if (!ran.ok || !shown.ok) throw new Error('not answered')
    expect(ran.value.shown).toEqual({ ...shown.value, id: ran.value.id })
    const without = await client.run(2, SAMPLE_TEXT, LIMIT)
    expect(without.ok && without.value.shown).toBeNull()
  })

  it('keeps the last text without errors beside the newest', async () => {
    const { client } = open(() => localWorker(sampleEngine))
    await client.run(1, SAMPLE_TEXT, LIMIT)
    await client.run(2, `@@\n${SAMPLE_TEXT}`, LIMIT)
    const good = await client.show({ revision: 1, step: 15, selection: null })
    expect(good.ok).toBe(true)
    await client.run(3, SAMPLE_TEXT, LIMIT)
    const gone = await client.show({ revision: 1, step: 15, selection: null })
    expect(gone.ok === false && gone.why).toBe('refused')
  })

  it('answers an older run as stale when a newer one is asked for', async () => {
    const { client } = open(() => localWorker(sampleEngine))
    const first = client.run(1, '#slow 100000', LIMIT)
    const second = client.run(2, SAMPLE_TEXT, LIMIT)
    const older = await first
    expect(older.ok === false && older.why).toBe('stale')
    const newer = await second
    expect(newer.ok && newer.value.revision).toBe(2)
  })

  it('previews a text beside the one at hand, whatever is run meanwhile', async () => {
    const { client } = open(() => localWorker(sampleEngine))
    await client.run(1, SAMPLE_TEXT, LIMIT)
    const previewed = client.preview(SAMPLE_TEXT, LIMIT)
    const chosen = client.choices()
    await client.run(2, SAMPLE_TEXT, LIMIT)
    const preview = await previewed
    if (!preview.ok) throw new Error(preview.message)
    expect(preview.value).toMatchObject({ steps: 15, scenario: { dialect: 'rfc-v1' } })
    expect(preview.value.graph.nodes.filter(node => node.kind === 'space')).toHaveLength(2)
    expect((await chosen).ok).toBe(true)
    expect((await client.show({ revision: 2, step: 3, selection: null })).ok).toBe(true)
  })

  it('drops shows that wait when a newer one comes', async () => {
    const { client } = open(() => localWorker(sampleEngine))
    await client.run(1, SAMPLE_TEXT, LIMIT)
    const asked = [3, 4, 5, 6].map(step => client.show({ revision: 1, step, selection: null }))
    const outcomes = (await Promise.all(asked)).map(o => (o.ok ? o.value.step : o.why))
    expect(outcomes).toEqual([3, 'stale', 'stale', 6])
  })

  it('stops a long run between two slices and keeps the worker', async () => {
    const { client, losses } = open(() => localWorker(sampleEngine))
    const run = client.run(1, '#slow 100000', LIMIT)
    await until(() => client.status.kind === 'running' && client.status.done > 0)
    client.stop()
    const outcome = await run
    expect(outcome.ok === false && outcome.why).toBe('cancelled')
    expect(losses).toEqual([])
    const again = await client.run(2, SAMPLE_TEXT, LIMIT)
    expect(again.ok).toBe(true)
  })

  it('ends a worker that does not hear Stop, and says so', async () => {
    const workers = [silentWorker(), localWorker(sampleEngine)]
    const { client, losses } = open(() => workers.shift() ?? silentWorker(), {
      stopGraceMs: 20,
      tickMs: 1000,
    })
    const run = client.run(1, SAMPLE_TEXT, LIMIT)
    client.stop()
    const outcome = await run
    expect(outcome.ok === false && outcome.why).toBe('cancelled')
    expect(losses).toMatchObject([{ reason: 'stopped', during: 'run' }])
    const again = await client.run(2, SAMPLE_TEXT, LIMIT)
    expect(again.ok).toBe(true)
  })

  it('notices a worker that died quietly, reports it once and starts another that knows no text', async () => {
    const workers: WorkerHandle[] = []
    const { client, losses } = open(() => {
      const worker = localWorker(sampleEngine)
      workers.push(worker)
      return worker
    })
    await client.run(1, SAMPLE_TEXT, LIMIT)
    workers[0]?.terminate()
    await until(() => losses.length === 1 && client.status.kind === 'idle')
    expect(losses).toMatchObject([{ reason: 'no-answer', during: 'nothing' }])
    expect(workers).toHaveLength(2)
    const shown = await client.show({ revision: 1, step: 1, selection: null })
    expect(shown.ok === false && shown.why).toBe('refused')
  })

  it('answers questions under way as gone when the worker dies', async () => {
    const workers = [silentWorker(), silentWorker()]
    const first = workers[0]
    const { client, losses } = open(() => workers.shift() ?? silentWorker(), { quickTicks: 2, runTicks: 2 })
    const outcome = await client.run(1, SAMPLE_TEXT, LIMIT)
    expect(outcome.ok === false && outcome.why).toBe('gone')
    expect(losses[0]).toMatchObject({ reason: 'no-answer', during: 'run' })
    expect(first?.ended).toBe(true)
  })

  it('gives up after three workers that never became ready', async () => {
    const { client, losses } = open(silentWorker, { quickTicks: 1, runTicks: 1 })
    await until(() => client.status.kind === 'unusable')
    expect(losses).toHaveLength(3)
    const outcome = await client.run(1, SAMPLE_TEXT, LIMIT)
    expect(outcome.ok === false && outcome.why).toBe('gone')
  })

  it('hands a broken invariant back with all that reproduces it', async () => {
    const { client } = open(() => localWorker(sampleEngine))
    const text = `${SAMPLE_TEXT}#crash\n`
    await client.run(1, text, LIMIT)
    const outcome = await client.show({ revision: 1, step: 4, selection: null })
    expect(outcome.ok === false && outcome.why === 'crashed' && outcome.crash).toMatchObject({
      message: 'sample invariant',
      text,
      step: 4,
    })
    expect((await client.show({ revision: 1, step: 0, selection: null })).ok).toBe(true)
  })

  it('hears of each step and run all that one hears who asks for nothing else', async () => {
    const { client } = open(() => localWorker(realEngine))
    const texts = [REAL_TEXT, `// first\n${REAL_TEXT}`, REAL_TEXT.replace('64KB', '4KB'), REAL_TEXT]
    for (const [i, text] of texts.entries()) {
      const stand = { step: null, selection: null }
      const alone = open(() => localWorker(realEngine)).client
      const [ran, first] = [
        await client.run(i, text, LIMIT, { stand }),
        await alone.run(i, text, LIMIT, { stand }),
      ]
      if (!ran.ok || !first.ok) throw new Error('it did not run')
      const said = ({ id: _, shown, ...rest }: RunReply) => ({ ...rest, shown: shown && { ...shown, id: 0 } })
      expect(said(ran.value)).toEqual(said(first.value))
      for (const step of [0, 3, 2, ran.value.steps.length, 1]) {
        const question = { revision: i, step, selection: null }
        const other = open(() => localWorker(realEngine)).client
        await other.run(i, text, LIMIT)
        const [shown, whole] = [await client.show(question), await other.show(question)]
        if (!shown.ok || !whole.ok) throw new Error('it was not shown')
        expect({ ...shown.value, id: 0 }).toEqual({ ...whole.value, id: 0 })
      }
    }
  })

  it('refuses a step that is not there', async () => {
    const { client } = open(() => localWorker(sampleEngine))
    await client.run(1, SAMPLE_TEXT, LIMIT)
    const outcome = await client.show({ revision: 1, step: 16, selection: null })
    expect(outcome).toMatchObject({ ok: false, why: 'refused', message: 'Step 16 is outside 0 to 15.' })
  })

  it('survives an engine that throws while it compiles', async () => {
    const broken: EnginePort<Session> = {
      ...sampleEngine,
      inspector: () => null,
      inspect: () => ({ what: 'structs', view: null }),
      graph: () => ({ title: '', nodes: [], edges: [] }),
      names: () => ({ title: '', nodes: [], edges: [] }),
      begin(): Running<Session> {
        throw new Error('no compile')
      },
    }
    const { client } = open(() => localWorker(broken))
    const outcome = await client.run(1, 'x', LIMIT)
    expect(outcome.ok === false && outcome.why === 'crashed' && outcome.crash.text).toBe('x')
    expect(client.status.kind).toBe('idle')
  })
})
