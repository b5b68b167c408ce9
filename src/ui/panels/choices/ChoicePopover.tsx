/** Dialect, platform or policy, below the control of the bar that opened it. */
import { Popover } from '@base-ui/react/popover'
import { X } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { Choices } from '../../../engine'
import { loadChoices } from '../../app/choose'
import { useController } from '../../app/context'
import { choiceStore } from '../../stores/choice-store'
import { openPopup } from '../../stores/frame-store'
import { IconButton } from '../../widgets/IconButton'
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

/** Id of the control in the bar that a panel opens below. */
export function anchorOf(choosing: Choosing): string {
  return `choose-${choosing}`
}

export default function ChoicePopover({ choosing }: { readonly choosing: Choosing }) {
  const controller = useController()
  const choices = useStore(choiceStore, state => state.choices)
  useEffect(() => void loadChoices(controller), [controller])
  const { title, text } = ABOUT[choosing]
  const anchor = () => document.getElementById(anchorOf(choosing))
  const returnTo = () => anchor()?.closest('button') ?? anchor()?.querySelector('button') ?? null
  return (
    <Popover.Root open onOpenChange={open => !open && openPopup(null)}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} side="bottom" align="start" sideOffset={6} className="z-20">
          <Popover.Popup className={`pop pop-${choosing}`} initialFocus={firstChoice} finalFocus={returnTo}>
            <div className="pop-head">
              <Popover.Title className="font-semibold">{title}</Popover.Title>
              <Popover.Description className="min-w-0 flex-1 text-ink-2">{text}</Popover.Description>
              <IconButton icon={X} name="Close (Esc)" onClick={() => openPopup(null)} />
            </div>
            <div className="pop-body">
              {choices !== null && <Body choosing={choosing} choices={choices} />}
            </div>
            <div className="pop-foot">
              <DifferenceLine />
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function firstChoice(): HTMLElement | null {
  return document.querySelector<HTMLElement>('.pop-body input:checked, .pop-body summary')
}

function Body({ choosing, choices }: { readonly choosing: Choosing; readonly choices: Choices }) {
  if (choosing === 'dialect') return <DialectChoices choices={choices} />
  if (choosing === 'platform') return <PlatformChoices choices={choices} />
  return <PolicyChoices choices={choices} />
}
