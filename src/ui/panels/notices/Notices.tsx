/** What went wrong and is not the machine's answer: shown above the graph, which stays. */
import { OctagonAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useController } from '../../app/context'
import { counted } from '../../format/hex'
import { errorsOf, runStore } from '../../stores/run-store'
import { textStore } from '../../stores/text-store'
import { viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'
import { Quoted } from '../../widgets/Quoted'
import { revealLine } from '../editor/reveal'
import { BrokenLinkNotice } from './BrokenLinkNotice'
import { OpenedNotice } from './OpenedNotice'

export function Notices() {
  return (
    <>
      <div role="alert">
        <BrokenLinkNotice />
        <LossNotice />
        <StoppedNotice />
        <CrashNotice />
        <ErrorNotice />
        <FileNotice />
      </div>
      <OpenedNotice />
    </>
  )
}

function Notice({ children, action }: { readonly children: ReactNode; readonly action: ReactNode }) {
  return (
    <div className="notice">
      <OctagonAlert size={14} aria-hidden />
      <p>{children}</p>
      {action}
    </div>
  )
}

function RunAgain() {
  const controller = useController()
  return (
    <button type="button" className="btn bordered" onClick={() => void controller.run()}>
      Run again
    </button>
  )
}

const DURING = { run: 'while it ran the flow', question: 'while it looked at a step', nothing: 'while idle' }

function LossNotice() {
  const loss = useStore(runStore, state => state.loss)
  const unusable = useStore(runStore, state => state.engine.kind === 'unusable')
  if (loss === null) return null
  const after = loss.done > 0 ? `, ${counted(loss.done, 'step')} done` : ''
  const restarted = unusable ? 'It does not start any more; reload the page.' : 'It was restarted.'
  return (
    <Notice action={<RunAgain />}>
      <b>{loss.message}</b> This was {DURING[loss.during]}
      {after}. {restarted} Your text is kept; the state shown is from before.
    </Notice>
  )
}

function StoppedNotice() {
  const stopped = useStore(runStore, state => (state.loss === null ? state.stopped : null))
  if (stopped === null) return null
  return (
    <Notice action={<RunAgain />}>
      <b>{stopped}</b> The state shown is of an earlier run.
    </Notice>
  )
}

function CrashNotice() {
  const crash = useStore(runStore, state => state.crash)
  if (crash === null) return null
  const report = `${crash.message}\n\n${crash.stack}\n\nstep ${crash.step}\n\n${crash.text}`
  return (
    <Notice
      action={
        <button
          type="button"
          className="btn bordered"
          onClick={() => void navigator.clipboard.writeText(report)}
        >
          Copy report
        </button>
      }
    >
      <b>Our mistake, at step {crash.step}:</b> <code>{crash.message}</code>. The report has all that
      reproduces it.
    </Notice>
  )
}

function FileNotice() {
  const controller = useController()
  const problem = useStore(textStore, state => state.problem)
  if (problem === null) return null
  return (
    <Notice action={<IconButton icon={X} name="Put away" onClick={() => controller.putNoticeAway()} />}>
      <b>{problem}</b>
    </Notice>
  )
}

/** Names the line that is wrong and the step that is shown instead. */
function ErrorNotice() {
  const newest = useStore(runStore, state => state.newest)
  const older = useStore(runStore, state => state.shown !== state.newest)
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  const lost = useStore(runStore, state =>
    Math.max(0, (state.good?.steps.length ?? 0) - (state.shown?.steps.length ?? 0)),
  )
  const errors = errorsOf(newest)
  const [first] = errors
  if (first === undefined) return null
  const more = errors.length > 1 ? ` ${errors.length - 1} more below.` : ''
  const state = older ? `Showing step ${step} of the last text that ran.` : `Showing step ${step}.`
  const notRun = lost === 0 || older ? '' : lost === 1 ? ' 1 step is not run.' : ` ${lost} steps are not run.`
  return (
    <Notice
      action={
        <button type="button" className="btn bordered" onClick={() => revealLine(first.span.from)}>
          Go to line <kbd>F8</kbd>
        </button>
      }
    >
      <b>
        Line {first.span.line}: <Quoted text={first.message} />.
      </b>
      {more} {state}
      {notRun}
    </Notice>
  )
}
