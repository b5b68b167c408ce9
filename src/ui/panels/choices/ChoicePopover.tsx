/** Dialect, platform or policy, below the control of the bar that opened it. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { Choices } from '../../../engine'
import { useController } from '../../app/context'
import { loadChoices } from '../../app/load-choices'
import { choiceStore } from '../../stores/choice-store'
import { closePopup } from '../../stores/frame-store'
import { BelowPanel } from '../../widgets/BelowPanel'
import { DialectChoices } from './DialectChoices'
import { DifferenceLine } from './DifferenceLine'
import { PlatformChoices } from './PlatformChoices'
import { PolicyChoices } from './PolicyChoices'

const ABOUT = {
  dialect: { title: 'Dialect', text: 'The API that the calls are of.' },
  platform: { title: 'Platform', text: 'The IOMMU that is emulated.' },
  policy: {
    title: 'Policy',
    text: 'The choices that were argued over. RFC: /dev/ioasid and /dev/iommu, 2021.',
  },
} as const

export type Choosing = keyof typeof ABOUT

export default function ChoicePopover({ choosing }: { readonly choosing: Choosing }) {
  const controller = useController()
  const choices = useStore(choiceStore, state => state.choices)
  useEffect(() => void loadChoices(controller), [controller])
  const { title, text } = ABOUT[choosing]
  return (
    <BelowPanel
      anchor={`choose-${choosing}`}
      title={title}
      description={text}
      className={`pop pop-${choosing}`}
      focus=".pop-body input:checked, .pop-body summary"
      onClose={closePopup}
    >
      <div className="pop-body">{choices !== null && <Body choosing={choosing} choices={choices} />}</div>
      <div className="pop-foot">
        <DifferenceLine />
      </div>
    </BelowPanel>
  )
}

function Body({ choosing, choices }: { readonly choosing: Choosing; readonly choices: Choices }) {
  if (choosing === 'dialect') return <DialectChoices choices={choices} />
  if (choosing === 'platform') return <PlatformChoices choices={choices} />
  return <PolicyChoices choices={choices} />
}
