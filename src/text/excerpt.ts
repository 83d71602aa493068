import type { Position } from '../errors.ts'

const MOST_COLUMNS = 100

/** Characters that take two cells on a terminal: East Asian wide and fullwidth forms, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

/** Characters that take no cell of their own: combining marks, joiners, variation selectors. */
const NARROW = /\p{M}|[\u200b-\u200d\u2060]/u

/** Characters that would move the cursor, colour the terminal or turn the text around. */
const CONTROL = /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/u

/**
 * The line of `text` that `position` is on, with its number, and a caret under the column.
 * Empty when the text has no such line. The caret fits a terminal: tabs are shown as two spaces,
 * wide characters count twice, and a long line is cut around the caret.
 */
export function excerpt(text: string, position: Pick<Position, 'line' | 'column'>): string {
  const line = text.replace(/^\uFEFF/, '').split(/\r?\n/)[position.line - 1]
  if (line === undefined) return ''
  const column = Math.min(Math.max(1, position.column), line.length + 1)
  const before = [...line.slice(0, column - 1)].map(shown)
  const after = [...line.slice(column - 1)].map(shown)
  // The text before the caret may take two thirds of the width, or more when little text follows.
  const room = MOST_COLUMNS - Math.min(widthOf(after), Math.floor(MOST_COLUMNS / 3))
  const left = fitting([...before].reverse(), room).reverse()
  const right = fitting(after, MOST_COLUMNS - widthOf(left))
  const start = left.length < before.length ? '…' : ''
  const end = right.length < after.length ? '…' : ''
  const gutter = ' '.repeat(String(position.line).length)
  const caret = ' '.repeat(start.length + widthOf(left))
  return `${position.line} | ${start}${left.join('')}${right.join('')}${end}\n${gutter} | ${caret}^`
}

const shown = (character: string): string => {
  if (character === '\t') return '  '
  return CONTROL.test(character) ? '·' : character
}

const cells = (character: string): number => {
  if (character === '  ' || WIDE.test(character)) return 2
  return NARROW.test(character) ? 0 : 1
}

const widthOf = (characters: readonly string[]): number =>
  characters.reduce((sum, character) => sum + cells(character), 0)

/** The longest start of the characters that fits into `room` cells. */
function fitting(characters: readonly string[], room: number): string[] {
  let used = 0
  const taken: string[] = []
  for (const character of characters) {
    used += cells(character)
    if (used > room) break
    taken.push(character)
  }
  return taken
}
