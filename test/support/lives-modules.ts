import { expect, test } from 'vitest'
import { plan } from './cli.ts'
import { advanceTo, printed, runs, type Stage, stage } from './lives.ts'
import type { LiveServer } from './lives-database.ts'

const MODULE = `
const backwards = (text) => (text === null ? null : [...text].reverse().join(''))
exports.ofEmail = ({ email }) => backwards(email)
exports.ofNote = ({ note }) => backwards(note)
`

const ROWS = Array.from({ length: 24 }, (_, n) => `(${n + 1}, 'u${n + 1}', 'n${n + 1}')`)

const add = (column: string, fn: string, reads: string): string =>
  `- add_column: { table: users, column: ${column}, type: varchar(60), fill: { module: { from: "./made.cjs#${fn}", reads: [${reads}] } } }`

const SETUP = [
  'CREATE TABLE users (id int PRIMARY KEY, email varchar(60), note varchar(60))',
  `INSERT INTO users VALUES ${ROWS.join(', ')}`,
]

/** Two columns, each made by a function of another one. */
const twoColumns = (server: LiveServer): Promise<Stage> =>
  stage(server, {
    files: { 'made.cjs': MODULE },
    setup: SETUP,
    intents: `${add('made', 'ofEmail', 'email')}\n${add('other', 'ofNote', 'note')}`,
  })

/** What a client writes into the column itself, in a statement of its own, is newer than what a mark is about. */
export function keepsWhatIsWrittenLater(server: LiveServer): void {
  const rowsOf = (here: Stage, where: string) =>
    printed(here.database, `SELECT made, other FROM users WHERE ${where} ORDER BY id`)

  test('is not written over what a client writes after a change of what the function reads', async () => {
    await using here = await twoColumns(server)
    await advanceTo(here, 'backfill')
    for (const statement of [
      // The value comes in a later statement.
      "UPDATE users SET email = 'a1' WHERE id = 1",
      "UPDATE users SET made = 'mine' WHERE id = 1",
      // What the function reads changes once more after it.
      "UPDATE users SET email = 'a2' WHERE id = 2",
      "UPDATE users SET made = 'mine' WHERE id = 2",
      "UPDATE users SET email = 'b2' WHERE id = 2",
      // The other column is written with the change of what the first one is made from.
      "UPDATE users SET email = 'a3', other = 'mine' WHERE id = 3",
      // The row is new, and code that does not know the column writes it.
      "INSERT INTO users (id, email, note) VALUES (100, 'a4', 'n4')",
      "UPDATE users SET other = 'mine' WHERE id = 100",
      // NULL is a value, too.
      "UPDATE users SET note = 'a5' WHERE id = 5",
      'UPDATE users SET other = NULL WHERE id = 5',
    ])
      await here.database.query(statement)
    await advanceTo(here, 'verify')
    expect(await rowsOf(here, 'id IN (1, 2, 3, 5, 100)')).toEqual([
      ['mine', '1n'],
      ['2b', '2n'],
      ['3a', 'mine'],
      ['5u', null],
      ['4a', 'mine'],
    ])
    await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
    await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'])
    expect(await rowsOf(here, 'id = 1')).toEqual([['mine', '1n']])
  })

  test('is not written over what a client writes between the reading and the writing of a sweep', async () => {
    await using here = await twoColumns(server)
    await advanceTo(here, 'backfill')
    await here.database.query("UPDATE users SET email = 'a', note = 'b' WHERE id IN (1, 2, 3)")
    let left = 1
    const faults = async (point: string) => {
      if (!/^before .*plan[._]computed/.test(point) || left-- <= 0) return
      await here.database.query("UPDATE users SET made = 'mine' WHERE id IN (1, 3)")
    }
    const argv = ['advance', 'life', '--phase', 'verify']
    const { status, err } = await plan(here.database, here.folder.path, argv, { faults })
    expect(status, err).toBe(0)
    expect(left).toBeLessThan(1)
    expect(await rowsOf(here, 'id < 4')).toEqual([
      ['mine', 'b'],
      ['a', 'b'],
      ['mine', 'b'],
    ])
  })

  test('and what two versions of the application write meanwhile, is in the end what each of them meant', async () => {
    await using here = await twoColumns(server)
    await advanceTo(here, 'expand')
    const stop = new AbortController()
    const until = async (id: (n: number) => number, does: (id: number, n: number) => readonly string[]) => {
      let n = 0
      for (; !stop.signal.aborted || n < 60; n++)
        for (const statement of does(id(n), n)) await here.database.query(statement)
      return n
    }
    // The new version writes rows with odd numbers, in two statements; the old one the others.
    const both = Promise.all([
      until(
        (n) => 1 + 2 * (n % 12),
        (id, n) => [
          `UPDATE users SET email = 'new ${n}' WHERE id = ${id}`,
          `UPDATE users SET made = 'mine ${n}' WHERE id = ${id}`,
        ],
      ),
      until(
        (n) => 2 + 2 * (n % 12),
        (id, n) => [`UPDATE users SET email = 'old ${n}' WHERE id = ${id}`],
      ),
    ])
    await runs(here, ['advance', 'life', '--phase', 'backfill'])
    await runs(here, ['advance', 'life', '--phase', 'verify'])
    stop.abort()
    for (const times of await both) expect(times).toBeGreaterThan(59)
    await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
    await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
    await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'])
    const wrong = await printed(
      here.database,
      `SELECT id, email, made FROM users WHERE CASE WHEN id % 2 = 1 THEN made <> replace(email, 'new', 'mine') ELSE made <> reverse(email) END OR made IS NULL`,
    )
    expect(wrong).toEqual([])
  })
}

