import type { Lock, Written } from '../../compiler/step.ts'
import { isMariadb } from './mariadb.ts'
import { done } from './probes.ts'

/**
 * How a change may be made, in the servers' own words: an assertion, so that one of them refuses what it would do
 * otherwise. `instant` changes the catalogue alone, `online` builds beside running writes, `rebuild` writes the table anew
 * beside them. MySQL takes no other LOCK with INSTANT than its default.
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
}): Written => ({
  statements: [change.statement],
  undo: change.undo === null ? [] : [change.undo],
  probe: done(change.is),
  standing: done(change.is),
  transaction: 'alone',
  locks: change.locks,
})
