/** Words of messages and of SQL that are not names. */
const NOISE = new Set(
  `a aggregate all already an and any are array argument arguments as at be by can cannot cast check clause column columns
  constraint could data database default denied does end error exist exists expression field first for foreign from function
  group has in index insert into invalid is it key last limit list match missing must near no not null of on only operator or
  order out owner parameter permission primary procedure reference references relation role row rows schema select sequence set
  statement syntax table than that the there this to too trigger type types unique unknown update use used user value values view
  was where which with`.split(/\s+/),
)

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu

const wordsOf = (text: string): string[] =>
  (text.match(WORD) ?? []).filter((word) => !NOISE.has(word.toLowerCase()))

/**
 * The part of a server's message that may be shown for a statement that touches rows. Such a message may quote a value,
 * whatever its code. So only words that the statement itself contains are kept: they reveal nothing new.
 */
export function repeated(message: string, names: string): string {
  const ours = new Set(wordsOf(names))
  const found = [...new Set(wordsOf(message))].filter((word) => ours.has(word))
  return found.length > 0 ? ` (${found.join(', ')})` : ''
}

/** What to do when the server's own message is not shown. */
export const BY_HAND =
  'nothing was committed by this statement; the message of the server may hold values of rows and is not shown: run the statement by hand to see it'
