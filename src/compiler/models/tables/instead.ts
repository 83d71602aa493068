import type { Action } from '../../../program/action.ts'
import type { SyncGroup } from '../../../program/sync.ts'
import type { Traits } from '../../../program/traits.ts'
import { markInstead } from './modules/words.ts'
import { ruleInstead } from './rule-instead.ts'

/** Other ways to reach the same, each with the reason why it was not taken. Empty where there is no other way. */
type Instead<Kind extends Action['do']> = (
  action: Extract<Action, { do: Kind }>,
  traits: Traits,
) => readonly string[]

const UNSTAGED = 'adding it at once, validated, would read all rows under a lock that writes wait for'
const HELD_BACK = 'dropping it now would leave only a restore; out of use it comes back by one statement'
const NO_CASCADE = 'with CASCADE whatever depends on it would vanish without a word'
const NAME_KEPT =
  'under the helper name it would work as well, but people and migrations look for its own name'

const retirement: Instead<'retire_column'> = ({ column, tombstone }) =>
  tombstone === column
    ? [HELD_BACK, 'under another name the triggers would name a column that is not there']
    : [HELD_BACK, 'taking the right to read it away would not hold for the owner, nor for a superuser']

/** The sync keeps two keys of documents equal. */
const inKeys = (group: SyncGroup): boolean => group.kind === 'fill' && group.keys !== undefined

