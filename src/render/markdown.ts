import { clean, cleanLines } from '../text/words.ts'

/** What would begin a tag, a comment or a link in Markdown. */
const plain = (text: unknown): string => clean(String(text)).replace(/[\\`*[\]<]/g, '\\$&')

/** The longest run of backticks in a text, and one more. */
const fenceFor = (text: string, least: number): string =>
  '`'.repeat(Math.max(least, ...(text.match(/`+/g) ?? []).map(({ length }) => length + 1)))

/**
 * Helpers that make a value safe in its place. Handlebars itself escapes only HTML, and names come from databases.
 * `plain`: a name or sentence of ours. `prose`: an author's sentence, whose Markdown stays. `cell`: in a table.
 * `code`: a code span. `fence`: a whole code block.
 */
export const markdownHelpers = {
  plain,
  prose: (text: unknown): string => clean(String(text)).replaceAll('<', '&lt;'),
  cell: (text: unknown): string => plain(text).replaceAll('|', '\\|'),
  code: (text: unknown): string => {
    const line = clean(String(text))
    const fence = fenceFor(line, 1)
    return fence.length > 1 ? `${fence} ${line} ${fence}` : `\`${line}\``
  },
  fence: (language: string, text: unknown): string => {
    const lines = cleanLines(String(text))
    const fence = fenceFor(lines, 3)
    return `${fence}${language}\n${lines}\n${fence}`
  },
  /** The sentence with its full stop, whether its author wrote one or not. */
  sentence: (text: unknown): string =>
    clean(String(text))
      .replaceAll('<', '&lt;')
      .replace(/([^.!?…])$/, '$1.'),
}
