/** Dialect, platform and policy of the flow at hand; each opens the panel that changes it. */
import { ChevronDown } from 'lucide-react'
import { type MouseEvent, type ReactNode, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { readDirective } from '../../../engine/flow/rewrite'
import type { RunReply } from '../../../worker/protocol'
import { type ActionId, tooltip } from '../../app/actions'
import { useFrameSizes } from '../../app/use-frame-sizes'
import { choiceStore } from '../../stores/choice-store'
import { frameStore, openPopup, type Popup } from '../../stores/frame-store'
import { textStore } from '../../stores/text-store'

type Scenario = RunReply['scenario']

/** `brief` where the title beside needs the room. */
export function ChoiceControls({ dialect, platform, policy, brief }: Scenario & { readonly brief: boolean }) {
  const isNarrow = useFrameSizes().name !== 'wide'
  const choices = useStore(choiceStore, state => state.choices)
  const title = (list: readonly { readonly id: string; readonly title: string }[] | undefined, id: string) =>
    list?.find(one => one.id === id)?.title ?? id
  return (
    <>
      <Opener popup="dialect" action="dialect.open">
        <small>Dialect</small>
        <span className="choose-value">{title(choices?.dialects, dialect)}</span>
        <ChevronDown size={12} aria-hidden />
      </Opener>
      <Opener popup="platform" action="platform.open">
        <small>Platform</small>
        <span className="choose-value">{title(choices?.platforms, platform)}</span>
        <ChevronDown size={12} aria-hidden />
      </Opener>
      <PolicyChips policy={policy} most={brief || isNarrow ? 1 : 2} />
    </>
  )
}

/** A press outside of a panel closes it before the click is heard, which must not open it again. */
function useToggle(popup: Popup) {
  const wasOpen = useRef(false)
  const isOpen = () => frameStore.getState().popup === popup
  return {
    onPointerDown: () => {
      wasOpen.current = isOpen()
    },
    onClick: ({ detail }: MouseEvent) => openPopup((detail > 0 ? wasOpen.current : isOpen()) ? null : popup),
  }
}

interface OpenerProps {
  readonly popup: Popup
  readonly action: ActionId
  readonly children: ReactNode
}

function Opener({ popup, action, children }: OpenerProps) {
  const open = useStore(frameStore, state => state.popup === popup)
  return (
    <button
      type="button"
      id={`choose-${popup}`}
      className="fact choose"
      title={tooltip(action)}
      aria-haspopup="dialog"
      aria-expanded={open}
      {...useToggle(popup)}
    >
      {children}
    </button>
  )
}

/** Those that the text names come first: they are what its author means to show. */
function PolicyChips({ policy, most }: Pick<Scenario, 'policy'> & { readonly most: number }) {
  // Of the text that was run: the policy is another object with each run.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the policy stands for its run
  const named = useMemo(() => readDirective(textStore.getState().text, 'policy') ?? '', [policy])
  const open = useStore(frameStore, state => state.popup === 'policy')
  const toggle = useToggle('policy')
  const isNamed = (key: string) => ` ${named}`.includes(` ${key}=`)
  const knobs = Object.entries(policy)
  const inOrder = [...knobs.filter(([key]) => isNamed(key)), ...knobs.filter(([key]) => !isNamed(key))]
  const rest = inOrder.length - most
  return (
    <fieldset id="choose-policy" className="chips" aria-label="Policy">
      {inOrder.slice(0, most).map(([key, value]) => (
        <button
          key={key}
          type="button"
          className="chip mono"
          title={tooltip('policy.open')}
          aria-haspopup="dialog"
          onClick={() => openPopup('policy', key)}
        >
          <span className="fact-key">{key}=</span>
          {value}
        </button>
      ))}
      <button
        type="button"
        className="chip"
        title={tooltip('policy.open')}
        aria-haspopup="dialog"
        aria-expanded={open}
        {...toggle}
      >
        {rest > 0 ? `+${rest}` : 'more'}
        <span className="sr-only"> more knobs of the policy</span>
      </button>
    </fieldset>
  )
}
