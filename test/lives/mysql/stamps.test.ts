import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plan } from '../../support/cli.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { advanceTo, all, printed, runs, type Stage, stage } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { MOMENTS, reach } from '../../support/moments.ts'
import { unseen } from '../../support/unseen.ts'
import { stampedTwins } from './cases/defaults.ts'
import { seeded } from './cases/renaming.ts'

/** `word` gets another name, too: a batch that fills it must leave all stamps alone. */
const NOTES = {
  setup: [
    `CREATE TABLE notes (id int PRIMARY KEY, word varchar(20), note varchar(20),
      changed datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
      seen timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP)`,
    seeded('notes', 9, `n, concat('w', n), 'seed', '2020-01-01' + INTERVAL n MICROSECOND, '2021-01-01'`),
    'CREATE TABLE others (id int PRIMARY KEY, word varchar(20))',
    seeded('others', 99, `n, 'x'`),
  ],
  intents: `
- rename_column: { table: notes, from: word, to: text }
- rename_column: { table: notes, from: changed, to: changed_at }
- rename_column: { table: notes, from: seen, to: seen_at }`,
}

const FILLED = 2
const UNFILLED = 8

/** A moment of the server's own is `now`, whatever the clock says. */
const SHOWN = ['changed', 'changed_at', 'seen', 'seen_at']
  .map((name) => `IF(${name} > '2024-01-01', 'now', ${name})`)
  .concat('changed <=> changed_at', 'seen <=> seen_at')
  .join(', ')

const NOW = 'now'
const CHANGED = (row: number) => `2020-01-01 00:00:00.00000${row}`
const SEEN = '2021-01-01 00:00:00'
const OTHER = '2011-02-03 04:05:06'

