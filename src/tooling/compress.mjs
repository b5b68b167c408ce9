/**
 * Packs what the build made, once, so that the server never does: beside each text of some size its
 * brotli form (`.br`) and its gzip form (`.gz`). Hosts that look for such files serve them, too.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const TEXT = /\.(?:html|js|css|svg|json|txt)$/
/** Less than a packet: packing it saves no time. Bytes. */
const SMALL = 1000

const FORMS = [
  {
    suffix: '.br',
    pack: (/** @type {Buffer} */ bytes) =>
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  },
  { suffix: '.gz', pack: (/** @type {Buffer} */ bytes) => promisify(gzip)(bytes, { level: 9 }) },
]

/**
 * Leaves packed forms beside the files of a folder; a form that is no smaller is left out.
 * @param {string} folder
 */
export async function packFolder(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => TEXT.test(name))
  await Promise.all(names.flatMap(name => FORMS.map(form => packFile(join(folder, name), form))))
}

async function packFile(/** @type {string} */ path, /** @type {(typeof FORMS)[number]} */ { suffix, pack }) {
  const bytes = readFileSync(path)
  const packed = bytes.length < SMALL ? bytes : await pack(bytes)
  if (packed.length < bytes.length) writeFileSync(path + suffix, packed)
  else rmSync(path + suffix, { force: true })
}
