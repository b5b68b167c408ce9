/** Asks for the chart of what is shown. One question at a time; while one is out, only the newest waits. */
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { LanesView } from '../../../engine'
import { useController } from '../../app/context'
import type { Controller } from '../../app/controller'
import { type Paced, paced } from '../../app/pace'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'

/** Most steps in one chart; a longer flow shows its last ones. */
export const MOST_STEPS = 200

export interface ShownLanes {
  readonly first: number
  readonly step: number
  readonly lanes: LanesView
}

interface Wanted {
  readonly revision: number
  readonly first: number
  readonly step: number
}

interface Out {
  busy: boolean
  wanted: Wanted | null
  readonly pace: Paced
}

/** While the reader scrubs, charts are drawn at this pace. */
const CHART_MS = 120

const NOTHING: ShownLanes = { first: 1, step: 0, lanes: { actors: [], rows: [] } }

/** The chart of the step shown, or of the flow up to it. */
export function useLanes(chart: 'step' | 'flow'): ShownLanes {
  const controller = useController()
  const revision = useStore(viewStore, state => state.shown?.revision ?? -1)
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  const live = useStore(runStore, state => state.live)
  const run = useStore(runStore, state => state.shown)
  const [shown, setShown] = useState(NOTHING)
  const out = useRef<Out>({ busy: false, wanted: null, pace: paced(CHART_MS) })
  useEffect(() => () => out.current.pace.stop(), [])
  useEffect(() => {
    if (!live || revision !== run?.revision) return
    if (step === 0) {
      out.current.wanted = null
      setShown(NOTHING)
      return
    }
    out.current.wanted = {
      revision,
      step,
      first: chart === 'step' ? step : Math.max(1, step - MOST_STEPS + 1),
    }
    out.current.pace(() => void askNewest(controller, out.current, setShown))
  }, [controller, chart, revision, step, live, run])
  return shown
}

async function askNewest(controller: Controller, out: Out, show: (shown: ShownLanes) => void): Promise<void> {
  if (out.busy) return
  out.busy = true
  while (out.wanted !== null) {
    const wanted = out.wanted
    const outcome = await controller.engine.lanes(wanted)
    if (out.wanted !== wanted) continue
    out.wanted = null
    if (outcome.ok) show({ first: wanted.first, step: wanted.step, lanes: outcome.value.lanes })
  }
  out.busy = false
}
