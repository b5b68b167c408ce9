/** Which scenario runs, under which dialect, platform and policy. */
import { MonitorCog, Moon, Sun, SunMoon } from 'lucide-react'
import { useStore } from 'zustand'
import { tooltip } from '../../app/actions'
import { runStore } from '../../stores/run-store'
import { nextTheme, setTheme, themeStore } from '../../stores/theme-store'
import { IconButton } from '../../widgets/IconButton'
import { RunBar } from './RunBar'

const THEME_ICONS = { system: MonitorCog, light: Sun, dark: Moon, contrast: SunMoon }

export function TopBar() {
  const scenario = useStore(runStore, state => state.shown?.scenario ?? null)
  return (
    <header className="flex-none bg-bg-1">
      <div className="flex h-(--bar-h) min-w-0 items-center gap-2 overflow-hidden border-b border-line-1 px-3 whitespace-nowrap">
        <Brand />
        <h1 className="min-w-0 truncate pr-2 text-13 font-semibold">{scenario?.title ?? 'Untitled flow'}</h1>
        {scenario !== null && <Facts {...scenario} />}
        <span className="flex-1" />
        <ThemeButton />
      </div>
      <RunBar />
    </header>
  )
}

function Brand() {
  return (
    <span className="flex h-6 items-center gap-2 border-r border-line-1 pr-3 font-semibold">
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden style={{ color: 'var(--accent)' }}>
        <path
          fill="currentColor"
          d="M1 1h14v3H1zM1 6h8v3H1zM1 11h4v4H1zM11 6h1.500v3.200l1.200-1.200 1 1L11.800 12 8.800 9l1-1 1.200 1.200zM7 12h2v3H7z"
        />
      </svg>
      <span className="max-[1360px]:sr-only">IOAS Playground</span>
    </span>
  )
}

interface FactsProps {
  readonly dialect: string
  readonly platform: string
  readonly policy: Readonly<Record<string, string>>
}

const POLICY_SHOWN = 2

function Facts({ dialect, platform, policy }: FactsProps) {
  const knobs = Object.entries(policy)
  const rest = knobs.slice(POLICY_SHOWN)
  return (
    <>
      <Fact name="Dialect" value={dialect} />
      <Fact name="Platform" value={platform} />
      {knobs.slice(0, POLICY_SHOWN).map(([key, value]) => (
        <span key={key} className="fact mono max-[1360px]:last-of-type:hidden">
          <span className="fact-key">{key}=</span>
          {value}
        </span>
      ))}
      {rest.length > 0 && (
        <span className="text-ink-3" title={rest.map(([key, value]) => `${key}=${value}`).join('\n')}>
          +{rest.length}
          <span className="sr-only"> more knobs</span>
        </span>
      )}
    </>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <span className="fact">
      <small>{name}</small>
      {value}
    </span>
  )
}

function ThemeButton() {
  const theme = useStore(themeStore, state => state.theme)
  const name = `Theme: ${theme}. ${tooltip('theme.next')}`
  return <IconButton icon={THEME_ICONS[theme]} name={name} onClick={() => setTheme(nextTheme(theme))} />
}