/** Without triggers there are no marks: the backfill comes once each writer writes the column itself. */
export function fillsBesideAnApplication(server: LiveServer): void {
  const given = { setup: SETUP, files: { 'made.cjs': MODULE }, more: 'sync: application' }

  test('fills what the application has not written, where that keeps both in step itself', async () => {
    await using here = await stage(server, { ...given, intents: add('made', 'ofEmail', 'email') })
    const { database } = here
    await advanceTo(here, 'expand')
    await database.query("INSERT INTO users (id, email) VALUES (50, 'old')")
    const { err } = await runs(here, ['advance', 'life', '--phase', 'backfill'], [3])
    expect(err).toContain('the version in which every writer of users writes made itself')
    await runs(here, ['confirm', 'dual-write', '--by', 'tester'])
    await database.query("INSERT INTO users (id, email, made) VALUES (60, 'new', 'mine')")
    const points: string[] = []
    const faults = async (point: string) => {
      if (!/^before .*plan[._]computed/.test(point)) return
      points.push(point)
      if (points.length === 1)
        await database.query("UPDATE users SET email = 'later', made = 'mine, too' WHERE id = 2")
    }
    const argv = ['advance', 'life', '--phase', 'backfill']
    const ran = await plan(database, here.folder.path, argv, { faults })
    expect(ran.status, ran.err).toBe(0)
    expect(points).not.toEqual([])
    expect(await printed(database, 'SELECT made FROM users WHERE id IN (1, 2, 50, 60) ORDER BY id')).toEqual([
      ['1u'],
      ['mine, too'],
      ['dlo'],
      ['mine'],
    ])
    await runs(here, ['advance', 'life', '--yes'], [0, 3])
    expect(await printed(database, 'SELECT count(*) FROM users WHERE made IS NULL')).toEqual([['0']])
  })

  test('refuses a default there, which rows of code that does not know the column would keep', async () => {
    const intents = add('made', 'ofEmail', 'email').replace('fill:', 'default: waits, fill:')
    await using here = await stage(server, { ...given, intents })
    const { err } = await runs(here, ['compile', 'plans/plan.yaml'], [2])
    expect(err).toContain('users.made has a default, and without triggers nothing tells a row')
    expect(err).toMatch(/hint: leave out default and required/)
  })
}
