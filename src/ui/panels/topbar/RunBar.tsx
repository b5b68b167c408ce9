/** Says that a text is being run, once that takes long enough to be noticed, and lets it be stopped. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { counted } from '../../format/hex'
import { runStore } from '../../stores/run-store'

const QUIET_MS = 200

export function RunBar() {
  const running = useStore(runStore, state => state.engine.kind === 'running')
  return running ? <AfterQuiet /> : null
}

function AfterQuiet() {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), QUIET_MS)
    return () => clearTimeout(timer)
  }, [])
  return late ? <Running /> : null
}

function Running() {
  const controller = useController()
  const done = useStore(runStore, state => (state.engine.kind === 'running' ? state.engine.done : 0))
  return (
    <>
      <div className="run-bar" />
      <div role="status" className="flex items-center justify-end gap-3 border-b border-line-1 px-3 py-1">
        <span className="mono">running, {counted(done, 'step')}</span>
        <button
          type="button"
          className="btn bordered"
          title={tooltip('run.stop')}
          onClick={() => controller.stop()}
        >
          Stop
        </button>
      </div>
    </>
  )
}
