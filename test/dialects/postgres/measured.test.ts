import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { traits } from '../../../src/dialects/postgres/traits.ts'
import { writers } from '../../../src/dialects/postgres/write/writers.ts'
import { connect } from '../../../src/index.ts'
import { stepsOf } from '../../../src/program/actions.ts'
import type { Program } from '../../../src/program/program.ts'
import { stepScript } from '../../../src/render/scripts.ts'
import { until } from '../../support/command.ts'
import { createDatabase, type Database, describeEachPostgres } from '../../support/databases.ts'
import { REFUSED, snapshotOn } from '../../support/gallery.ts'
import { postgresTables } from '../../support/made.ts'
import {
  type Ddl,
  ddlOf,
  differences,
  type Effect,
  type Effects,
  kindsOf,
  stated,
  together,
} from '../../support/measuring.ts'
import { compiled, galleryNames, galleryText, planOf } from '../../support/programs.ts'
import { runScript } from '../../support/script-client.ts'

const ORDER = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const

/** A table with all that a column can have around it, for writers that the plans of the gallery do not need. */
const RICH = [
  'CREATE TABLE app.names (name varchar(80) PRIMARY KEY)',
  `INSERT INTO app.names SELECT 'n' || g FROM generate_series(1, 50) g`,
  'CREATE SEQUENCE app.numbers',
  `CREATE TABLE app.users (
     id bigint PRIMARY KEY,
     last_name varchar(80) NOT NULL DEFAULT 'n1' CHECK (last_name <> '') REFERENCES app.names,
     number bigint DEFAULT nextval('app.numbers'),
     email text,
     code text NOT NULL,
     CONSTRAINT once UNIQUE (last_name, id))`,
  'CREATE TABLE app.orders (placed_by bigint REFERENCES app.users, note varchar(10), place int CONSTRAINT by_place UNIQUE)',
  'ALTER SEQUENCE app.numbers OWNED BY app.users.number',
  'CREATE STATISTICS app.both ON last_name, email FROM app.users',
  `INSERT INTO app.users (id, last_name, code) SELECT g, 'n' || g, 'c' FROM generate_series(1, 50) g`,
  'ANALYZE app.users',
  'ANALYZE app.names',
]
const RICH_PLAN = planOf(
  'rename_column: { table: users, from: last_name, to: family_name }\n  - rename_column: { table: users, from: number, to: position }\n  - drop_column: { table: users, column: code }\n  - change_type: { table: orders, column: note, to: varchar(20) }\n  - drop_constraint: { table: orders, name: by_place }',
)

/** Writers that no plan reaches on a server of this version, each with the reason. */
const unreached = (version: number): Readonly<Record<string, string>> => ({
  ...(traits(version).notNullNotValid && { finish_not_null: 'NOT NULL itself is validated' }),
  ...(version < 180000 && { add_generated: 'a column is not computed when it is read' }),
  run_sql: 'what a statement of the author locks is not said',
  finish_sql: 'the same',
})

