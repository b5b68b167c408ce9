/** The lockfile alone must be enough for `npm ci`, on every platform, from any registry. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly integrity?: string
  readonly engines?: { readonly node?: string }
}

const text = readFileSync('package-lock.json', 'utf8')
const packages: Readonly<Record<string, Locked>> = JSON.parse(text).packages

/** Where Node.js would look for `name` from the package at `path`, the nearest folder first. */
function places(path: string, name: string): string[] {
  const above = path.lastIndexOf('/node_modules/')
  const here = path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`
  if (path === '') return [here]
  return [here, ...places(above === -1 ? '' : path.slice(0, above), name)]
}

it('has every package that one of its packages asks for', () => {
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter(name => !places(path, name).some(place => place in packages))
      .map(name => `${path} asks for ${name}`),
  )
  expect(Object.keys(packages).length).toBeGreaterThan(100)
  expect(missing).toEqual([])
})

it('fixes the contents of every package', () => {
  const loose = Object.entries(packages).filter(([path, entry]) => path !== '' && !entry.integrity)
  expect(
    loose.map(([path]) => path).filter(path => !path.includes('oxide-wasm32-wasi/node_modules/')),
  ).toEqual([])
})

it('names no address', () => {
  expect(text).not.toMatch(/"resolved"\s*:/)
  expect(readFileSync('.npmrc', 'utf8')).not.toMatch(/registry\s*=|_auth|:\/\//)
})
