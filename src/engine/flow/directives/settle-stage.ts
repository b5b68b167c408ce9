/**
 * From the draft to the stage: platform and policy checked against what the vocabulary knows, options of
 * the call (command line, compare view) laid over the text's own words.
 */
import { error, type Finding, warning } from '../layout/findings'
import type { Range } from '../layout/pieces'
import type { CompileOptions, Span, Stage } from '../program'
import type { DialectWords, PlatformParam, PlatformWords, Vocabulary } from '../vocabulary'
import { didYouMean, nearMisses } from '../words/near-miss'
import type { StageDraft } from './draft'
import { keyValue, sizeOf, type Word } from './words'

export interface SettleInput {
  readonly draft: StageDraft
  readonly dialect: DialectWords
  readonly vocabulary: Vocabulary
  readonly options: CompileOptions
  spanOf(from: number, to: number): Span
}

const NOWHERE: Range = { from: 0, to: 0 }

export function settleStage(input: SettleInput): { stage: Stage; findings: readonly Finding[] } {
  const { draft, options } = input
  const findings: Finding[] = []
  const platform = settlePlatform(input, findings)
  const policy = settlePolicy(input, findings)
  const span = ({ at }: { at: Range }): Span => input.spanOf(at.from, at.to)
  const place = <T extends { at: Range }>(placed: T) => {
    const { at: _at, ...rest } = placed
    return { ...rest, span: span(placed) }
  }
  const stage: Stage = {
    title: draft.title,
    dialect: options.dialect ?? draft.dialect?.text ?? null,
    platform,
    policy,
    devices: draft.devices.map(place),
    memory: draft.memory.map(place),
    memlock: draft.memlock,
    windows: draft.windows.map(place),
    pokes: draft.pokes.map(place),
  }
  return { stage, findings }
}

function settlePlatform({ draft, vocabulary, options }: SettleInput, findings: Finding[]): Stage['platform'] {
  const id = options.platform ?? draft.platform?.id.text
  if (id === undefined) return null
  const words = vocabulary.platforms.find(platform => platform.id === id)
  if (words === undefined) {
    findings.push(
      unknownWord(
        'platform.unknown',
        'platform',
        { text: id, ...(draft.platform?.id ?? NOWHERE) },
        vocabulary.platforms.map(p => p.id),
      ),
    )
    return { id, params: {} }
  }
  const own = draft.platform?.id.text === id ? draft.platform.params : []
  return { id, params: settleParams(words, own, findings) }
}

function settleParams(
  words: PlatformWords,
  given: readonly Word[],
  findings: Finding[],
): Record<string, string> {
  const params: Record<string, string> = {}
  for (const word of given) {
    const pair = keyValue(word) ?? bareParam(words, word)
    const param = pair === null ? undefined : words.params.find(({ key }) => key === pair.key)
    if (pair === null || param === undefined) {
      findings.push(
        unknownWord(
          'platform.parameter',
          `parameter of ${words.id}`,
          word,
          words.params.map(({ key }) => key),
        ),
      )
    } else if (accepts(param, pair.value.text)) params[param.key] = pair.value.text
    else findings.push(badValue('platform.value', param.key, pair.value, param.values))
  }
  return params
}

/** `legacy` for `mode=legacy`: a bare value belongs to the parameter that lists it. */
function bareParam(words: PlatformWords, word: Word): { key: string; value: Word } | null {
  const param = words.params.find(({ values }) => Array.isArray(values) && values.includes(word.text))
  return param === undefined ? null : { key: param.key, value: word }
}

function accepts({ values }: PlatformParam, text: string): boolean {
  return values === 'number' || values === 'size' ? sizeOf(text) !== null : values.includes(text)
}

function settlePolicy({ draft, dialect, options }: SettleInput, findings: Finding[]): Record<string, string> {
  const policy: Record<string, string> = {}
  for (const { key, value } of draft.policy) {
    const knob = dialect.knobs.find(({ key: name }) => name === key.text)
    if (knob === undefined) {
      findings.push(
        unknownWord(
          'policy.unknown',
          `policy of ${dialect.id}`,
          key,
          dialect.knobs.map(({ key: name }) => name),
        ),
      )
    } else if (knob.values.includes(value.text)) {
      if (policy[key.text] !== undefined) findings.push(givenTwice(key, value))
      policy[key.text] = value.text
    } else findings.push(badValue('policy.value', key.text, value, knob.values))
  }
  for (const [key, value] of Object.entries(options.policy ?? {})) {
    const knob = dialect.knobs.find(({ key: name }) => name === key)
    if (knob?.values.includes(value)) policy[key] = value
    else
      findings.push(
        error({
          code: 'policy.option',
          message: `${key}=${value} is not a policy of ${dialect.id}`,
          ...NOWHERE,
        }),
      )
  }
  return policy
}

const givenTwice = ({ text, from }: Word, { to }: Word): Finding =>
  warning({ code: 'policy.twice', message: `${text} is set before: this one counts`, from, to })

/** A word that is none of those there are, with the nearest as a fix. */
export function unknownWord(code: string, what: string, word: Word, candidates: readonly string[]): Finding {
  const near = nearMisses(word.text, candidates)
  const [first] = near
  const { from, to } = word
  return error({
    code,
    message: `\`${word.text}\` is not a ${what}`,
    hint: didYouMean(near) ?? (candidates.length === 0 ? null : `there are: ${candidates.join(', ')}`),
    from,
    to,
    fix: first === undefined || to === from ? null : { title: `Change to ${first}`, from, to, insert: first },
  })
}

function badValue(
  code: string,
  key: string,
  value: Word,
  values: readonly string[] | 'number' | 'size',
): Finding {
  const list = typeof values === 'string' ? [] : values
  const near = nearMisses(value.text, list)
  const [first] = near
  const { from, to } = value
  return error({
    code,
    message: `\`${value.text}\` is not a value of ${key}`,
    hint: list.length > 0 ? `${key} is ${list.join(', ')}` : `${key} is a ${String(values)}`,
    from,
    to,
    fix: first === undefined ? null : { title: `Change to ${first}`, from, to, insert: first },
  })
}
