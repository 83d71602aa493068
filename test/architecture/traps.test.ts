import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** Where ways to change a live table go wrong, and the test that holds us to another way: its file, and words of its name. */
const TRAPS: readonly (readonly [trap: string, file: string, test: string])[] = [
  [
    'who a session is decides in which direction is synced',
    'cli/traps.test.ts',
    'the direction of the sync follows the column that changed',
  ],
  [
    'an unrelated update of an old client overwrites the new value',
    'lives/sentences/triggers.ts',
    'an update of another column writes neither side again',
  ],
  [
    'a value that differs each time is computed again',
    'lives/sentences/fill.ts',
    'is computed once when it is another one each time',
  ],
  [
    'writes fail between the column, its rules and its trigger',
    'faults/locks.test.ts',
    'go on while an index is built and a column becomes required',
  ],
  [
    'a batch sets off the triggers of the user',
    'cli/user-triggers.test.ts',
    'that surely change each row are refused with ways out, until one is taken',
  ],
  [
    'a batch writes a key that is always generated',
    'cli/traps.test.ts',
    'a key that is GENERATED ALWAYS AS IDENTITY is no hindrance',
  ],
  [
    'a generated column is empty in a BEFORE trigger',
    'cli/traps.test.ts',
    'a generated column as the source of a fill is refused',
  ],
  [
    'a session without triggers leaves rows behind',
    'faults/evidence.test.ts',
    'does not hold on rows that got past the trigger, and names their keys',
  ],
  [
    'what a foreign key does to rows is lost on its copy',
    'lives/rename.test.ts',
    'a serial and a foreign key of one table',
  ],
  [
    'a foreign key is added with a scan under locks on both tables',
    'dialects/postgres/measured.test.ts',
    'in each step for a column with all that it can have around it',
  ],
  [
    'an index build under a lock timeout leaves an invalid index',
    'faults/killed.test.ts',
    'the build of an index: its statement is ended first, and the INVALID index is built anew',
  ],
  [
    'a unique index shows duplicates only after hours',
    'cli/rows.test.ts',
    'that shares a value which must be unique stops the plan before it begins',
  ],
  [
    'a check is rewritten by replacing text',
    'dialects/postgres/definitions.test.ts',
    'a longer name that holds it',
  ],
  [
    'an index is copied by its parts',
    'dialects/postgres/definitions.test.ts',
    'expression, opclass, order, INCLUDE and predicate',
  ],
  [
    'names of helpers are cut and become the same',
    'dialects/postgres/quote.test.ts',
    'makes helper names that fit, differ and stay the same',
  ],
  [
    'names go unquoted into statements',
    'dialects/postgres/quote.test.ts',
    'reads every quoted name and text back as it was',
  ],
  [
    'triggers run in the order of their names',
    'lives/sentences/triggers.ts',
    'an insert of the new version is seen by the trigger, and tidied under both names',
  ],
  [
    'a view takes no ON CONFLICT, TRUNCATE, COPY or MERGE',
    'lives/upserts.test.ts',
    'one after the other works under both names',
  ],
  [
    'what depends on the old column makes the drop fail late',
    'cli/dependents.test.ts',
    'that came after the plan had begun stops contract all the same',
  ],
  ['a partitioned table has no concurrent index build', 'intents/refusals.test.ts', 'is partitioned'],
  [
    'a published table without replica identity refuses updates',
    'dialects/postgres/preflight.test.ts',
    'a table whose rows cannot be told apart is said to be one',
  ],
  [
    'forced row security hides rows from the backfill',
    'cli/traps.test.ts',
    'forced row security stops the plan before it begins',
  ],
  [
    'a domain that is NOT NULL fails before a trigger can fill it',
    'dialects/catalogue-refusals.test.ts',
    'the domain app.sure has NOT NULL',
  ],
  [
    'clients that name no columns see one more',
    'cli/user-triggers.test.ts',
    'is named when the plan is compiled, and the runbook says what clients meet',
  ],
  [
    'between the drop and the rename there is no column',
    'support/lives-runner.ts',
    'both clients work in every phase',
  ],
  [
    'a setting holds for one connection of a pool',
    'dialects/postgres/pooler.test.ts',
    'that shares sessions keeps none of our settings for others',
  ],
  ['two start at once', 'faults/two-runners.test.ts', 'that start in the same moment: one works'],
  [
    'a lossy way back collides on a unique column',
    'cli/traps.test.ts',
    'a unique old column that parts give back only with loss',
  ],
  [
    'old row versions swell the table',
    'lives/vacuum.test.ts',
    'is cleared of old row versions while it is filled, and does not double',
  ],
  ['a DELETE is not carried to another table', 'plan/parse-unbuilt.test.ts', 'move_columns'],
  [
    'a helper table of a fixed name finds out about defaults',
    'lives/backfill.test.ts',
    'costs no rewrite where the server keeps a constant default in its catalogue',
  ],
  [
    'the name of a NOT NULL constraint is left over',
    'lives/cases/rich.ts',
    'a text column with everything hanging on it',
  ],
  [
    'the old shape goes before anything is proven',
    'cli/checkpoints.test.ts',
    'proves again, and drops nothing when a row no longer agrees',
  ],
  ['without statistics all rows are counted', 'render/estimate.test.ts', 'does not guess without statistics'],
  [
    'a default hides who wrote the column',
    'lives/sync-defaults.test.ts',
    'an insert of a new client is no conflict with a constant default',
  ],
]

describe('each known trap has a test', () => {
  it('all 35 of them, each once', () => {
    expect(new Set(TRAPS.map(([trap]) => trap)).size).toBe(35)
  })

  it.each(TRAPS)('%s: %s has it', (_, file, test) => {
    const names = readFileSync(`test/${file}`, 'utf8').match(/(['`])(?:(?!\1).)*\1/g) ?? []
    expect(names.filter((name) => name.includes(test))).not.toEqual([])
  })
})