/** What else was considered for each action. A new kind of action has to say it, if only that there is nothing. */
const others: { readonly [Kind in Action['do']]: Instead<Kind> } = {
  try_rows: () => [
    'to find out during the backfill would stop the plan half way, with the new shape in use already',
  ],
  add_column: () => [
    'with NOT NULL at once every INSERT of the old version would be refused',
    'with a default nobody could tell later who has written the column',
  ],
  add_column_with_default: (_, { instantDefault }) => [
    `nullable, then a backfill, would write every row for a value that is the same in all of them`,
    ...(instantDefault === 'none' ? [] : ['a default that differs from row to row would rewrite the table']),
  ],
  add_generated: () => [
    'stored it would have the table written anew',
    'a plain column with a trigger would have to be filled, and could be written',
  ],
  create_sequence: () => ['an identity at once would write the table anew while nobody can read it'],
  make_identity: () => [
    'the default alone would number rows as well, but ask each writer for a right on the sequence',
  ],
  run_sql: () => [],
  finish_sql: () => [],
  grant_column: () => ['to leave the rights out would refuse the accounts that had them on the old column'],
  revoke_column: () => ['to leave the rights would give them to whatever gets the name next'],
  install_sync: ({ sync }) =>
    sync.groups.some(({ kind }) => kind === 'pair')
      ? [
          'code that writes both shapes (sync: application) has to reach every writer, by hand and in jobs, too',
          'a view in place of the table would change what every client meets at once',
        ]
      : sync.groups.some(inKeys)
        ? ['the application would have to write both keys in every place that writes a document']
        : ['a default cannot compute the value from the other columns of the row'],
  lead_sync: () => ['a trigger that runs last would show other triggers only one of the shapes'],
  fill: () => [
    'one UPDATE of all rows would lock them until its end, and lose all its work at a failure',
    'pages by OFFSET would read every page before them again',
  ],
  strip_key: () => ['a trigger that takes it out with the next write would leave it wherever nobody writes'],
  create_index: (_, { concurrentIndexes, transactionalDdl }) => [
    ...(concurrentIndexes && transactionalDdl
      ? ['a build without CONCURRENTLY is quicker, but writes wait until it is built']
      : ['a build that locks or copies the table is what the clauses of the statement refuse']),
    'before the backfill each batch would have to keep it up',
  ],
  add_unique: () => ['ADD UNIQUE without an index would build one while reads and writes wait'],
  add_constraint: ({ references }, { stagedConstraints }) => {
    if (stagedConstraints) return [UNSTAGED]
    return references === null ? [] : ['with the checks of the server on it would copy the table']
  },
  validate_constraint: (_, { stagedConstraints }) =>
    stagedConstraints
      ? ['left unvalidated it would say nothing of the rows that were there before']
      : ['to let the server look would copy the table; a query finds the same'],
  add_not_null: (_, { notNullNotValid }) => [
    'NOT NULL at once (SET NOT NULL alone) would read all rows under a lock that reads and writes wait for',
    ...(notNullNotValid ? ['a CHECK in its place is what older servers need'] : []),
  ],
  finish_not_null: () => [
    'without the validated proof SET NOT NULL would read all rows under a lock that reads and writes wait for',
    'the CHECK alone would refuse NULL as well, but planner, drivers and ORMs do not read it as NOT NULL',
  ],
  set_not_null: () => [
    'a CHECK in its place would copy the table while writes wait',
    'unproven it would stop at the first row without a value, after all that work',
  ],
  allow_null: (_, { stagedConstraints }) => [
    'left required it would refuse every row of a version that does not know the column',
    stagedConstraints
      ? 'a default would put a value there that nobody chose'
      : 'a default would stand in several rows, or refer to nothing',
  ],
  create_statistics: () => ['to leave them out would let plans of queries change with the switch'],
  prove_rows: () => [
    'a sample, or trust in the triggers, would miss what was written while a trigger was disabled',
  ],
  prove_catalogue: () => [],
  prove_query: () => [],
  retire_column: retirement,
  alter_type: () => ['a second column, filled and swapped, would write every row for the same end'],
  add_words: () => [
    'a second column with a list of its own could be undone, but would write every row',
    'before the deploy a version that does not know the words could meet them',
  ],
  swap_columns: ({ instead }, { transactionalDdl }) => [
    HELD_BACK,
    ...(instead ?? ['to change the type in place would write the table anew while reads and writes wait']),
    ...(transactionalDdl
      ? []
      : ['to replace the triggers after the names would leave writes of that moment without them']),
  ],
  reserve_names: () => ['a trigger that names only columns that are there would not know both orders'],
  release_names: () => [],
  show_column: () => ['shown earlier it would shift the columns of statements that name none'],
  set_temporary_default: () => [
    'without one every INSERT between the end of the sync and the drop would fail',
  ],
  drop_index: () => ['left in place it would go on as an index over its other columns, or refuse rows'],
  drop_constraint: () => [NO_CASCADE],
  replace_sync: () => ['to drop the sync now would let the retired column fall behind: no way back'],
  remove_sync: ({ sync }) =>
    sync.groups.some(inKeys)
      ? ['left in place it would bring back the key that is taken out']
      : ['left in place it would name columns that are gone, and refuse every write'],
  install_seal: () => [
    'without it what an overlooked process writes to the old shape after the proof would be lost unseen',
  ],
  remove_seal: () => [],
  install_guard: () => [
    'under another name a client that still writes it would get an error that does not say why',
    'to carry late writes over would hide the process that makes them until its writes are lost',
  ],
  remove_guard: () => [],
  create_archive: () => [
    'in a table of the application its own users could read what its own column no longer shows',
    'a backup would bring back all of the database, or nothing',
  ],
  copy_to_archive: () => [
    'one statement for all rows would lose all its work at a failure',
    'a trigger that copies would make every write of the application wait for it',
  ],
  drop_column: (_, { transactionalDdl }) => [
    NO_CASCADE,
    ...(transactionalDdl
      ? ['to rewrite the table for its space would make everybody wait; space is used again in time']
      : []),
  ],
  ...ruleInstead,
  ...markInstead,
  rename_index: ({ wished }) => (wished ? [] : [NAME_KEPT]),
  rename_constraint: ({ wished }) => (wished ? [] : [NAME_KEPT]),
  rename_statistics: () => [NAME_KEPT],
  set_default: () => ['with ADD COLUMN it would have hidden who wrote the column'],
  own_sequence: () => ['left with the old column the sequence would be dropped with it'],
}

/** What else was considered for the actions of one step. */
export const insteadOf = (actions: readonly Action[], traits: Traits): readonly string[] => [
  ...new Set(
    actions.flatMap((action) =>
      (others[action.do] as (action: Action, traits: Traits) => readonly string[])(action, traits),
    ),
  ),
]
