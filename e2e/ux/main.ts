/**
 * Every goal of the page, measured in a real browser: `main.ts BASE [ID...]` prints `ID ok|short figure
 * target` for each, with the reason behind what is short, and at last `N hold, M short`. Exit code 0
 * where all hold, else 1.
 */
import { chromium } from '@playwright/test'
import { findBrowser } from '../../src/tooling/browser'
import { Bench } from './bench'
import type { Finding, Row } from './contract'
import { ROWS } from './rows'

const ROW_MS = 60_000
const [base = '', ...wanted] = process.argv.slice(2)
const rows = ROWS.filter(({ id }) => wanted.length === 0 || wanted.includes(id))
const { path, args } = findBrowser()
const browser = await chromium.launch({ executablePath: path, args })
const bench = new Bench(browser, base)

let held = 0
for (const row of rows) {
  const finding = await measured(row)
  if (finding.ok) held += 1
  console.log(line(row, finding))
  await bench.tidy()
}
await browser.close()
console.log(`${held} hold, ${rows.length - held} short`)
process.exitCode = held === rows.length ? 0 : 1

async function measured({ measure, ms = ROW_MS }: Row): Promise<Finding> {
  const late = new Promise<Finding>(resolve =>
    setTimeout(resolve, ms, { ok: false, figure: 'none', reason: `no answer in ${ms / 1000} s` }),
  )
  const broken = (error: unknown): Finding => ({ ok: false, figure: 'none', reason: firstLine(error) })
  return Promise.race([measure(bench).catch(broken), late])
}

function line({ id, target }: Row, { ok, figure, reason }: Finding): string {
  const why = ok || reason === undefined ? '' : `  (${reason})`
  return `${id} ${ok ? 'ok' : 'short'} ${figure} ${target}${why}`
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
  return text.replace(colours, '').split('\n').filter(Boolean).slice(0, 2).join(' ').slice(0, 200)
}
