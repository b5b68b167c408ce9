/** A question of Translate as it stands, and what the hardware answers at the step shown. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { GraphEdge, InspectorView, WalkView } from '../../../engine'
import { useController } from '../../app/context'
import { address, parseAddress } from '../../format/hex'
import { inspectStore, type WalkQuestion } from '../../stores/inspect-store'
import { viewStore } from '../../stores/view-store'

export type WalkAnswer = WalkView | { readonly problem: string }

/** What the reader asked, and of the rest what is likely meant for the object at hand. */
export function useQuestion(view: InspectorView | null): WalkQuestion {
  const asked = useStore(inspectStore, state => state.question)
  return { ...useFirstQuestion(view), ...asked }
}

/** A device attached to the object at hand and the first address that it maps. */
function useFirstQuestion(view: InspectorView | null): WalkQuestion {
  const first = useStore(viewStore, state => state.shown?.state.devices[0]?.name ?? '')
  const id = view?.id ?? ''
  const attached = useStore(viewStore, state => attachmentOf(state.edges.values(), id))
  const device = id.startsWith('device:') ? id : (attached?.from ?? `device:${first}`)
  return {
    device: device.slice('device:'.length),
    pasid: /PASID (0x[0-9a-f]+)/.exec(attached?.label ?? '')?.[1] ?? '',
    address: address(view?.lowest ?? 0n),
    write: false,
    cached: false,
  }
}

function attachmentOf(edges: Iterable<GraphEdge>, space: string): GraphEdge | undefined {
  return [...edges].find(edge => edge.kind === 'attach' && edge.to === space && edge.mark !== '-')
}

const PASID_LIMIT = 1n << 20n

export function readPasid(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const value = parseAddress(text)
  return value === null || value >= PASID_LIMIT ? undefined : Number(value)
}

/** Asks again whenever the question, the step or the text changes. */
export function useWalk({ device, pasid, address, write, cached }: WalkQuestion): WalkAnswer | null {
  const controller = useController()
  const shown = useStore(viewStore, state => state.shown)
  const [answer, setAnswer] = useState<WalkAnswer | null>(null)
  useEffect(() => {
    const parsed = parseAddress(address)
    const pasidRead = readPasid(pasid)
    if (shown === null || device === '' || parsed === null || pasidRead === undefined) return setAnswer(null)
    let current = true
    void controller.walk({ device, pasid: pasidRead, address: parsed, write, cached }).then(outcome => {
      if (!current) return
      setAnswer(outcome.ok ? outcome.value.walk : { problem: outcome.message })
    })
    return () => {
      current = false
    }
  }, [controller, shown, device, pasid, address, write, cached])
  return answer
}
