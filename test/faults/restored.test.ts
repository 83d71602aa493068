import { expect, it } from 'vitest'
import { type Bench, describePostgres, done, refused } from '../support/command.ts'
import { describeEachKind, isMysql, type Place } from '../support/places.ts'
import { batchesDone, left, number, writes } from '../support/sessions.ts'
import { PLAN, rename as renamePlan } from '../support/users.ts'
import { finish, prepared, UNTHROTTLED, undisturbed } from './cut.ts'

/** Goes on with the backfill, and stops after so many more batches. */
async function someBatches(here: Bench, count: number): Promise<void> {
  const stop = new AbortController()
  let seen = 0
  const faults = (point: string) => {
    if (/^after UPDATE \S+users/.test(point) && ++seen === count) stop.abort()
  }
  refused(
    await here.planWith({ faults, signal: stop.signal }, 'advance', PLAN, '--phase', 'backfill'),
    130,
    'PLAN_INTERRUPTED',
  )
}

/** The tables of the ledger, as statements call them. */
async function ledgerTables({ query, url }: Place): Promise<string[]> {
  const sql = isMysql({ url })
    ? "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database() AND table_name LIKE 'plan\\_%'"
    : "SELECT 'plan.' || relname AS name FROM pg_class WHERE relnamespace = 'plan'::regnamespace AND relkind = 'r'"
  return (await query(sql)).map(({ name }) => String(name))
}

const copyOf = (table: string) => `copy_of_${table.replace(/^plan[._]/, '')}`

async function copy(database: Place): Promise<void> {
  for (const table of await ledgerTables(database))
    await database.query(`CREATE TABLE ${copyOf(table)} AS SELECT * FROM ${table}`)
}

async function restore(database: Place): Promise<void> {
  for (const table of await ledgerTables(database)) {
    await database.query(`DELETE FROM ${table}`)
    await database.query(`INSERT INTO ${table} SELECT * FROM ${copyOf(table)}`)
    await database.query(`DROP TABLE ${copyOf(table)}`)
  }
}

