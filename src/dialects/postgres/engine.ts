import { createHash } from 'node:crypto'
import type { TableRef } from '../../program/refs.ts'
import type { Blocker, Engine } from '../interface/engine.ts'
import type { Session, SessionOptions } from '../interface/session.ts'
import { now } from './connect/clock.ts'
import { collided, missing, ofRow, raised, sessionLost, tookTooLong } from './connect/errors.ts'
import { openSession } from './connect/session.ts'
import { inspect } from './inspect/inspect.ts'
import { literal, quoteTable } from './language/quote.ts'
import { language } from './language.ts'
import { blocked } from './observe/blocked.ts'
import { openGauge } from './observe/pressure.ts'
import { barredWriters } from './preflight/barred.ts'
import { hiddenLedger } from './preflight/ledger.ts'
import { preflight } from './preflight/preflight.ts'

/** A running PostgreSQL. `schema` is where a plan's unqualified names are looked up. */
export async function openEngine(options: SessionOptions & { readonly schema: string }): Promise<Engine> {
  const session = await openSession(options)
  return {
    session,
    language: await language(),
    ledgerBackend: {
      client: 'pg',
      place: (schema) => ({ schema, prefix: '' }),
      toolSchema: options.schema,
      engine: null,
      making: ['SET LOCAL default_table_access_method = heap'],
      collation: null,
      now: 'now()',
      moment: (iso) => iso,
      // Sessions that share a row lock could otherwise overtake one that waits for it alone, for ever.
      turn: (plan, shared) =>
        `pg_catalog.pg_advisory_xact_lock${shared ? '_shared' : ''}(pg_catalog.hashtextextended(${literal(`plan-pen ${plan}`)}, 0))`,
      hidden: (ledger) => hiddenLedger(session, ledger),
    },
    failures: { collided, missing, ofRow, raised, sessionLost, tookTooLong },
    preflight: (tables, ledger, workers) => preflight(session, tables, ledger, workers),
    storage: async (table) => {
      const { rows } = await session.query(
        'SELECT pg_catalog.pg_relation_filenode(to_regclass($1))::text AS storage',
        [quoteTable(table)],
      )
      return rows[0]?.['storage'] as string | null
    },
    mentions: async (table, column) => {
      const { tables } = await inspect(session, { schema: options.schema, tables: [table] })
      return (tables[0]?.mentions ?? [])
        .filter(({ columns }) => columns.includes(column))
        .map(({ name }) => name)
    },
    syncs: async (table) => {
      const { rows } = await session.query(
        `SELECT t.tgname::text AS name, p.prosrc AS body FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
         WHERE t.tgrelid = pg_catalog.to_regclass($1) AND pg_catalog.starts_with(t.tgname::text, 'zz_plan_sync_') ORDER BY 1`,
        [quoteTable(table)],
      )
      return rows.map(({ name, body }) => ({ name: String(name), body: String(body) }))
    },
    // A sync function runs with the rights of the session that writes.
    deserted: async () => [],
    barred: (evaluated) => barredWriters(session, options.schema, evaluated),
    pressure: openGauge(session),
    blocked: (backends) => blocked(session, backends),
    usage: null,
    follow: null,
    inspect: (wanted = {}) => inspect(session, { schema: options.schema, ...wanted }),
    now: () => now(session),
    blockers: (tables) => blockers(session, tables),
    lock: async (plan) => {
      const { rows } = await session.query('SELECT pg_catalog.pg_try_advisory_lock($1::bigint) AS held', [
        lockKey(plan),
      ])
      return rows[0]?.['held'] === true
    },
    // The server notices soon that a connection has ended.
    grace: async () => 4_000,
    lockHolder: async (plan) => {
      const key = BigInt.asUintN(64, BigInt(lockKey(plan)))
      // A bigint key is shown as two halves: classid is the upper one, objid the lower one.
      const halves = [(key >> 32n).toString(), (key & 0xffffffffn).toString()]
      const sql = `${SESSIONS} WHERE a.pid IN (SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid::bigint = $1 AND objid::bigint = $2 AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))`
      const { rows } = await session.query(sql, halves)
      return rows[0] ? ({ ...rows[0], holds: 'the plan' } as Blocker) : null
    },
    alive: async ({ pid, started }) => {
      const { rows } = await session.query(
        'SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND (backend_start IS NULL OR backend_start = $2::timestamptz)',
        [pid, started],
      )
      return rows.length > 0
    },
    terminate: async ({ pid, started }) => {
      const gone = async () =>
        (
          await session.query(
            'SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND (backend_start IS NULL OR backend_start = $2::timestamptz)',
            [pid, started],
          )
        ).rows.length === 0
      if (await gone()) return true
      await session.query('SELECT pg_catalog.pg_terminate_backend($1)', [pid])
      for (let tries = 0; tries < 50; tries++) {
        if (await gone()) return true
        await session.query('SELECT pg_catalog.pg_sleep(0.1)')
      }
      return false
    },
  }
}

const SESSIONS = `SELECT a.pid, coalesce(a.application_name, '') AS application, coalesce(a.usename, '') AS "user", coalesce(a.state, a.backend_type) AS state, coalesce(extract(epoch FROM now() - a.xact_start)::float, 0) AS age FROM pg_catalog.pg_stat_activity a`

/** Sessions with a lock on one of the tables, the oldest transaction first. */
async function blockers(session: Session, tables: readonly TableRef[]): Promise<readonly Blocker[]> {
  const sql = `${SESSIONS.replace(' FROM pg_catalog', `, string_agg(DISTINCT l.mode, ', ') AS holds FROM pg_catalog`)}
    JOIN pg_catalog.pg_locks l ON l.pid = a.pid AND l.locktype = 'relation' AND l.granted AND l.relation IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS name)
    WHERE a.pid <> pg_backend_pid() GROUP BY a.pid, a.application_name, a.usename, a.state, a.backend_type, a.xact_start ORDER BY a.xact_start`
  const { rows } = await session.query(sql, [tables.map(quoteTable)])
  return rows as unknown as Blocker[]
}

/** 64 bits of a hash: plans with different names practically never share a lock. */
const lockKey = (plan: string): string =>
  createHash('sha256').update(`expand-contract/${plan}`).digest().readBigInt64BE(0).toString()
