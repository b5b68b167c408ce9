import { expect, it } from 'vitest'
import { fileName } from './files'

it.each([
  ['#title Two devices, one behind a vIOMMU\n', 'two-devices-one-behind-a-viommu.flow'],
  ['no title', 'scenario.flow'],
  ['#title ../../etc/passwd\n', 'etc-passwd.flow'],
  ['#title \u202eäöü\n', 'scenario.flow'],
])('a file is named after the title: %j', (text, name) => expect(fileName(text)).toBe(name))
