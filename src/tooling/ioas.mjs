/** `npm run ioas`: starts the command line (src/cli/main.ts) from an up-to-date bundle. */
import { pathToFileURL } from 'node:url'
import { cliBundle } from './cli-bundle.mjs'
import { ensureInstalled } from './install.mjs'
import { requireNode } from './node-version.mjs'

requireNode()
await ensureInstalled()
await import(pathToFileURL(await cliBundle()).href)
