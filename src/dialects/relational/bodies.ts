/**
 * A word of a trigger's or routine's body, without comments. `means`: a name as the catalogue spells it, or a text
 * without its quotes.
 */
export type Word = { readonly kind: 'name' | 'text' | 'other'; readonly means: string }

/** What a trigger's body does with the columns of its row. */
export type Body = {
  /** Columns that it names after NEW or OLD: it fails once they are dropped. */
  readonly names: readonly string[]
  /** Columns that it sets. `always`: it changes the value in every row that is written. */
  readonly sets: readonly { readonly column: string; readonly always: boolean }[]
  /** It asks whether one of our batches is running. */
  readonly guarded: boolean
}

/** Words that make a body more than a plain sequence of statements. */
const BRANCHES = new Set(
  'if case loop while for foreach repeat exception handler leave iterate goto exit continue elsif'.split(' '),
)

/** Expressions for the time now: no two statements see the same value. */
const MOMENTS =
  /^(now|current_timestamp|clock_timestamp|statement_timestamp|transaction_timestamp|localtimestamp|sysdate|utc_timestamp)$/

const isRow = ({ kind, means }: Word): boolean => kind === 'name' && /^(new|old)$/i.test(means)
const isDot = (word: Word | undefined): boolean => word?.means === '.'

/** Reads the words of a trigger's body. Only what it finds is certain: a body may build statements from texts. */
export function readBody(words: readonly Word[]): Body {
  const behindRow = words.flatMap((word, at) =>
    isRow(word) && isDot(words[at + 1]) && words[at + 2]?.kind === 'name' ? [words[at + 2]?.means ?? ''] : [],
  )
  return {
    names: [...new Set(behindRow)],
    sets: assignments(words),
    guarded: words.some(({ means }) => /\bplan[._]backfill\b/.test(means)),
  }
}

function assignments(words: readonly Word[]): Body['sets'] {
  const straight = !words.some(({ kind, means }) => kind === 'name' && BRANCHES.has(means.toLowerCase()))
  const found = words.flatMap((word, at) => {
    const [target, assign] = [words[at + 2], words[at + 3]]
    const before = words[at - 1]?.means.toLowerCase() ?? 'begin'
    const begins = /^(;|begin|then|else|do|loop|set|,)$/.test(before)
    if (!isRow(word) || !/^new$/i.test(word.means) || !isDot(words[at + 1]) || target === undefined) return []
    if (!begins || !/^:?=$/.test(assign?.means ?? '')) return []
    const end = words.findIndex(({ means }, index) => index > at + 3 && means === ';')
    const value = words.slice(at + 4, end < 0 ? words.length : end)
    return [{ column: target.means, always: straight && moves(value, target.means) }]
  })
  return found
}

/** Whether a value differs each time: the time now, or the column's own value plus a number. */
const moves = (value: readonly Word[], column: string): boolean => {
  const [row, dot, name, sign, number, ...rest] = value
  const counts =
    row !== undefined &&
    isRow(row) &&
    isDot(dot) &&
    name?.means.toLowerCase() === column.toLowerCase() &&
    /^[+-]$/.test(sign?.means ?? '') &&
    /^[1-9]\d*$/.test(number?.means ?? '') &&
    rest.length === 0
  return (
    counts || (value[0]?.kind === 'name' && MOMENTS.test(value[0].means.toLowerCase()) && !value.some(isRow))
  )
}

/** All names in small letters, also those inside texts, because statements can be built from texts. */
export const namesWithin = (words: readonly Word[], read: (text: string) => readonly Word[]): Set<string> =>
  new Set(
    words
      .flatMap((word) => (word.kind === 'text' ? read(word.means) : [word]))
      .filter(({ kind }) => kind === 'name')
      .map(({ means }) => means.toLowerCase()),
  )

/**
 * Whether a trigger's body stores its whole row: `INSERT INTO … SELECT OLD.*`. It fails once the row has one more column.
 */
export const storesRows = (words: readonly Word[]): boolean =>
  words.some((word, at) => {
    if (!isRow(word)) return false
    const dot = words[at + 1]?.means === ')' ? at + 2 : at + 1
    if (!isDot(words[dot]) || words[dot + 1]?.means !== '*') return false
    const begin = words.slice(0, at).findLastIndex(({ means }) => means === ';')
    return words
      .slice(begin + 1, at)
      .some(({ kind, means }) => kind === 'name' && means.toLowerCase() === 'insert')
  })

/** Whether a query takes all columns of something: `SELECT *`, `t.*`. */
export const takesAll = (words: readonly Word[]): boolean =>
  words.some(
    ({ means }, at) =>
      means === '*' && /^(select|all|distinct|returning|,|\.)$/i.test(words[at - 1]?.means ?? ''),
  )
