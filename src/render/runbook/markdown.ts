import { clean, cleanLines } from '../../text/words.ts'

/** Escapes characters that would begin a tag, a comment or a link in Markdown. */
const plain = (text: unknown): string => clean(String(text)).replace(/[\\`*[\]<]/g, '\\$&')

/** A fence longer than any run of backticks in the text. */
const fenceFor = (text: string, least: number): string =>
  '`'.repeat(Math.max(least, ...(text.match(/`+/g) ?? []).map(({ length }) => length + 1)))

/**
 * Helpers that make a value safe in its place. Handlebars itself escapes only HTML, and names come from databases.
 * `plain`: a name or a sentence of ours. `prose`: an author's sentence, whose Markdown stays. `cell`: text in a table.
 * `code`: a code span. `fence`: a code block.
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
  /** The sentence with its full stop, whether or not its author wrote one. */
  sentence: (text: unknown): string =>
    clean(String(text))
      .replaceAll('<', '&lt;')
      .replace(/([^.!?…])$/, '$1.'),
}
