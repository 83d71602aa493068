import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done } from '../support/command.ts'
import { PLAN, rename, users } from '../support/users.ts'

/** Every command that must not write, with a status it may end with. */
const READING: readonly (readonly [number, ...string[]])[] = [
  [0, 'status'],
  [0, 'status', 'rename', '--json'],
  [0, 'log'],
  [0, 'log', '--json'],
  [0, 'doctor'],
  [0, 'doctor', PLAN],
  [0, 'advance', PLAN, '--dry-run'],
  [0, 'advance', PLAN, '--dry-run', '--phase', 'contract', '--json'],
  [0, 'runbook', PLAN],
  [0, 'snapshot'],
  [0, 'compile', PLAN, '--stdout'],
]

/** All that a database holds, but for the numbers that every statement moves. */
async function contents({ database: { query } }: Bench) {
  const relations = await query(
    "SELECT oid::regclass::text AS name, relfilenode, relkind FROM pg_class WHERE relnamespace::regnamespace::text NOT LIKE 'pg%' AND relnamespace::regnamespace::text <> 'information_schema' ORDER BY 1",
  )
  const rows: Record<string, unknown> = {}
  for (const { name, relkind } of relations)
    if (relkind === 'r')
      rows[String(name)] = await query(`SELECT xmin::text, t::text FROM ${name} AS t ORDER BY 2`)
  const routines = await query(
    "SELECT oid, xmin::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
  )
  const schemas = await query('SELECT nspname FROM pg_namespace ORDER BY 1')
  return { relations, rows, routines, schemas }
}

/** The sessions of these commands cannot write at all: whoever tries is refused by the server. */
const unable = (url: string) => {
  const readOnly = new URL(url)
  readOnly.searchParams.set('options', '-c default_transaction_read_only=on')
  return { env: { PLAN_DATABASE_URL: readOnly.href } }
}

describePostgres('commands that only look', (server) => {
  const look = async (here: Bench, commands = READING) => {
    const before = await contents(here)
    for (const [code, ...args] of commands) {
      const ended = await here.planWith(unable(here.database.url), ...args)
      expect([args, ended.code, ended.code === code ? '' : ended.err]).toEqual([args, code, ''])
    }
    expect(await contents(here)).toEqual(before)
  }

  it('write nothing before a plan was started, not even the schema of the ledger', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    await look(
      here,
      READING.filter(([, , wanted]) => wanted !== 'rename'),
    )
    await look(here, [
      [3, 'verify', PLAN],
      [0, 'rollback', PLAN],
      [3, 'confirm', 'switch-app', '--by', 'me', '--plan', PLAN],
      [2, 'unlock', PLAN],
    ])
    expect(await here.database.query("SELECT FROM pg_namespace WHERE nspname = 'plan'")).toEqual([])
  })

  it('write nothing while a plan is under way, and after it was verified', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN))
    await look(here)
    await look(here, [[4, 'verify']])
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await look(here)
    await look(here, [
      [0, 'verify'],
      [0, 'verify', '--json'],
    ])
  })
})

describePostgres('files', (server) => {
  it('are written by no command that was not asked to', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    for (const [, ...args] of READING) await here.plan(...args)
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    done(await here.plan('advance', '--yes'))
    expect(await readdir(here.dir, { recursive: true })).toEqual(['plans', PLAN])
  })
})
