import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { traits } from '../../../src/dialects/mysql/traits.ts'
import { writers } from '../../../src/dialects/mysql/write/writers.ts'
import { connect } from '../../../src/index.ts'
import { stepsOf } from '../../../src/program/actions.ts'
import type { Program } from '../../../src/program/program.ts'
import { stepScript } from '../../../src/render/scripts.ts'
import { until } from '../../support/command.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { REFUSED, snapshotOn } from '../../support/gallery.ts'
import { mysqlTables } from '../../support/made.ts'
import {
  type Ddl,
  ddlOf,
  differences,
  type Effects,
  kindsOf,
  stated,
  together,
} from '../../support/measuring.ts'
import {
  createMysqlDatabase,
  type MysqlDatabase,
  type OtherMysql,
  otherMysql,
} from '../../support/mysql-databases.ts'
import { compiled, galleryNames, galleryText, planOf } from '../../support/programs.ts'
import { runScript } from '../../support/script-client.ts'

const EXCLUSIVE = 'EXCLUSIVE metadata lock'
/** What shows is whether a reader is waited for: only the exclusive lock does that. */
const ORDER = [
  'row locks',
  'SHARED READ metadata lock',
  'SHARED UPGRADABLE metadata lock',
  EXCLUSIVE,
] as const

/** A column whose name is cut when it is dropped, so that MySQL has to write the table anew. */
const CUT = 'ä'.repeat(20)

/** A table with all that a column can have around it, for writers that the plans of the gallery do not need. */
const RICH = [
  'CREATE TABLE names (name varchar(80) PRIMARY KEY)',
  "INSERT INTO names VALUES ('n1'), ('n2'), ('n3')",
  `CREATE TABLE users (id bigint PRIMARY KEY, last_name varchar(80) NOT NULL DEFAULT 'n1', email varchar(80),
     \`${CUT}\` int NOT NULL, code varchar(9) NOT NULL,
     UNIQUE KEY by_code (code), KEY by_name (last_name, email),
     CONSTRAINT named FOREIGN KEY (last_name) REFERENCES names (name))`,
  "INSERT INTO users VALUES (1, 'n1', NULL, 1, 'a'), (2, 'n2', NULL, 2, 'b'), (3, 'n3', NULL, 3, 'c')",
  'CREATE TABLE orders (id int PRIMARY KEY, placed_by bigint, note varchar(10), FOREIGN KEY (placed_by) REFERENCES users (id))',
  'CREATE TRIGGER lower_email BEFORE UPDATE ON users FOR EACH ROW SET NEW.email = lower(NEW.email)',
  'GRANT SELECT (last_name) ON users TO CURRENT_USER()',
]
const RICH_PLAN = planOf(
  `rename_column: { table: users, from: last_name, to: family_name }\n  - rename_column: { table: users, from: ${CUT}, to: position }\n  - drop_column: { table: users, column: code }\n  - change_type: { table: orders, column: note, to: varchar(20) }`,
)
const HIDDEN_PLAN = planOf(
  'add_column: { table: users, column: made, type: varchar(80), fill: { upper: { column: email } } }',
  'invisible: true\n',
)

