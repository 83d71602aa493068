import { expect, it } from 'vitest'
import { catalogueChanges, UNCHANGED } from '../../support/catalogue.ts'
import type { Ran } from '../../support/cli.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { advanceTo, dump, planText, printed, runs, type Stage, stage } from '../../support/lives.ts'

/** A client that gives values by their places, and takes them so. */
type Table = {
  readonly name: string
  readonly setup: string
  readonly intent: string
  /** The columns that `*` is for the version before and after, and a row of each. */
  readonly old: readonly string[]
  readonly fresh: readonly string[]
  /** What the new version finds in a row that the old one wrote. */
  readonly given: (n: number) => readonly string[]
  readonly known: (n: number) => readonly string[]
}

const word = (n: number) => `w${n}`

const TABLES: readonly Table[] = [
  {
    name: 'plain',
    setup: 'CREATE TABLE plain (id int PRIMARY KEY, a varchar(20), z varchar(20))',
    intent: 'rename_column: { table: plain, from: a, to: b }',
    old: ['id', 'a', 'z'],
    fresh: ['id', 'b', 'z'],
    given: (n) => [`${n}`, word(n), 'z'],
    known: (n) => [`${n}`, word(n), 'z'],
  },
  {
    name: 'required',
    setup: `CREATE TABLE required (id int PRIMARY KEY, a varchar(20) NOT NULL DEFAULT 'd' COMMENT 'c', z varchar(20), KEY by_a (a))`,
    intent: 'rename_column: { table: required, from: a, to: b }',
    old: ['id', 'a', 'z'],
    fresh: ['id', 'b', 'z'],
    given: (n) => [`${n}`, word(n), 'z'],
    known: (n) => [`${n}`, word(n), 'z'],
  },
  {
    name: 'parted',
    setup: 'CREATE TABLE parted (id int PRIMARY KEY, a varchar(40), z varchar(20))',
    intent: `split_column:
    table: parted
    from: a
    into:
      x: { type: varchar(20), value: { split: { column: a, separator: ' ', part: first } } }
      y: { type: varchar(20), value: { split: { column: a, separator: ' ', part: rest } } }
    back: { concat: { columns: [x, y], separator: ' ' } }`,
    old: ['id', 'a', 'z'],
    fresh: ['id', 'x', 'y', 'z'],
    given: (n) => [`${n}`, `${word(n)} v`, 'z'],
    known: (n) => [`${n}`, word(n), 'v', 'z'],
  },
  {
    name: 'filled',
    setup: 'CREATE TABLE filled (id int PRIMARY KEY, a varchar(20))',
    intent: 'add_column: { table: filled, column: c, type: varchar(20), fill: { upper: { column: a } } }',
    old: ['id', 'a'],
    fresh: ['id', 'a', 'c'],
    given: (n) => [`${n}`, word(n)],
    known: (n) => [`${n}`, word(n), word(n).toUpperCase()],
  },
]

const LIFE = {
  name: 'unnamed columns',
  setup: TABLES.flatMap(({ name, setup, given }) => [setup, `INSERT INTO ${name} VALUES ${row(given(1))}`]),
  intents: TABLES.map(({ intent }) => `- ${intent}`).join('\n'),
  more: 'invisible: true',
}

function row(values: readonly string[]): string {
  return `(${values.map((value) => `'${value}'`).join(', ')})`
}

const shown = async ({ database }: Stage, table: string, n: number) =>
  (await database.query(`SELECT * FROM ${table} WHERE id = ${n}`)).map((found) =>
    Object.entries(found).map(([name, value]) => `${name} ${value}`),
  )

const named = (names: readonly string[], values: readonly string[]) =>
  names.map((name, place) => `${name} ${values[place]}`)

/** Everything that a version writes and reads without a name of a column. */
async function works(here: Stage, version: 'old' | 'fresh', from: number): Promise<void> {
  for (const table of TABLES) {
    const { name } = table
    const values = version === 'old' ? table.given : table.known
    const seen = (n: number) => named(table[version], values(n))
    const { query, load } = here.database
    await query(`INSERT INTO ${name} VALUES ${row(values(from))}`)
    await query(`REPLACE INTO ${name} VALUES ${row(values(from))}`)
    const again = values(from + 1).map((value) => `'${value}'`)
    await query(`INSERT INTO ${name} SELECT ${again.join(', ')}`)
    await load(name, [values(from + 2).join('\t')])
    for (const n of [1, from, from + 1, from + 2])
      expect(await shown(here, name, n), `${name}, ${version} version`).toEqual([seen(n)])
  }
}

/** Who names its columns finds the same in the new shape. */
async function known(here: Stage, n: number): Promise<void> {
  for (const { name, fresh, known: values } of TABLES)
    expect(
      await printed(here.database, `SELECT ${fresh.join(', ')} FROM ${name} WHERE id = ${n}`),
      name,
    ).toEqual([values(n)])
}

async function compiled(here: Stage, hold?: string): Promise<Ran> {
  await here.folder.write(planText(LIFE, hold))
  return await runs(here, ['compile', 'plans/plan.yaml', '--json'])
}

describeEachMysql('clients that name no columns', (server) => {
  it('of the old version go on until contract, and of the new one from then on', async () => {
    await using here = await stage(server, LIFE)
    const { database } = here
    const before = await dump(here)
    const { out } = await compiled(here, '1h')
    expect(out).toContain('b is invisible until contract')
    expect(out).not.toContain('without names of columns fails')
    for (const [round, phase] of (['expand', 'backfill', 'enforce', 'verify'] as const).entries()) {
      await advanceTo(here, phase)
      await works(here, 'old', 10 * (round + 1))
      await known(here, 10 * (round + 1) + 2)
    }
    await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
    await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
    for (const { name, fresh, known: values } of TABLES.filter(({ name: one }) => one !== 'filled')) {
      expect(await shown(here, name, 1), name).toEqual([named(fresh, values(1))])
      await database.query(`INSERT INTO ${name} VALUES ${row(values(50))}`)
    }
    await runs(here, ['rollback', 'life', '--yes'])
    expect(catalogueChanges(before, await dump(here))).toEqual(UNCHANGED)
    for (const { name, old, given } of TABLES.filter(({ name: one }) => one !== 'filled'))
      expect(await shown(here, name, 50), name).toEqual([named(old, given(50))])
    await works(here, 'old', 60)
    await compiled(here)
    await advanceTo(here, 'contract')
    await works(here, 'fresh', 80)
  })
})
