import type { Lock, Statements } from '../../../program/written.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { closing } from '../language/definitions.ts'
import { tokens } from '../language/tokens.ts'
import { done } from './probes.ts'

/**
 * Clauses that assert how a change is made, in the servers' own words: a server refuses when it would do otherwise.
 * `instant` changes only the catalogue. `online` builds while others write. `rebuild` rewrites the table meanwhile. With
 * INSTANT MySQL accepts only its default LOCK.
 */
export const ways = (dialect: string) =>
  isMariadb(dialect)
    ? {
        instant: 'ALGORITHM=INSTANT, LOCK=NONE',
        online: 'ALGORITHM=NOCOPY, LOCK=NONE',
        rebuild: 'ALGORITHM=INPLACE, LOCK=NONE',
      }
    : {
        instant: 'ALGORITHM=INSTANT, LOCK=DEFAULT',
        online: 'ALGORITHM=INPLACE, LOCK=NONE',
        rebuild: 'ALGORITHM=INPLACE, LOCK=NONE',
      }

/** One statement that commits by itself. `is`: the condition by which the catalogue shows that it was done. */
export const ddl = (change: {
  readonly statement: string
  readonly undo: string | null
  readonly is: string
  readonly locks: readonly Lock[]
}): Statements => ({
  run: 'statements',
  statements: [change.statement],
  undo: change.undo === null ? [] : [change.undo],
  probe: done(change.is),
  undoNeeded: done(change.is),
  transaction: 'autocommit',
  locks: change.locks,
})

/** JSON as MariaDB prints it: the type is JSON only together with this check. */
const PRINTED_JSON =
  /^longtext( CHARACTER SET utf8mb4)?( COLLATE utf8mb4_bin)?(?= .*CHECK \(json_valid\(`([^`]|``)*`\)\)$)/s

/** A column's definition in the form that ALTER accepts. Nothing may follow its CHECK. */
export function modified(definition: string): string {
  const words = tokens(definition)
  const at = words.findIndex(({ kind, text }) => kind === 'word' && text === 'CHECK')
  const [first, last] = [words[at], words[closing(words, at + 1)]]
  if (!first || !last) return definition
  const check = definition.slice(first.start, last.end)
  const text = `${definition.slice(0, first.start)}${definition.slice(last.end).trimStart()} ${check}`
  return text.replace(PRINTED_JSON, 'json')
}

/** The longest prefix before the name of a column that was dropped instantly. */
const PREFIX = 28

/**
 * MySQL keeps the name of such a column after a prefix, in 64 bytes. If that cuts through a character of several bytes,
 * it cannot drop the column instantly (error 3507, measured on 9.7).
 */
export const isCut = (name: string): boolean =>
  Buffer.byteLength(name) > name.length && Buffer.byteLength(name) > 64 - PREFIX
