/** Which flow is looked at and under what, and the commands that belong to no panel. */
import {
  CircleHelp,
  Columns3,
  Command,
  Grid3x3,
  Mail,
  MonitorCog,
  Moon,
  Share2,
  Sun,
  SunMoon,
} from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { type ActionId, action, findAction, keysOf, tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { keyShown } from '../../app/key-names'
import { loadChoices } from '../../app/load-choices'
import { frameStore, type Screen } from '../../stores/frame-store'
import { runStore } from '../../stores/run-store'
import { textStore } from '../../stores/text-store'
import { nextTheme, setTheme, themeStore } from '../../stores/theme-store'
import { IconButton } from '../../widgets/IconButton'
import { Brand } from './Brand'
import { ChoiceControls } from './ChoiceControls'
import { RunBar } from './RunBar'

export function TopBar() {
  const controller = useController()
  useEffect(() => void loadChoices(controller), [controller])
  const screen = useStore(frameStore, state => state.screen)
  return (
    <header className="flex-none bg-bg-1">
      <div className="top-bar">
        <Brand alone={screen === 'first'} />
        {screen === 'first' ? <FirstCommands /> : <FlowAtHand screen={screen} />}
        <IconButton
          icon={Command}
          name={tooltip('palette.open')}
          onClick={() => action('palette.open').run(controller)}
        />
        <ThemeButton />
      </div>
      <RunBar />
    </header>
  )
}

/** Letters of a title from which on the choices beside it are told in fewer words. */
const LONG_TITLE = 32

function FlowAtHand({ screen }: { readonly screen: Screen }) {
  const isWorkbench = screen === 'workbench'
  const scenario = useStore(runStore, state => state.shown?.scenario ?? null)
  const title = scenario?.title ?? 'Untitled flow'
  const isLong = title.length > LONG_TITLE
  return (
    <>
      <h1 className={isLong ? 'top-title long' : 'top-title'} title={title}>
        {title}
      </h1>
      {isWorkbench && scenario !== null && <ChoiceControls {...scenario} brief={isLong} />}
      <span className="flex-1" />
      {!isWorkbench && <TextButton id="gallery.close" label="Back to the flow" className="bordered" />}
      <TextButton
        id="compare.open"
        icon={Columns3}
        label="Compare"
        className={screen === 'compare' ? 'on' : ''}
      />
      <TextButton
        id="matrix.open"
        icon={Grid3x3}
        label="Matrix"
        className={screen === 'matrix' ? 'on' : ''}
      />
      <TextButton id="mail.copy" icon={Mail} label="Copy for mail" className="bordered collapses" />
      <TextButton id="share.open" icon={Share2} label="Share" className="primary" />
    </>
  )
}

function FirstCommands() {
  const written = useStore(textStore, state => state.text.trim() !== '')
  return (
    <>
      <h1 className="sr-only">IOAS Playground</h1>
      <span className="flex-1" />
      {written && <TextButton id="gallery.close" label="Back to the flow" className="bordered" />}
      <TextButton id="became.open" label="Then and now" />
      <TextButton id="keys.open" icon={CircleHelp} label="Keys" showKey />
      <TextButton id="modelled.open" label="What is modelled" />
    </>
  )
}

interface TextButtonProps {
  readonly id: ActionId | 'share.open' | 'mail.copy'
  readonly label: string
  readonly icon?: typeof Mail
  readonly className?: string
  readonly showKey?: boolean
}

/** Nothing where the table has no such command. */
function TextButton({ id, label, icon: Icon, className = '', showKey = false }: TextButtonProps) {
  const controller = useController()
  const row = findAction(id)
  if (row === null) return null
  const [key] = keysOf(row)
  return (
    <button
      type="button"
      id={`do-${id}`}
      className={`btn ${className}`}
      title={key === undefined ? row.title : `${row.title} (${keyShown(key)})`}
      onClick={() => row.run(controller)}
    >
      {Icon !== undefined && <Icon size={14} aria-hidden />}
      <span>{label}</span>
      {showKey && key !== undefined && <kbd>{keyShown(key)}</kbd>}
    </button>
  )
}

const THEME_ICONS = { system: MonitorCog, light: Sun, dark: Moon, contrast: SunMoon }

function ThemeButton() {
  const theme = useStore(themeStore, state => state.theme)
  const name = `Theme: ${theme}. ${tooltip('theme.next')}`
  return <IconButton icon={THEME_ICONS[theme]} name={name} onClick={() => setTheme(nextTheme(theme))} />
}
