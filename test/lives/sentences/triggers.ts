import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { advanceTo, all, printed, runs, type Stage, stage } from '../../support/lives.ts'
import type { LiveServer } from '../../support/lives-database.ts'
import { unseen } from '../../support/unseen.ts'

export type Event = 'INSERT' | 'UPDATE'

/** What differs between databases. */
export type TriggerWords = {
  /** Statements that make a trigger of `people` for each of the events, which does this with NEW. */
  readonly makes: (
    name: string,
    does: readonly string[],
    events?: readonly Event[],
    order?: Order,
  ) => readonly string[]
  readonly drops: (name: string, events?: readonly Event[]) => readonly string[]
  readonly set: (column: string, value: string) => string
  /** Refuses a row for which that is so. */
  readonly refuse: (when: string) => string
  readonly refused: string
  readonly duplicate: string
  readonly conflict: string
  /** A query of the sync's name. */
  readonly sync: string
  /** A trigger that runs behind the sync, and the words by which the proof names the way out. */
  readonly behind: { readonly makes: readonly string[]; readonly says: RegExp }
}

/** Where among the triggers of the event a new one goes, in the database's own words. */
type Order = (event: Event, sync: string) => string

const SETUP = [
  `CREATE TABLE people (id bigint PRIMARY KEY, email varchar(80), owner varchar(20) NOT NULL, title varchar(80),
    slug varchar(80), full_name varchar(80), note varchar(20), UNIQUE (email))`,
  ...[1, 2, 8].map(
    (n) => `INSERT INTO people VALUES (${n}, 'u${n}@x', 'o', 'Title ${n}', 'title ${n}', 'John Doe', NULL)`,
  ),
]
const INTENTS = `
- rename_column: { table: people, from: email, to: mail }
- rename_column: { table: people, from: owner, to: keeper }
- rename_column: { table: people, from: title, to: headline }
- split_column:
    table: people
    from: full_name
    into:
      first_name: { type: varchar(40), value: { split: { column: full_name, separator: " ", part: first } } }
      last_name: { type: varchar(40), value: { split: { column: full_name, separator: " ", part: rest } } }
    back: { concat: { columns: [first_name, last_name], separator: " " } }
- add_column: { table: people, column: handle, type: varchar(80), fill: { lower: { column: slug } } }`

const EVERYTHING =
  'email, mail, owner, keeper, title, headline, slug, full_name, first_name, last_name, handle'
const TIDIED = [
  'a@x',
  'a@x',
  'k',
  'k',
  'Big News',
  'Big News',
  'big news',
  'Ann Lee',
  'Ann',
  'Lee',
  'big news',
]

