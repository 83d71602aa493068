import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerpt } from '../../src/text/excerpt.ts'

const lines = (...all: string[]): string => all.join('\n')

describe('an excerpt', () => {
  it('shows the line with its number, and a caret under the column', () => {
    expect(excerpt('a: 1\nbee: two\n', { line: 2, column: 6 })).toBe(lines('2 | bee: two', '  |      ^'))
  })

  it('keeps the gutter as wide as the number', () => {
    expect(excerpt(`${'\n'.repeat(9)}x`, { line: 10, column: 1 })).toBe(lines('10 | x', '   | ^'))
  })

  it('shows a tab as two blanks, so that the caret stays under its column', () => {
    expect(excerpt('\ta: x', { line: 1, column: 5 })).toBe(lines('1 |   a: x', '  |      ^'))
  })

  it('counts wide characters twice and combining ones not at all', () => {
    expect(excerpt('日本: x', { line: 1, column: 5 })).toBe(lines('1 | 日本: x', '  |       ^'))
    expect(excerpt('e\u0301: x', { line: 1, column: 5 })).toBe(lines('1 | e\u0301: x', '  |    ^'))
    expect(excerpt('🚀: x', { line: 1, column: 5 })).toBe(lines('1 | 🚀: x', '  |     ^'))
  })

  it('cuts a long line around the caret', () => {
    const [shown = '', caret = ''] = excerpt(`${'a'.repeat(500)}X${'b'.repeat(500)}`, {
      line: 1,
      column: 501,
    }).split('\n')
    expect(shown).toMatch(/^1 \| …a+Xb+…$/)
    expect(shown.length).toBeLessThanOrEqual(4 + 102)
    expect(caret.indexOf('^')).toBe(shown.indexOf('X'))
  })

  it('lets nothing through that would steer a terminal', () => {
    expect(excerpt('a: \u001b[31mred\u202e\r\n', { line: 1, column: 4 })).toBe(
      lines('1 | a: ·[31mred·', '  |    ^'),
    )
  })

  it('passes over a byte order mark', () => {
    expect(excerpt('\uFEFFa: 1', { line: 1, column: 1 })).toBe(lines('1 | a: 1', '  | ^'))
  })

  it('puts the caret behind a line that is shorter than the column', () => {
    expect(excerpt('ab', { line: 1, column: 9 })).toBe(lines('1 | ab', '  |   ^'))
  })

  it('is empty for a line that is not there', () => {
    expect(excerpt('ab', { line: 7, column: 1 })).toBe('')
  })

  it('is two lines without control characters, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat({ max: 300 }), (text, column) => {
        const [shown = '', caret, ...more] = excerpt(text, { line: 1, column }).split('\n')
        expect(shown).not.toMatch(/\p{Cc}/u)
        expect(caret).toMatch(/^ {2}\| +\^$/)
        expect(more).toEqual([])
      }),
    )
  })
})
