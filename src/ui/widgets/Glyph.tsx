/** The kinds' own 14 px glyphs, told apart by shape. */
import type { ReactNode } from 'react'

const FRAME = <rect x="1.5" y="1.5" width="11" height="11" />

const GLYPHS: Readonly<Record<string, ReactNode>> = {
  memory: <path d="M1 2.5h12M1 7h12M1 11.5h12" strokeWidth="2" />,
  context: <path d="M1.5 12.5v-9h4l1.5 2h5.5v7z" />,
  kernel: (
    <>
      {FRAME}
      <rect x="1.5" y="1.5" width="4.5" height="11" fill="currentColor" />
    </>
  ),
  'user-table': <rect x="1.5" y="1.5" width="11" height="11" strokeDasharray="2.5 1.5" />,
  'user-pasid-table': (
    <>
      <rect x="1.5" y="1.5" width="11" height="11" strokeDasharray="2.5 1.5" />
      <path d="M4 5h6M4 9h6" />
    </>
  ),
  sva: (
    <>
      <rect x="1.5" y="3.5" width="7" height="7" />
      <circle cx="9" cy="7" r="3.6" strokeDasharray="1.5 1.5" />
    </>
  ),
  prereg: (
    <>
      {FRAME}
      <path d="M2 8l6-6M2 12.5L12.5 2M6 12.5l6.500-6.500" />
    </>
  ),
  passthrough: <path d="M1 7h11M8.500 3.500L12 7l-3.500 3.500" />,
  blocked: (
    <>
      {FRAME}
      <path d="M2 12L12 2" />
    </>
  ),
  iommu: <path d="M1 4.500h12M1 9.500h12M4.500 4.500v5M9.500 4.500v5" />,
  device: <path d="M1.500 12.500v-11h8l3 3v8zM5 9.500v3M9 9.500v3" />,
}

export function Glyph({ kind, tint }: { readonly kind: string; readonly tint: string }) {
  return (
    <svg
      className="flex-none"
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      aria-hidden
      stroke="currentColor"
      strokeWidth="1.500"
      style={{ color: `var(--${tint})` }}
    >
      {GLYPHS[kind] ?? FRAME}
    </svg>
  )
}

const TINTS: Readonly<Record<string, string>> = {
  'user-table': 'user',
  'user-pasid-table': 'user',
  sva: 'sva',
  prereg: 'prereg',
  dummy: 'prereg',
  passthrough: 'ink-2',
  blocked: 'ink-2',
}

/** Role of a space's colour, by its variant. */
export function spaceTint(variant: string): string {
  return TINTS[variant] ?? 'kernel'
}
