import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { packFolder } from './compress.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pack-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('packFolder', () => {
  it('leaves both forms beside texts in every folder, and none beside what gains nothing', async () => {
    const text = 'const space = 1\n'.repeat(200)
    mkdirSync(join(folder, 'assets'))
    const files = {
      'index.html': text,
      'assets/a.js': text,
      'assets/small.js': 'let a',
      'assets/a.png': text,
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    writeFileSync(join(folder, 'assets/small.js.br'), 'of an older build')
    await packFolder(folder)
    for (const name of ['index.html', 'assets/a.js']) {
      expect(brotliDecompressSync(readFileSync(join(folder, `${name}.br`))).toString()).toBe(text)
      expect(gunzipSync(readFileSync(join(folder, `${name}.gz`))).toString()).toBe(text)
    }
    for (const name of ['assets/small.js.br', 'assets/small.js.gz', 'assets/a.png.br'])
      expect(existsSync(join(folder, name)), name).toBe(false)
  })
})