/** People whose rows a BEFORE trigger tidies, and refuses where nobody owns them. */
export function triggerSentences(server: LiveServer, words: TriggerWords): void {
  const { makes, drops, set, refuse } = words
  const tidy = makes('tidy', [
    refuse('NEW.owner IS NULL'),
    set('email', 'lower(NEW.email)'),
    set('slug', 'lower(NEW.title)'),
    set('full_name', 'trim(NEW.full_name)'),
  ])

  describe.each(['expand', 'enforce'] as const)('after %s', (phase) => {
    let here: Stage
    beforeAll(async () => {
      here = await stage(server, { setup: [...SETUP, ...tidy], intents: INTENTS })
      await advanceTo(here, phase)
    })
    afterAll(() => here[Symbol.asyncDispose]())

    async function after(statements: readonly string[], columns = EVERYTHING, row = 50) {
      let found: unknown
      await unseen(here.database, async () => {
        await all(here.database, statements)
        found = await printed(here.database, `SELECT ${columns} FROM people WHERE id = ${row}`)
      })
      return found
    }
    const fails = (statement: string, code: string) =>
      unseen(here.database, async () => {
        const failed = await here.database.query(statement).then(
          () => null,
          (error: unknown) => here.database.codeOf(error),
        )
        expect(failed, statement).toBe(code)
      })
    const OLD = '(id, email, owner, title, full_name)'
    const NEW = '(id, mail, keeper, headline, first_name, last_name)'

    test('an insert of the old version is tidied under both names', async () => {
      const insert = `INSERT INTO people ${OLD} VALUES (50, 'A@X', 'k', 'Big News', ' Ann Lee ')`
      expect(await after([insert])).toEqual([TIDIED])
    })

    test('an insert of the new version is seen by the trigger, and tidied under both names', async () => {
      const insert = `INSERT INTO people ${NEW} VALUES (50, 'A@X', 'k', 'Big News', 'Ann', 'Lee ')`
      expect(await after([insert])).toEqual([TIDIED])
    })

    test('an update of either version is tidied under both names', async () => {
      for (const row of [1, 8])
        for (const change of [
          `email = 'A@X', owner = 'k', title = 'Big News', full_name = ' Ann Lee '`,
          `mail = 'A@X', keeper = 'k', headline = 'Big News', first_name = 'Ann', last_name = 'Lee '`,
        ]) {
          const update = `UPDATE people SET ${change} WHERE id = ${row}`
          const columns = EVERYTHING.replace(', handle', '')
          expect(await after([update], columns, row), update).toEqual([TIDIED.slice(0, -1)])
        }
    })

    test('a row without an owner is refused, whichever version writes it', async () => {
      await fails(`INSERT INTO people (id, email) VALUES (50, 'a')`, words.refused)
      await fails(`INSERT INTO people (id, mail) VALUES (50, 'a')`, words.refused)
    })

    test('a value that is tidied into one that is there already is a duplicate', async () => {
      await fails(`INSERT INTO people (id, mail, keeper) VALUES (50, 'U1@X', 'k')`, words.duplicate)
      await fails(`UPDATE people SET mail = 'U1@X' WHERE id = 2`, words.duplicate)
    })

    test('an update of another column writes neither side again', async () => {
      const [row] = await printed(here.database, `SELECT ${EVERYTHING} FROM people WHERE id = 8`)
      expect(await after([`UPDATE people SET note = 'x' WHERE id = 8`], EVERYTHING, 8)).toEqual([row])
    })

    test('one statement that writes both shapes differently fails as ever', async () => {
      await fails(`UPDATE people SET email = 'a', mail = 'b' WHERE id = 1`, words.conflict)
      await fails(`INSERT INTO people (id, email, mail, owner) VALUES (50, 'a', 'b', 'k')`, words.conflict)
    })
  })

  test('a trigger on the new column in place of the old one reaches both; where two disagree the old column counts', async () => {
    await using here = await stage(server, { setup: [...SETUP, ...tidy], intents: INTENTS })
    await advanceTo(here, 'expand')
    const { database } = here
    const order = precedes(await syncName(here))
    const look = 'SELECT email, mail FROM people WHERE id > 49 ORDER BY id'
    const write = (n: number) => [
      `INSERT INTO people (id, email, owner) VALUES (${n}, 'A${n}@X', 'k')`,
      `INSERT INTO people (id, mail, keeper) VALUES (${n + 1}, 'B${n}@X', 'k')`,
      `INSERT INTO people (id, mail, keeper) VALUES (${n + 2}, 'x', 'k')`,
      `UPDATE people SET mail = 'C${n}@X' WHERE id = ${n + 2}`,
    ]
    await all(database, makes('twin', [set('mail', 'upper(NEW.mail)')], EVENTS, order))
    await all(database, write(50))
    const lower = ['a50@x', 'b50@x', 'c50@x']
    expect(await printed(database, look)).toEqual(lower.map((one) => [one, one]))
    await all(database, ['DELETE FROM people WHERE id > 49', ...drops('tidy'), ...write(60)])
    const upper = ['A60@X', 'B60@X', 'C60@X']
    expect(await printed(database, look)).toEqual(upper.map((one) => [one, one]))
  })

  test('a trigger that runs behind the sync is found by the proof, with the way to put it in its place', async () => {
    await using here = await stage(server, { setup: [...SETUP, ...tidy], intents: INTENTS })
    await advanceTo(here, 'verify')
    await all(here.database, words.behind.makes)
    const { err, out } = await runs(here, ['verify', 'life'], [4])
    expect(`${err}${out}`).toMatch(words.behind.says)
  })

  test('goes back without a trace, and to the end with the trigger on the new column', async () => {
    const made = makes('tidy', [set('email', 'lower(NEW.email)')])
    await using here = await stage(server, {
      setup: [...SETUP, ...made],
      intents: '- rename_column: { table: people, from: email, to: mail }',
    })
    const { database } = here
    const before = await database.dump()
    await advanceTo(here, 'enforce')
    await runs(here, ['rollback', 'life', '--yes'])
    expect(await database.dump()).toEqual(before)
    await advanceTo(here, 'verify')
    const order = precedes(await syncName(here))
    await all(database, [...drops('tidy'), ...makes('tidy', [set('mail', 'lower(NEW.mail)')], EVENTS, order)])
    await advanceTo(here, 'contract')
    await database.query(`INSERT INTO people (id, mail, owner) VALUES (50, 'A@X', 'k')`)
    expect(await printed(database, 'SELECT mail FROM people WHERE id = 50')).toEqual([['a@x']])
  })

  async function syncName({ database }: Stage): Promise<string> {
    const [[name] = []] = await printed(database, words.sync)
    return String(name)
  }
}

const EVENTS: readonly Event[] = ['INSERT', 'UPDATE']

const precedes =
  (sync: string): Order =>
  (event) =>
    `PRECEDES ${sync}_${event === 'INSERT' ? 'ins' : 'upd'}`
