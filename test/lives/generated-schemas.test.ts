import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { catalogueChanges, UNCHANGED } from '../support/catalogue.ts'
import { openOn } from '../support/conformance.ts'
import { limit } from '../support/limits.ts'
import { advanceTo, all, dump, runs, stage } from '../support/lives.ts'
import { createLive, type LiveDatabase, type LiveServer } from '../support/lives-database.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { between, steady } from '../support/seed.ts'
import { type Dialect, type Drawn, type Generated, tables } from './generated/forms.ts'
import { mysql } from './generated/mysql.ts'
import { postgres } from './generated/postgres.ts'

const TABLES = 60
const LIVES = Number(process.env['LIVES'] ?? 6)

type Wish = (table: Generated, column: Drawn, dialect: Dialect) => string

/** The type of a column as a plan may write it, in quotes. */
const typeOf = ({ type }: Drawn): string =>
  JSON.stringify(type.replace(/ (COLLATE|GENERATED|CHARACTER SET).*| NULL$/, ''))

const of = ({ name }: Generated, column: Drawn): string => `table: ${name}, column: "${column.name}"`

const first = ({ values: [one] }: Drawn): string => `{ sql: ${JSON.stringify(one)} }`

/** Every intent of one column, by its name. */
const INTENTS: Readonly<Record<string, Wish>> = {
  rename_column: ({ name }, column) =>
    `rename_column: { table: ${name}, from: "${column.name}", to: "${column.name} new" }`,
  add_column: ({ name }, column) =>
    `add_column: { table: ${name}, column: "${column.name} new", type: ${typeOf(column)}, fill: { column: "${column.name}" }, required: ${column.required} }`,
  split_column: ({ name }, column) =>
    `split_column: { table: ${name}, from: "${column.name}", into: { "${column.name} new": { type: ${typeOf(column)}, value: { column: "${column.name}" } } }, back: { column: "${column.name} new" } }`,
  merge_columns: ({ name, columns }, column) => {
    const other = columns.find((one) => one !== column) ?? column
    return `merge_columns: { table: ${name}, from: ["${column.name}", "${other.name}"], into: { one: { type: ${typeOf(column)}, value: { column: "${column.name}" } }, two: { type: ${typeOf(other)}, value: { column: "${other.name}" } } }, back: { "${column.name}": { column: one }, "${other.name}": { column: two } } }`
  },
  drop_column: (table, column) => `drop_column: { ${of(table, column)} }`,
  'drop_column with a value for the way back': (table, column) =>
    `drop_column: { ${of(table, column)}, restore: ${first(column)} }`,
  'change_type to a text': (table, column, { text }) =>
    `change_type: { ${of(table, column)}, to: "${text}", unparsed: fail }`,
  recode: (table, column) =>
    `recode: { ${of(table, column)}, cases: { new: fresh, paid: settled }, else: keep }`,
  set_required: (table, column) => `set_required: { ${of(table, column)}, fill: ${first(column)} }`,
  drop_required: (table, column) => `drop_required: { ${of(table, column)} }`,
  set_default: (table, column) => `set_default: { ${of(table, column)}, default: ${first(column)} }`,
  drop_default: (table, column) => `drop_default: { ${of(table, column)} }`,
  add_index: ({ name }, column) => `add_index: { table: ${name}, columns: [id, "${column.name}"] }`,
  add_unique: ({ name }, column) => `add_unique: { table: ${name}, columns: ["${column.name}"] }`,
  set_comment: (table, column) => `set_comment: { ${of(table, column)}, comment: "it's so \\\\ 5 %" }`,
  backfill: ({ name }, column) =>
    `backfill: { table: ${name}, set: { "${column.name}": ${first(column)} }, where: "id = 1" }`,
}

/** Each column of a table that was drawn, with the intent of this kind. */
const wished = (kind: string, table: Generated, column: Drawn, dialect: Dialect): string =>
  (INTENTS[kind] as Wish)(table, column, dialect)

const dialectOf = (server: LiveServer): Dialect => ('dialect' in server ? mysql(server.dialect) : postgres)

/** What a server does not take of a drawn schema is left out. */
const taken = (database: LiveDatabase, statements: readonly string[]) =>
  statements.reduce<Promise<string[]>>(async (before, statement) => {
    const list = await before
    return database.query(statement).then(
      () => [...list, statement],
      () => list,
    )
  }, Promise.resolve([]))

