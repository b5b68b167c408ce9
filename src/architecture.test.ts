/** The rules of the house, checked on the text of every source file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RULES } from './engine/kernel/rules.data'
import {
  BANNED_EVERYWHERE,
  BANNED_IN_ENGINE,
  BANNED_IN_TESTS,
  ID_HOMONYMS,
  MOST_LINES,
  PLUGIN_IDS,
  PLUGIN_PLACES,
} from './house-rules.data'
import { DEBTS, FACES, PLUGINS, ROOMS, TESTS } from './imports.data'

interface Source {
  readonly path: string
  readonly text: string
  readonly isTest: boolean
}

const TEST_FILE = /\.(test|conformance|fixture)\.tsx?$|\/fixture\.ts$|\/testing\//
const SOURCE_FILE = /\.(tsx?|mjs)$/
const GENERATED = /\.gen\.ts$/

function sourcesIn(folder: string): Source[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter(entry => entry.isFile())
    .map(entry => normalize(join(entry.parentPath, entry.name)))
  return paths
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => SOURCE_FILE.test(path))
    .sort()
    .map(path => ({ path, text: readFileSync(path, 'utf8'), isTest: TEST_FILE.test(path) }))
}

const SOURCES = sourcesIn('src')
const WRITTEN = SOURCES.filter(source => !GENERATED.test(source.path))
const ENGINE = WRITTEN.filter(source => source.path.startsWith('src/engine/') && !source.isTest)
const SELF = 'src/architecture.test.ts'

/** The text with comments, strings and regular expressions blanked: what is left is code. */
function codeOf(text: string): string {
  const noise = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g
  return text.replace(noise, found => found.replace(/[^\n]/g, ' '))
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?<![-'"\w])import\s*\(?\s*['"]([^'"]+)['"]/g

const importsOf = ({ text }: Source): string[] =>
  Array.from(text.matchAll(IMPORT), match => match[1] ?? match[2] ?? '')

/** The deepest room a path lies in. */
function roomOf(path: string): string {
  const inside = Object.keys(ROOMS).filter(room => path === room || path.startsWith(`${room}/`))
  return inside.sort((a, b) => b.length - a.length)[0] ?? path
}

/** Where a relative import leads: a file without its extension, or a folder. */
const targetOf = (source: Source, specifier: string) =>
  normalize(join(dirname(source.path), specifier)).replaceAll('\\', '/')

const packageAllowed = (specifier: string, packages: readonly string[]) =>
  packages.some(name =>
    name.endsWith('*')
      ? specifier.startsWith(name.slice(0, -1))
      : specifier === name || specifier.startsWith(`${name}/`),
  )

function isAllowed(source: Source, specifier: string): boolean {
  const own = roomOf(source.path)
  const room = ROOMS[own] ?? { imports: [], packages: [] }
  const extra = source.isTest ? TESTS : { imports: [], packages: [] }
  if (!specifier.startsWith('.')) return packageAllowed(specifier, [...room.packages, ...extra.packages])
  const target = targetOf(source, specifier)
  const there = extra.imports.find(folder => target.startsWith(folder)) ?? roomOf(target)
  return there === own || room.imports.includes(there) || extra.imports.includes(there)
}

/** From outside the engine only its faces may be imported. */
function isBehindTheFace(source: Source, specifier: string): boolean {
  if (
    source.path.startsWith('src/engine/') ||
    source.path.startsWith('src/bench/') ||
    !specifier.startsWith('.')
  )
    return false
  const target = targetOf(source, specifier)
  return target.startsWith('src/engine/') && !FACES.includes(target)
}

const offences = (sources: readonly Source[], isOffence: (source: Source, specifier: string) => boolean) =>
  sources.flatMap(source =>
    importsOf(source)
      .filter(specifier => isOffence(source, specifier))
      .map(specifier => `${source.path} > ${specifier}`),
  )

const matches = (sources: readonly Source[], patterns: readonly RegExp[]) =>
  sources.flatMap(({ path, text }) =>
    patterns.flatMap(pattern => {
      const found = pattern.exec(text)
      return found ? [`${path}: ${found[0]}`] : []
    }),
  )

describe('imports', () => {
  const checked = SOURCES.filter(source => source.path !== SELF)

  it('are seen at all', () => {
    expect(SOURCES.length).toBeGreaterThan(50)
    expect(checked.flatMap(importsOf).length).toBeGreaterThan(200)
  })

  it('go only where the table allows', () => {
    const found = offences(checked, (source, specifier) => !isAllowed(source, specifier))
    expect(found.filter(one => !DEBTS.includes(one))).toEqual([])
  })

  it('have no debt that is settled already', () => {
    const found = offences(checked, (source, specifier) => !isAllowed(source, specifier))
    expect(DEBTS.filter(debt => !found.includes(debt))).toEqual([])
  })

  it('reach the engine from outside through its faces only', () => {
    expect(
      offences(
        checked.filter(source => !source.isTest),
        isBehindTheFace,
      ),
    ).toEqual([])
  })

  it('carry no extension', () => {
    const isOurs = (specifier: string) => specifier.startsWith('.') && /\.[jt]sx?$/.test(specifier)
    expect(offences(checked, (_source, specifier) => isOurs(specifier))).toEqual([])
  })

  it.each(PLUGINS)('name a plug-in of $folder only in $registry', ({ folder, registry }) => {
    const files = SOURCES.map(source => source.path).filter(path => path.startsWith(`${folder}/`))
    const plugins = files
      .map(path => path.slice(folder.length + 1))
      .filter(rest => rest.includes('/') || folder.endsWith('formats'))
    const names = [...new Set(plugins.map(rest => rest.split('/')[0]?.replace(/\..*$/, '') ?? ''))]
    const pluginOf = (path: string) =>
      names.find(
        name =>
          path.startsWith(`${folder}/${name}/`) ||
          path.startsWith(`${folder}/${name}.`) ||
          path === `${folder}/${name}`,
      )
    const found = offences(checked, (source, specifier) => {
      const plugin = specifier.startsWith('.') ? pluginOf(targetOf(source, specifier)) : undefined
      return (
        plugin !== undefined && !source.isTest && source.path !== registry && pluginOf(source.path) !== plugin
      )
    })
    expect(names.length).toBeGreaterThan(0)
    expect(found).toEqual([])
  })
})

describe('the engine', () => {
  it.each(BANNED_IN_ENGINE)('does not know %s', word => {
    const use = new RegExp(`(?<![.\\w$'-])${word}\\b(?!\\s*[:?]|-)`)
    expect(ENGINE.filter(({ text }) => use.test(codeOf(text))).map(({ path }) => path)).toEqual([])
  })

  it('is compiled without the names of a page or of Node.js', () => {
    const options = (path: string) => JSON.parse(readFileSync(path, 'utf8')).compilerOptions ?? {}
    const merged = { ...options('tsconfig.base.json'), ...options('tsconfig.engine.json') }
    expect(merged).toMatchObject({ lib: ['ES2023'], types: [], strict: true })
  })

  it('leaves nothing to chance', () => {
    expect(
      ENGINE.filter(({ text }) => /Math\s*\.\s*random/.test(codeOf(text))).map(({ path }) => path),
    ).toEqual([])
  })

  it('says at the top of every file what it is', () => {
    expect(ENGINE.filter(({ text }) => !text.startsWith('/**')).map(({ path }) => path)).toEqual([])
  })
})

it('runs no text as code or markup', () => {
  const judged = WRITTEN.filter(({ path }) => path !== 'src/house-rules.data.ts')
  expect(matches(judged, BANNED_EVERYWHERE)).toEqual([])
})

it('skips no test', () => {
  const tests = [...WRITTEN, ...sourcesIn('e2e')].filter(
    ({ path }) => /\.(test|spec)\.tsx?$/.test(path) && path !== SELF,
  )
  expect(tests.length).toBeGreaterThan(10)
  expect(matches(tests, BANNED_IN_TESTS)).toEqual([])
})

describe('ids of dialects and platforms', () => {
  /** Names, strings and what stands inside of strings; comments may speak of anything. */
  const words = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/[^\n]*/g, '')
  const spelled = WRITTEN.filter(
    source => !source.isTest && !PLUGIN_PLACES.some(place => source.path.startsWith(place)),
  ).flatMap(({ path, text }) =>
    PLUGIN_IDS.filter(id => new RegExp(`(?<![\\w./-])${id}(?![\\w-])`).test(words(text))).map(
      id => `${path}: ${id}`,
    ),
  )

  it('are spelled by the plug-ins only', () => {
    expect(spelled.filter(one => !(one in ID_HOMONYMS))).toEqual([])
  })

  it('have no homonym that is gone', () => {
    expect(Object.keys(ID_HOMONYMS).filter(one => !spelled.includes(one))).toEqual([])
  })

  it('are compared with nowhere', () => {
    const comparison = /\b(?:dialect|platform)(?:\.id)?\s*[!=]==?\s*['"`]/
    expect(
      WRITTEN.filter(({ text, isTest }) => !isTest && comparison.test(text)).map(({ path }) => path),
    ).toEqual([])
  })
})

describe('rules', () => {
  const SPEC = 'src/engine/SPEC.md'
  const spec = existsSync(SPEC) ? readFileSync(SPEC, 'utf8') : ''
  const RULE_LINE = /^- \*\*([^*\s]+)\*\*/gm
  const specified = Array.from(spec.matchAll(RULE_LINE), match => match[1] ?? '')
  const testText = SOURCES.filter(({ isTest }) => isTest).map(({ text }) => text)

  it('stand in SPEC.md once each', () => {
    expect(specified.length).toBeGreaterThan(0)
    expect(specified.filter((id, i) => specified.indexOf(id) !== i)).toEqual([])
  })

  it('are written down when the code has them', () => {
    expect(Object.keys(RULES).filter(id => !specified.includes(id))).toEqual([])
  })

  it('are rules of the code when they are written down as refusals, in the same words', () => {
    const refusals = spec.slice(spec.indexOf('## Refusals'))
    const listed = refusals.split('\n').filter(line => line.startsWith('- **'))
    // Words for one and for many, `{areas|area|areas}`, are many here.
    const many = (text: string) => text.replace(/\{(\w+)\|[^|}]+\|([^|}]+)\}/g, '{$1} $2')
    const told = Object.entries(RULES).map(
      ([id, { errno, text, source, basis }]) =>
        `- **${id}** -${errno}. ${many(text)}. Source: ${source}. Basis: ${basis}. Test: `,
    )
    expect(listed.map(line => line.slice(0, line.indexOf('Test: ') + 6)).sort()).toEqual(told.sort())
  })

  it('name a test as refusals that has their id', () => {
    const lines = Array.from(spec.matchAll(/^- \*\*([^*\s]+)\*\* .* Test: `([^`]+)`\.$/gm))
    expect(lines.length).toBe(Object.keys(RULES).length)
    const texts = new Map(SOURCES.map(({ path, text }) => [path, text]))
    const names = (text: string, id: string) => text.split(/[^\w.-]+/).includes(id)
    const isWrong = ([, id = '', test]: readonly string[]) =>
      !names(texts.get(`src/engine/${test}`) ?? '', id)
    expect(lines.filter(isWrong).map(([line]) => line)).toEqual([])
  })

  it('are each named by a test', () => {
    const words = new Set(testText.flatMap(text => text.split(/[^\w.-]+/)))
    const named = (id: string) => words.has(id)
    expect(specified.filter(id => !named(id))).toEqual([])
  })
})

describe('what is written about the house', () => {
  const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'src/engine/SPEC.md']
  const page = readFileSync('ARCHITECTURE.md', 'utf8')

  it('names files and folders that are there', () => {
    const places = ['', 'src/', 'src/engine/', 'src/ui/']
    const isThere = (name: string) => places.some(place => existsSync(place + name))
    const named = DOCUMENTS.flatMap(file =>
      Array.from(
        readFileSync(file, 'utf8').matchAll(/`([\w-][\w.-]*(?:\/[\w.-]+)+)`/g),
        ([, name = '']) => name,
      ),
    )
    expect(named.length).toBeGreaterThan(100)
    expect(named.filter(name => !isThere(name))).toEqual([])
  })

  it('has a line for each room of the import table', () => {
    const lines = Array.from(page.matchAll(/^\| (`[^|]+`) \|/gm), match => match[1] ?? '')
    const told = lines.flatMap(line =>
      line
        .replaceAll('`', '')
        .split(', ')
        .map(name => `src/${name}`),
    )
    const whole = ['src', 'src/engine', 'src/server/policy']
    expect(told.sort()).toEqual(
      Object.keys(ROOMS)
        .filter(room => !whole.includes(room))
        .sort(),
    )
  })
})

it(`has no file of more than ${MOST_LINES} lines`, () => {
  const exempt = /\.(data|vectors)\.ts$|\/vectors\//
  const long = WRITTEN.filter(
    ({ path, text }) => !exempt.test(path) && text.split('\n').length > MOST_LINES + 1,
  )
  expect(long.map(({ path }) => path)).toEqual([])
})
