/** The flows that come with the page, by file name. */
const files = import.meta.glob<string>('../../scenarios/*.flow', {
  query: '?raw',
  import: 'default',
  eager: true,
})

export interface Scenario {
  readonly file: string
  readonly title: string
  readonly text: string
}

/** Shown to a first visitor, when it is there. */
const FIRST = 'multiple-ioasids.flow'

export const SCENARIOS: readonly Scenario[] = Object.entries(files)
  .map(([path, text]) => {
    const file = path.slice(path.lastIndexOf('/') + 1)
    return { file, title: /^\s*#title\s+(.+)$/m.exec(text)?.[1]?.trim() ?? file, text }
  })
  .sort((a, b) => (a.file < b.file ? -1 : 1))

export function firstScenario(): Scenario | null {
  return SCENARIOS.find(s => s.file === FIRST) ?? SCENARIOS[0] ?? null
}
