/** Runs that follow each other in one host, against hosts that never ran anything before. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Host } from './host'
import type { Reply, Request, RunReply, ShowReply } from './protocol'
import { realEngine } from './real-engine'

const FOLDER = new URL('../scenarios/', import.meta.url)
const FLOWS = readdirSync(FOLDER)
  .filter(name => name.endsWith('.flow'))
  .map(name => readFileSync(new URL(name, FOLDER), 'utf8'))
  .filter(text => text.length < 2500)
const LIMIT = 10_000

type Answer = Extract<Reply, { id: number }>

/** A host whose clock stands still unless told otherwise, so that it lets messages in when `now` says so. */
function openHost(now: () => number = () => 0) {
  let tell: (event: { readonly data: unknown }) => void = () => {}
  const waiting = new Map<number, (reply: Answer) => void>()
  const endpoint = {
    postMessage: (message: unknown) => {
      const reply = message as Reply
      if ('id' in reply && reply.kind !== 'progress') waiting.get(reply.id)?.(reply)
    },
    addEventListener: (_: 'message', listener: typeof tell) => {
      tell = listener
    },
    removeEventListener: () => {},
  }
  new Host(endpoint, { engine: realEngine, now, yieldTo: resume => setImmediate(resume) })
  let id = 0
  const ask = (question: Record<string, unknown>) =>
    new Promise<Answer>(resolve => {
      id += 1
      waiting.set(id, resolve)
      tell({ data: { id, ...question } as unknown as Request })
    })
  const run = (text: string, revision: number) =>
    ask({ kind: 'run', revision, text, limit: LIMIT, stand: { step: null, selection: null } })
  const show = (revision: number, step: number) => ask({ kind: 'show', revision, step, selection: null })
  return { run, show, cancel: () => tell({ data: { kind: 'cancel', id } }) }
}

const ran = (reply: Answer): RunReply => {
  if (reply.kind !== 'ran') throw new Error(`${reply.kind}: ${'message' in reply ? reply.message : ''}`)
  return reply
}

/** What is told of a run, whichever question asked. */
function told({ id: _id, revision: _revision, shown, ...said }: RunReply) {
  return { ...said, shown: shown === null ? null : seen(shown) }
}
const seen = ({ id: _id, revision: _revision, ...shown }: ShowReply) => shown

function shown(reply: Answer): ShowReply {
  if (reply.kind !== 'shown') throw new Error(`${reply.kind}: ${'message' in reply ? reply.message : ''}`)
  return reply
}

/** A line is taken out, written twice, or broken off. */
function edited(text: string, at: number, how: number): string {
  const lines = text.split('\n')
  const i = Math.floor(at * lines.length)
  const line = lines[i] ?? ''
  lines.splice(i, 1, ...([[], [line, line], [line.slice(0, line.length >> 1)]][how] ?? [line]))
  return lines.join('\n')
}

describe('a host', () => {
  it('says of a text what a host says that never ran another', async () => {
    const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(2)), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FLOWS), edits, async (flow, all) => {
        const host = openHost()
        let text = flow
        await host.run(text, 1)
        for (const [i, [at, how]] of all.entries()) {
          text = edited(text, at, how)
          expect(told(ran(await host.run(text, i + 2)))).toEqual(told(ran(await openHost().run(text, 1))))
        }
      }),
      { numRuns: 5 },
    )
  })

  it('still shows a run whose machine went to one that was stopped', async () => {
    const flow = FLOWS.find(text => text.includes('dma_read(dev1')) ?? ''
    let clock = 0
    const host = openHost(() => (clock += 5))
    const before = ran(await host.run(flow, 1))
    const wanted = seen(shown(await host.show(1, 3)))
    const stopped = host.run(`${flow}\n${'dma_read(dev1, 0x1000, 4);\n'.repeat(2000)}`, 2)
    host.cancel()
    expect((await stopped).kind).toBe('cancelled')
    const [again, last] = await Promise.all([host.show(1, 3), host.show(1, before.steps.length)])
    expect(seen(shown(again))).toEqual(wanted)
    expect(seen(shown(last))).toEqual(before.shown === null ? null : seen(before.shown))
    expect(told(ran(await host.run(flow, 3)))).toEqual(told(before))
  })

  it('still shows the last good run after one that failed on the way, and one that does not begin', async () => {
    const flow = FLOWS.find(text => text.includes('dma_read(dev1')) ?? ''
    const host = openHost()
    await host.run(flow, 1)
    const wanted = seen(shown(await host.show(1, 5)))
    const failed = ran(await host.run(`${flow}\ndma_read(dev1, 0x1000, 99999999999999);\n`, 2))
    expect(failed.diagnostics.some(one => one.severity === 'error')).toBe(true)
    expect(ran(await host.run(`x = ioctl(ioasid_fd, ;\n${flow}`, 3)).ok).toBe(false)
    expect(seen(shown(await host.show(1, 5)))).toEqual(wanted)
  })
})
