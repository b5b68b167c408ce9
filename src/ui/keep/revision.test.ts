import { describe, expect, it } from 'vitest'
import { firstChange, titleOf } from './revision'

describe('the title of a revision', () => {
  it.each([
    ['#title Two devices\nx', 'Two devices'],
    ['\n\n  // note\n  #title  late ', 'late'],
    ['\n\n  first words\nsecond', 'first words'],
    ['', 'empty'],
    [' \n\t', 'empty'],
    ['x'.repeat(500_000), 'x'.repeat(120)],
  ])('%#', (text, title) => expect(titleOf(text)).toBe(title))
})

describe('the first line that changed', () => {
  it.each([
    ['a\nb\nc', 'a\nB\nc', { line: 2, text: 'B' }],
    ['a', 'a\nb', { line: 2, text: 'b' }],
    ['ab\nc', 'a\nc', { line: 1, text: 'a' }],
    ['a\n', 'a\nb', { line: 2, text: 'b' }],
    ['a\nb\nc', 'a\nc', { line: 2, text: 'c' }],
    ['a\nb', '', { line: 1, text: '' }],
    ['', 'x', { line: 1, text: 'x' }],
  ])('%j to %j', (before, text, change) => expect(firstChange(before, text)).toEqual(change))

  it('is none where nothing did', () => {
    expect(firstChange('same', 'same')).toBeNull()
  })
})