describeEachMysql('locks and rewrites as the server takes them', (server) => {
  let database: MysqlDatabase
  let id: number
  beforeAll(async () => {
    database = await createMysqlDatabase(server)
    const [row] = await database.query('SELECT connection_id() AS id')
    id = Number(row?.['id'])
  })
  afterAll(() => database[Symbol.asyncDispose]())

  /** Which tables have readers. Where the server does not say for whom it waits, one run cannot have them on all. */
  type Readers = 'all' | 'own' | 'others'
  const OWN: Readers = server.dialect === 'mysql' ? 'all' : 'own'
  const isRead = (on: string, main: string, whose: Readers): boolean =>
    whose === 'all' || (whose === 'own') === (on === main)

  const inner = server.dialect === 'mysql' ? 'INNODB_TABLES' : 'INNODB_SYS_TABLES'
  /** A table that is written anew gets another number. */
  const tables = async () => {
    const rows = await database.query(
      `SELECT name, table_id AS number FROM information_schema.${inner} WHERE name LIKE '${database.name}/%'`,
    )
    return new Map(
      rows.map((row) => {
        const { name, number } = Object.fromEntries(
          Object.entries(row).map(([key, value]) => [key.toLowerCase(), value]),
        )
        return [String(name).replace('/', '.'), String(number)]
      }),
    )
  }

  /** The table whose reader is waited for. MariaDB does not say which: where several are waited for, it is any of them. */
  async function awaited(watcher: OtherMysql, read: readonly string[]): Promise<string | null> {
    if (server.dialect === 'mariadb') {
      const [row] = await watcher.query(
        `SELECT 1 FROM information_schema.processlist WHERE id = ${id} AND state LIKE '%metadata lock%'`,
      )
      return row === undefined ? null : (read[0] ?? null)
    }
    const [row] = await watcher.query(
      `SELECT concat(object_schema, '.', object_name) AS name FROM performance_schema.metadata_locks
         JOIN performance_schema.threads ON thread_id = owner_thread_id
       WHERE processlist_id = ${id} AND lock_status = 'PENDING' AND lock_type = 'EXCLUSIVE' AND object_type = 'TABLE'`,
    )
    return row === undefined ? null : String(row['name'])
  }

  /** Tables have a reader each, whose transaction ends only once the statement waits for it. */
  async function measured(statement: string, main: string, whose: Readers): Promise<Effects> {
    const before = await tables()
    const read = [...before.keys()].filter((on) => isRead(on, main, whose))
    await using watcher = await otherMysql(database)
    const readers = new Map<string, OtherMysql>()
    for (const on of read)
      readers.set(on, await otherMysql(database, `SELECT * FROM ${on.replace(/\.(.*)/, '.`$1`')} LIMIT 1`))
    const waited = new Set<string>()
    let over = false
    const running = database.query(statement).finally(() => {
      over = true
    })
    running.catch(() => undefined)
    while (!over) {
      let on: string | null = null
      await until('it waits for a reader, or is over', async () => {
        on = await awaited(watcher, [...readers.keys()])
        return over || on !== null
      })
      await readers.get(on ?? '')?.[Symbol.asyncDispose]()
      if (on !== null && readers.delete(on)) waited.add(on)
    }
    for (const reader of readers.values()) await reader[Symbol.asyncDispose]()
    await running
    const after = await tables()
    // Nobody else uses a table of the plan's own, and its end makes nobody wait.
    const stays = ([on]: readonly [string, string]) => after.has(on) || !/\.z\w_plan_/.test(on)
    return new Map(
      [...before]
        .filter(stays)
        .map(([on, number]) => [
          on,
          { mode: waited.has(on) ? EXCLUSIVE : null, scans: false, rewrites: after.get(on) !== number },
        ]),
    )
  }

  /** What a step says, as far as these readers can measure it. */
  const measurable = (says: Effects, main: string, whose: Readers): Effects =>
    new Map(
      [...says].map(([on, { mode, rewrites }]) => [
        on,
        { mode: mode === EXCLUSIVE && isRead(on, main, whose) ? mode : null, scans: false, rewrites },
      ]),
    )

  async function differing({ action, written, step }: Ddl, whose: Readers): Promise<string[]> {
    const main = written.locks[0]?.on ?? `${database.name}.users`
    const does: Effects[] = []
    if (written.settings) await database.query(written.settings.before)
    for (const statement of written.statements) does.push(await measured(statement, main, whose))
    if (written.settings) await database.query(written.settings.after)
    const says = written.statements.length === 0 ? new Map() : stated(written.locks, ORDER)
    const found = differences(measurable(says, main, whose), together(does, ORDER), '')
    const silent = written.statements.filter(
      (one) =>
        /^ALTER TABLE/.test(one) && !/ALGORITHM=(INSTANT|NOCOPY|INPLACE), LOCK=(NONE|DEFAULT)$/.test(one),
    )
    return [...found, ...silent.map((one) => `${one} does not name its way`)].map(
      (one) => `${step.id} ${action.do}: ${one}`,
    )
  }

  /** The program of a plan on freshly made tables. */
  async function begun(text: string, setup: readonly string[]): Promise<Program> {
    for (const table of ['orders', 'users', 'names']) await database.query(`DROP TABLE IF EXISTS ${table}`)
    for (const statement of setup) await database.query(statement)
    const engine = await connect({ url: database.url })
    const snapshot = await engine.inspect({ schemas: [], fields: [] }).finally(() => engine.session.close())
    return compiled(text, snapshot)
  }

  const reached = new Set<string>()

  /** Carries a program through on these tables, and compares each part on its way. */
  async function wrongIn(text: string, setup: readonly string[], whose = OWN): Promise<string[]> {
    const program = await begun(text, setup)
    for (const kind of kindsOf(program)) reached.add(kind)
    const wrong: string[] = []
    for (const step of stepsOf(program)) {
      const parts = ddlOf(step)
      if (parts.length === 0) await runScript(database.url, stepScript(program, step))
      for (const part of parts) wrong.push(...(await differing(part, whose)))
    }
    return wrong
  }

  // What a statement of the author locks is not said.
  const plans = galleryNames().sql.filter(
    (plan) => plan !== 'run-sql' && REFUSED[server.dialect]?.[plan] === undefined,
  )

  describe('are what the step says', () => {
    it.each(plans)('in each step of %s', async (plan) => {
      const made = mysqlTables(snapshotOn(`${server.dialect}-${server.number}`, server.number, plan), 20)
      expect(await wrongIn(galleryText(plan), made)).toEqual([])
    })

    it.each([
      ['a column with all that it can have around it', RICH_PLAN, OWN],
      ['a column with all that it can have around it, on the tables beside its own', RICH_PLAN, 'others'],
      ['a column that is hidden until contract', HIDDEN_PLAN, OWN],
    ] as const)('in each step for %s', async (_, plan, whose) => {
      expect(await wrongIn(plan, RICH, whose)).toEqual([])
    })
  })

  it('are seen when a statement writes the table anew', async () => {
    await begun(HIDDEN_PLAN, RICH)
    const does = await measured('ALTER TABLE names FORCE, ALGORITHM=INPLACE', `${database.name}.names`, OWN)
    expect(does.get(`${database.name}.names`)).toEqual({ mode: EXCLUSIVE, scans: false, rewrites: true })
  })

  it('were measured of every writer there is', () => {
    const all = Object.keys(writers(server.dialect)(traits(server.dialect)(server.number)))
    const unasked = server.dialect === 'mariadb' ? ['reserve_key', 'retire_key', 'strip_key'] : []
    expect(all.filter((kind) => !reached.has(kind))).toEqual(['run_sql', 'finish_sql', ...unasked])
  })
})
