/** The one place that makes a script URL: the engine's worker, by the one policy the page allows. */

import type { WorkerHandle } from '../../client/engine-client'
import { WORKER_URL_POLICY } from '../../server/policy'
import workerUrl from '../../worker/entry?worker&url'

interface ScriptUrlPolicy {
  createScriptURL(url: string): string
}

interface TrustedTypesFactory {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy
}

let policy: ScriptUrlPolicy | null = null

function allowedUrl(url: string): string {
  if (new URL(url).origin !== location.origin) throw new TypeError(`Not a worker of this page: ${url}`)
  return url
}

function workerPolicy(): ScriptUrlPolicy {
  const rules = { createScriptURL: allowedUrl }
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypesFactory }
  policy ??= trustedTypes?.createPolicy(WORKER_URL_POLICY, rules) ?? rules
  return policy
}

/** Starts an engine in a worker of its own. */
export function spawnWorker(): WorkerHandle {
  const url = new URL(workerUrl, import.meta.url).href
  const worker = new Worker(workerPolicy().createScriptURL(url), { type: 'module', name: 'ioas-engine' })
  return {
    endpoint: worker,
    terminate: () => worker.terminate(),
    onFailure: listener => {
      worker.addEventListener('error', event => {
        event.preventDefault()
        listener(event.message || 'The engine failed to load.')
      })
      worker.addEventListener('messageerror', () => listener('The engine sent what this page cannot read.'))
    },
  }
}
