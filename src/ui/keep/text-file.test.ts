import { describe, expect, it } from 'vitest'
import { MOST_BYTES, takeFile } from './text-file'

const file = (bytes: readonly number[] | string, name = 'a.flow') =>
  Object.assign(new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)]), { name })

describe('the text of a file', () => {
  it('is read as UTF-8, without its mark', async () => {
    expect(await takeFile(file('open("ä€𐍈")\r\n'))).toEqual({ ok: true, text: 'open("ä€𐍈")\r\n' })
    expect(await takeFile(file([0xef, 0xbb, 0xbf, 0x78]))).toEqual({ ok: true, text: 'x' })
  })

  it('is read as UTF-16 where it says so, and as Windows-1252 where it is not UTF-8', async () => {
    expect(await takeFile(file([0xff, 0xfe, 0x41, 0x00]))).toEqual({ ok: true, text: 'A' })
    expect(await takeFile(file([0xfe, 0xff, 0x00, 0x41]))).toEqual({ ok: true, text: 'A' })
    expect(await takeFile(file([0x41, 0xe4]))).toEqual({ ok: true, text: 'Aä' })
  })

  it('is refused where it is not text, with its name', async () => {
    const taken = await takeFile(file([0x7f, 0x45, 0x4c, 0x46, 0, 0], 'a.out'))
    expect(taken).toMatchObject({ ok: false, problem: expect.stringContaining('a.out is not text') })
  })

  it('is refused unread where it is huge', async () => {
    const huge = {
      name: 'huge.flow',
      size: 50 * 1024 * 1024,
      arrayBuffer: () => Promise.reject(new Error('read all the same')),
    }
    expect(await takeFile(huge)).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/50\.0 MiB; .* 4 MiB/),
    })
    expect(await takeFile({ ...huge, size: MOST_BYTES })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('cannot be read'),
    })
  })
})