const servers: readonly LiveServer[] = [...inject('servers'), ...inject('mysqlServers')]

describe.each(servers.filter(({ url }) => url !== null))('a drawn schema on $name', (server) => {
  const dialect = dialectOf(server)
  let database: LiveDatabase
  let snapshot: Snapshot
  let drawn: readonly { readonly table: Generated; readonly made: readonly string[] }[]

  beforeAll(async () => {
    database = await createLive(server)
    await all(database, dialect.setup)
    const made: { table: Generated; made: string[] }[] = []
    for (const table of tables(dialect, TABLES, steady(`schema ${server.name}`)))
      made.push({ table, made: await taken(database, [table.create, ...table.extras]) })
    drawn = made.filter((one) => one.made.includes(one.table.create))
    await using engine = await openOn(database)
    snapshot = await engine.inspect()
  }, limit(300_000))
  afterAll(async () => {
    if (database) await all(database, dialect.end ?? [])
    await database?.[Symbol.asyncDispose]()
  })

  /** Contract stops at what compile warned of, such as a view: these are not taken through. */
  const foretold = (intent: string): boolean =>
    compiled(planOf(intent), snapshot).warnings.some((warning) => warning.includes('contract will refuse'))

  it('is mostly what was drawn', () => {
    expect(drawn.length).toBeGreaterThan(TABLES * 0.9)
    expect(drawn.flatMap(({ made }) => made).length).toBeGreaterThan(TABLES * 5)
  })

  it.each(Object.keys(INTENTS))(
    'compiles, or is refused with a reason, for the %s of every column',
    (kind) => {
      let count = 0
      for (const { table } of drawn)
        for (const column of table.columns) {
          const intent = wished(kind, table, column, dialect)
          const said = `${intent}\n${table.create};\n${drawn.find((one) => one.table === table)?.made.join(';\n')}`
          let findings: ReturnType<typeof findingsOf> = []
          expect(() => {
            findings = findingsOf(planOf(intent), snapshot)
          }, said).not.toThrow()
          for (const { code, message, hint } of findings) {
            expect(code, said).toMatch(/^PLAN_(?!INTERNAL)/)
            expect(`${message} ${hint}`, said).not.toMatch(/undefined|\[object|NaN/)
            expect(hint, `${said}\n${message}`).toMatch(/\w/)
          }
          if (findings.length === 0) count++
        }
      expect(count).toBeGreaterThan(TABLES / 20)
    },
  )

  it('is taken through contract, and back again, wherever a drawn change of it compiles', {
    timeout: limit(900_000),
  }, async () => {
    const next = steady(`lives ${server.name}`)
    const kinds = Object.keys(INTENTS)
    for (let lived = 0; lived < LIVES; ) {
      const one = drawn[between(next, 0, drawn.length - 1)] as (typeof drawn)[number]
      const column = one.table.columns[between(next, 0, one.table.columns.length - 1)] as Drawn
      const kind = kinds[between(next, 0, kinds.length - 1)] as string
      const intent = wished(kind, one.table, column, dialect)
      if (findingsOf(planOf(intent), snapshot).length > 0 || foretold(intent)) continue
      lived++
      await livesThrough(server, dialect, one, intent)
    }
  })
})

async function livesThrough(
  server: LiveServer,
  dialect: Dialect,
  { table, made }: { readonly table: Generated; readonly made: readonly string[] },
  intent: string,
): Promise<void> {
  await using here = await stage(server, { setup: [...dialect.setup, ...made], intents: `- ${intent}` })
  await taken(here.database, table.rows)
  const said = `${intent}\n${made.join(';\n')}`
  try {
    const before = await dump(here)
    const { status, err } = await runs(here, ['advance', 'life', '--phase', 'verify'], [0, 4])
    // A value that the trial finds no other form of stops the plan before anything is changed.
    if (status !== 0) expect(err).toMatch(/PLAN_POISON[\s\S]*nothing was changed/)
    await runs(here, ['rollback', 'life', '--yes'])
    expect(catalogueChanges(before, await dump(here))).toEqual(UNCHANGED)
    if (status !== 0) return
    await advanceTo(here, 'contract')
    const { out } = await runs(here, ['status', 'life', '--json'])
    expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
  } catch (error) {
    throw new Error(`${said}\n${error instanceof Error ? error.message : String(error)}`)
  }
}