describeEachMysql('columns that the server sets with every UPDATE, kept in step', (server) => {
  for (const moment of MOMENTS)
    describe(moment, () => {
      let here: Stage
      beforeAll(async () => {
        here = await stage(server, NOTES)
        await reach(here, moment)
      })
      afterAll(() => here[Symbol.asyncDispose]())

      /** What both names of both columns hold after these statements, which leave nothing behind. */
      async function after(statements: readonly string[], row: number) {
        let found: unknown
        await unseen(here.database, async () => {
          await all(here.database, statements)
          found = await printed(here.database, `SELECT ${SHOWN} FROM notes WHERE id = ${row}`)
        })
        return found
      }
      const both = (changed: string, seen: string | null) => [[changed, changed, seen, seen, '1', '1']]
      const set = (change: string, row: number) => `UPDATE notes SET ${change} WHERE id = ${row}`

      for (const row of [FILLED, UNFILLED])
        describe(row === FILLED ? 'in a row of the first batch' : 'in a row of the last batch', () => {
          test.each([
            ['of an old client', `word = 'x'`],
            ['of a new client', `text = 'x'`],
            ['of whoever', `note = 'x'`],
          ])(
            'an UPDATE %s that names neither has the server’s moment under both names',
            async (_, change) => {
              expect(await after([set(change, row)], row)).toEqual(both(NOW, NOW))
            },
          )

          test.each([
            ['old', 'changed', 'seen'],
            ['new', 'changed_at', 'seen_at'],
          ])(
            'a moment that a client of the %s shape writes is under both names',
            async (_, changed, seen) => {
              expect(await after([set(`${changed} = '${OTHER}.5', ${seen} = '${OTHER}'`, row)], row)).toEqual(
                both(`${OTHER}.500000`, OTHER),
              )
              // What is empty and is told to be so is not written, and an unfilled row is empty under the new name.
              const empties = moment === 'after enforce' || changed === 'changed'
              if (empties) expect(await after([set(`${seen} = NULL`, row)], row)).toEqual(both(NOW, null))
              const twice = [
                set(`note = 'x'`, row),
                set(`${changed} = '${OTHER}', ${seen} = '${OTHER}'`, row),
              ]
              expect(await after(twice, row)).toEqual(both(`${OTHER}.000000`, OTHER))
            },
          )

          test.each([
            ['old', 'changed = changed, seen = seen'],
            ['new', 'changed_at = changed_at, seen_at = seen_at'],
          ])('an UPDATE of the %s shape that leaves them as they are by name does so', async (_, keep) => {
            expect(await after([set(`${keep}, note = 'x'`, row)], row)).toEqual(both(CHANGED(row), SEEN))
          })

          test('an UPDATE that changes nothing sets nothing', async () => {
            const [shown] = (await after([set('note = note', row)], row)) as string[][]
            expect(shown?.[0]).toBe(CHANGED(row))
          })

          test('INSERT … ON DUPLICATE KEY UPDATE and an UPDATE of joined tables do as a plain one', async () => {
            for (const changed of ['changed', 'changed_at']) {
              const upsert = `INSERT INTO notes (id, ${changed}) VALUES (${row}, '${OTHER}') ON DUPLICATE KEY UPDATE ${changed} = VALUES(${changed})`
              const join = `UPDATE notes JOIN others USING (id) SET notes.${changed} = '${OTHER}' WHERE id = ${row}`
              for (const statement of [upsert, join])
                expect(await after([statement], row)).toEqual(both(`${OTHER}.000000`, NOW))
            }
            const several = `UPDATE others JOIN notes USING (id) SET others.word = 'y', notes.note = 'y' WHERE id = ${row}`
            const [shown] = (await after([several], row)) as string[][]
            expect(shown?.slice(4)).toEqual(['1', '1'])
          })

          test('it is the moment of the statement, whatever clock and time zone the client has', async () => {
            const other = [`SET time_zone = '-05:00'`, 'SET timestamp = 1750000000', set(`note = 'x'`, row)]
            const back = [`SET time_zone = DEFAULT`, 'SET timestamp = DEFAULT']
            try {
              expect(await after(other, row)).toEqual(both(NOW, NOW))
              const explicit = [...other.slice(0, 2), set(`seen_at = '${OTHER}'`, row)]
              expect(await after(explicit, row)).toEqual(both(NOW, OTHER))
            } finally {
              await all(here.database, back)
            }
          })
        })

      test('one statement that writes two moments is a conflict', async () => {
        const two = set(`seen = '${OTHER}', seen_at = '2012-01-01'`, FILLED)
        await unseen(here.database, async () => {
          await expect(here.database.query(two)).rejects.toMatchObject({ sqlState: '45000' })
        })
      })

      test('an INSERT of either client has the same under both names', async () => {
        const insert = (columns: string, values: string) =>
          `INSERT INTO notes (id, ${columns}) VALUES (50, ${values})`
        expect(await after([insert('note', `'x'`)], 50)).toEqual(both(NOW, null))
        expect(await after([insert('changed, seen', `'${OTHER}', '${OTHER}'`)], 50)).toEqual(
          both(`${OTHER}.000000`, OTHER),
        )
        expect(await after([insert('changed_at, seen_at', `'${OTHER}', '${OTHER}'`)], 50)).toEqual(
          both(`${OTHER}.000000`, OTHER),
        )
      })
    })

  test('what was written between the new column and its triggers is carried over', async () => {
    await using here = await stage(server, NOTES)
    const written = `UPDATE notes SET seen = '${OTHER}', changed = changed WHERE id = 3`
    const ran = await plan(here.database, here.folder.path, ['advance', 'life', '--phase', 'backfill'], {
      faults: async (point) => {
        if (point.startsWith('after ALTER TABLE') && point.includes('`seen_at`'))
          await here.database.query(written)
      },
    })
    expect(ran.status, ran.err).toBe(0)
    const found = await printed(here.database, `SELECT ${SHOWN} FROM notes ORDER BY id`)
    const kept = (row: number, seen: string) => [CHANGED(row), CHANGED(row), seen, seen, '1', '1']
    expect(found).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((row) => kept(row, row === 3 ? OTHER : SEEN)))
  })

  test('a split of such a column is refused, since nothing would set the parts', async () => {
    const intents = `
- split_column:
    table: notes
    from: changed
    into:
      day: { type: date, value: { sql: "date(changed)" } }
      at: { type: time(6), value: { sql: "time(changed)" } }
    back: { sql: "timestamp(day, at)" }`
    await using here = await stage(server, { ...NOTES, intents })
    const { err } = await runs(here, ['compile', 'plans/plan.yaml'], [2])
    expect(err).toMatch(/changed is set by ON UPDATE .* and nothing would set what is made of it/)
    expect(err).toMatch(/hint: rename it as a whole/)
  })

  live(server, stampedTwins)
})

describeEachMysql('an UPDATE of several tables that sets such a column itself', (server) => {
  test.skipIf(server.dialect !== 'mysql')('is warned of, and verify names the row', async () => {
    await using here = await stage(server, NOTES)
    const { out, err } = await runs(here, ['compile', 'plans/plan.yaml'])
    expect(out + err).toMatch(/an UPDATE of several tables at once that sets seen itself is not carried over/)
    await advanceTo(here, 'enforce')
    await here.database.query(
      `UPDATE others JOIN notes USING (id) SET others.word = 'y', notes.seen_at = '${OTHER}' WHERE id = 5`,
    )
    const verified = await runs(here, ['advance', 'life', '--phase', 'verify'], [4])
    expect(verified.err + verified.out).toMatch(/seen-equals-seen_at[\s\S]*5/)
  })
})