describeEachPostgres('locks, rewrites and scans as the server takes them', (server) => {
  let database: Database
  /** Looks at the locks of the other one, whose transaction it would otherwise be part of. */
  let watcher: pg.Client
  let pid: number
  beforeAll(async () => {
    database = await createDatabase(server)
    watcher = new pg.Client({ connectionString: database.url })
    await watcher.connect()
    const [row] = await database.query('SELECT pg_backend_pid() AS pid')
    pid = Number(row?.['pid'])
  })
  afterAll(async () => {
    await watcher.end()
    await database[Symbol.asyncDispose]()
  })

  const TABLES = `SELECT n.nspname || '.' || c.relname AS name, pg_relation_filenode(c.oid) AS file,
      pg_stat_get_xact_tuples_returned(c.oid) AS read
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app' AND c.relkind IN ('r', 'p')`
  const tables = async () =>
    new Map((await database.query(TABLES)).map(({ name, file, read }) => [String(name), { file, read }]))

  const locks = async (): Promise<Map<string, string>> => {
    const { rows } = await watcher.query(
      `SELECT n.nspname || '.' || c.relname AS name, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
         JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE l.pid = $1 AND l.granted AND n.nspname = 'app' AND c.relkind IN ('r', 'p')`,
      [pid],
    )
    const strongest = new Map<string, string>()
    for (const { name, mode } of rows) {
      const words = mode
        .replace(/Lock$/, '')
        .replace(/\B[A-Z]/g, ' $&')
        .toUpperCase()
      if (ORDER.indexOf(words) > ORDER.indexOf(strongest.get(name) as never)) strongest.set(name, words)
    }
    return strongest
  }

  /** In a transaction of their own, so that one part does not hide the locks of the next. */
  async function inTransaction(
    { traits: _, transaction }: Program['engine'],
    statements: readonly string[],
  ): Promise<Effects> {
    for (const statement of ['BEGIN', ...transaction.begin.filter((one) => !/^BEGIN/.test(one))])
      await database.query(statement)
    const before = await tables()
    for (const statement of statements) await database.query(statement)
    const [after, held] = [await tables(), await locks()]
    await database.query('COMMIT')
    const effect = (name: string): Effect => {
      const [was, is] = [before.get(name), after.get(name)]
      return {
        mode: held.get(name) ?? null,
        scans: Number(is?.read ?? 0) > Number(was?.read ?? 0),
        rewrites: was !== undefined && is !== undefined && was.file !== is.file,
      }
    }
    return new Map([...after.keys()].filter((name) => before.has(name)).map((name) => [name, effect(name)]))
  }

  /**
   * CONCURRENTLY runs in no transaction. An old writer keeps it waiting, and the locks that it has by then are those for
   * all of its time. What it reads shows in no transaction's counters: the manual says that it reads the table.
   */
  async function alone(statement: string, reads: boolean, on: string): Promise<Effects> {
    await watcher.query('BEGIN')
    await watcher.query(`LOCK TABLE ${on} IN ROW EXCLUSIVE MODE`)
    const running = database.query(statement)
    running.catch(() => undefined)
    await until('it waits for the old writer', async () => {
      const { rows } = await watcher.query(
        `SELECT 1 FROM pg_locks WHERE pid = $1 AND locktype = 'virtualxid' AND NOT granted`,
        [pid],
      )
      return rows.length > 0
    })
    const held = await locks()
    await watcher.query('ROLLBACK')
    await running
    return new Map(
      [...held].map(([name, mode]) => [name, { mode, scans: reads && name === on, rewrites: false }]),
    )
  }

  async function measured(program: Program, { written }: Ddl): Promise<Effects> {
    const [on = ''] = written.locks.map((lock) => lock.on)
    const concurrent = written.statements.filter((one) => /\bCONCURRENTLY\b/.test(one))
    // A step without statements does nothing but to look.
    const looks = written.statements.length === 0 && written.requires ? [written.requires.query] : []
    const others = [...looks, ...written.statements.filter((one) => !concurrent.includes(one))]
    const all: Effects[] = []
    for (const one of concurrent) all.push(await alone(one, /^CREATE/.test(one), on))
    if (others.length > 0 && concurrent.length === 0) all.push(await inTransaction(program.engine, others))
    else for (const one of others) await database.query(one)
    return new Map(all.flatMap((effects) => [...effects]))
  }

  /** The program of a plan on freshly made tables. */
  async function begun(text: string, setup: readonly string[]): Promise<Program> {
    // A test before this one may have failed within a transaction.
    await database.query('ROLLBACK')
    await database.query('DROP SCHEMA IF EXISTS app, plan CASCADE')
    for (const statement of ['CREATE SCHEMA app', 'CREATE SCHEMA plan', ...setup])
      await database.query(statement)
    const engine = await connect({ url: database.url, schema: 'app' })
    const snapshot = await engine.inspect({ schemas: [], fields: [] }).finally(() => engine.session.close())
    return compiled(text, snapshot)
  }

  /** Carries a program through on these tables, and compares each part on its way. */
  async function wrongIn(text: string, setup: readonly string[], kinds: Set<string>): Promise<string[]> {
    const program = await begun(text, setup)
    for (const kind of kindsOf(program)) kinds.add(kind)
    const wrong: string[] = []
    for (const step of stepsOf(program)) {
      const parts = ddlOf(step)
      if (parts.length === 0) await runScript(database.url, stepScript(program, step))
      // Parts of one kind count together: what one of them drops may be said of all.
      for (const kind of new Set(parts.map(({ action }) => action.do))) {
        const same = parts.filter(({ action }) => action.do === kind)
        const does: Effects[] = []
        for (const part of same) does.push(await measured(program, part))
        const says = stated(
          same.flatMap(({ written }) => written.locks),
          ORDER,
        )
        const different = differences(says, together(does, ORDER), 'ACCESS SHARE')
        wrong.push(...different.map((one) => `${step.id} ${kind}: ${one}`))
      }
    }
    return wrong
  }

  const reached = new Set<string>()
  // What a statement of the author locks is not said.
  const refused = {
    ...REFUSED['postgres'],
    ...(server.number < 180000 && REFUSED['postgres-14']),
    'run-sql': /./,
  }
  const plans = galleryNames().sql.filter((plan) => !(plan in refused))

  describe('are what the step says', () => {
    it.each(plans)('in each step of %s', async (plan) => {
      const made = postgresTables(snapshotOn(`postgres-${server.number}`, server.number, plan), 50)
      expect(await wrongIn(galleryText(plan), made, reached)).toEqual([])
    })

    it('in each step for a column with all that it can have around it', async () => {
      expect(await wrongIn(RICH_PLAN, RICH, reached)).toEqual([])
    })
  })

  it('are short when NOT NULL comes back: what readers wait for reads no row', async () => {
    const program = await begun(planOf('drop_column: { table: users, column: code }'), RICH)
    const relaxed = stepsOf(program)
      .flatMap(ddlOf)
      .filter(({ action }) => action.do === 'allow_null')
    expect(relaxed).toHaveLength(1)
    const [{ written } = { written: { statements: [], undo: [] } }] = relaxed
    for (const statement of written.statements) await inTransaction(program.engine, [statement])
    for (const statement of written.undo) {
      const does = (await inTransaction(program.engine, [statement])).get('app.users')
      if (does?.mode === 'ACCESS EXCLUSIVE') expect(does, statement).toMatchObject({ scans: false })
    }
    const [row] = await database.query(
      `SELECT attnotnull AS required FROM pg_attribute WHERE attrelid = 'app.users'::regclass AND attname = 'code'`,
    )
    expect(row).toEqual({ required: true })
  })

  it('are seen when a statement writes the table anew', async () => {
    const program = await begun(RICH_PLAN, RICH)
    const does = await inTransaction(program.engine, ['ALTER TABLE app.names ALTER name TYPE char(90)'])
    expect(does.get('app.names')).toEqual({ mode: 'ACCESS EXCLUSIVE', scans: true, rewrites: true })
  })

  it('were measured of every writer there is', () => {
    const all = Object.keys(writers(traits(server.number)))
    expect(all.filter((kind) => !reached.has(kind)).sort()).toEqual(
      Object.keys(unreached(server.number)).sort(),
    )
  })
})