/** The whole ledger gets another name. */
async function rename(database: Place, from: string, to: string): Promise<void> {
  if (!isMysql(database)) return void (await database.query(`ALTER SCHEMA ${from} RENAME TO ${to}`))
  const find = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database() AND table_name LIKE '${from}\\_%'`
  for (const { name } of await database.query(find))
    await database.query(`RENAME TABLE ${name} TO ${String(name).replace(from, to)}`)
}

describeEachKind('a ledger', (server) => {
  it('that is put back to how it was earlier in the backfill makes no row be written twice', async () => {
    await using here = await prepared(server, UNTHROTTLED)
    const { database } = here
    done(await here.plan('advance', PLAN))
    await someBatches(here, 3)
    await copy(database)
    await someBatches(here, 5)
    await restore(database)
    expect(await batchesDone(database)).toBe(3)
    const text = await here.read(PLAN)
    await here.write(PLAN, renamePlan(UNTHROTTLED))
    refused(await here.plan('advance', PLAN), 5, 'PLAN_CHANGED')
    await here.write(PLAN, text)
    await finish(here)
    const { filled, ...found } = await left(database)
    const { filled: all, ...expected } = await undisturbed(server)
    expect(found).toEqual(expected)
    // What the lost lines said is not known again, but all of it is there.
    expect(filled).not.toEqual(all)
  })

  it('that is gone in the middle of the backfill stops it, and nothing is done until it is back', async () => {
    await using here = await prepared(server, UNTHROTTLED)
    const { database } = here
    done(await here.plan('advance', PLAN))
    await someBatches(here, 2)
    let committed = 0
    const faults = async (point: string) => {
      if (/^after UPDATE \S+users/.test(point)) committed++
      if (committed !== 2 || point !== 'after COMMIT') return
      committed++
      await rename(database, 'plan', 'kept')
    }
    const gone = await here.planWith({ faults }, 'advance', PLAN)
    refused(gone, 5, 'PLAN_DRIFT', 'the ledger no longer knows rename')
    const before = await writes(database)
    refused(await here.plan('advance', PLAN), 2, 'PLAN_COLUMN_EXISTS')
    expect(await writes(database)).toEqual(before)
    await rename(database, 'kept', 'plan')
    await finish(here)
    expect(await left(database)).toEqual(await undisturbed(server))
  })
})

/** Statements that take the sync trigger away and bring it back just as it was. */
async function triggers({ query, url }: Place): Promise<{ drop: string[]; create: string[] }> {
  if (!isMysql({ url })) {
    const found = await query(
      "SELECT tgname AS name, pg_get_triggerdef(oid) AS text FROM pg_trigger WHERE tgname LIKE 'zz_plan%'",
    )
    return {
      drop: found.map(({ name }) => `DROP TRIGGER ${name} ON users`),
      create: found.map(({ text }) => String(text)),
    }
  }
  const names = (await query('SHOW TRIGGERS')).map(({ Trigger }) => String(Trigger))
  const ours = names.filter((name) => name !== 'counting')
  const create: string[] = []
  for (const name of ours) {
    const [row = {}] = await query(`SHOW CREATE TRIGGER ${name}`)
    create.push(`SET SESSION sql_mode = '${row['sql_mode']}'`, String(row['SQL Original Statement']))
  }
  return { drop: ours.map((name) => `DROP TRIGGER ${name}`), create }
}

describeEachKind('a sync trigger', (server) => {
  it('that was away for a while in the backfill is found by what was written meanwhile', async () => {
    await using here = await prepared(server, UNTHROTTLED)
    const { database } = here
    done(await here.plan('advance', PLAN))
    await someBatches(here, 3)
    const { drop, create } = await triggers(database)
    for (const statement of drop) await database.query(statement)
    refused(await here.plan('advance', PLAN), 5, 'PLAN_DRIFT', 'trigger')
    // One row that is filled already, and one that is not.
    await database.query("UPDATE users SET last_name = 'canary' WHERE id IN (7, 599)")
    for (const statement of create) await database.query(statement)
    const ended = refused(await here.plan('advance', PLAN, '--phase', 'verify'), 4, 'PLAN_INVARIANT')
    expect(ended.err).toContain('1 of 600 rows (7)')
    expect(ended.err).not.toContain('canary')
    await database.query("UPDATE users SET last_name = 'mended' WHERE id = 7")
    await finish(here)
    expect(await number(database, "SELECT count(*) FROM users WHERE family_name = 'mended'")).toBe(1)
  })
})

describePostgres('a sync trigger', (server) => {
  it('that is disabled while the backfill runs stops the plan before the next phase', async () => {
    await using here = await prepared(server, UNTHROTTLED)
    const { database } = here
    done(await here.plan('advance', PLAN))
    const [{ name } = {}] = await database.query(
      "SELECT tgname AS name FROM pg_trigger WHERE tgname LIKE 'zz_plan%'",
    )
    let disabled = false
    const faults = async (point: string) => {
      if (disabled || !point.startsWith('after COMMIT') || (await batchesDone(database)) < 2) return
      disabled = true
      await database.query(`ALTER TABLE users DISABLE TRIGGER ${name}`)
      await database.query("UPDATE users SET last_name = 'canary' WHERE id = 7")
    }
    refused(
      await here.planWith({ faults }, 'advance', PLAN, '--phase', 'verify'),
      5,
      'PLAN_DRIFT',
      /~ trigger .*enabled O.* -> .*enabled D/,
    )
    await database.query(`ALTER TABLE users ENABLE TRIGGER ${name}`)
    refused(await here.plan('advance', PLAN, '--phase', 'verify'), 4, 'PLAN_INVARIANT', '1 of 600 rows (7)')
  })
})
