import { createHash } from 'node:crypto'
import { PlanError } from '../../errors.ts'
import type { Blocker, Engine } from '../interface/engine.ts'
import type { Session, SessionOptions } from '../interface/session.ts'
import { isTrue } from '../interface/session.ts'
import { now } from './connect/clock.ts'
import { collided, missing, raised, sessionLost, tookTooLong } from './connect/errors.ts'
import { openSession } from './connect/session.ts'
import { inspect } from './inspect/inspect.ts'
import { language } from './language.ts'
import { blocked } from './observe/blocked.ts'
import { blockers, holderOf } from './observe/blockers.ts'
import { openGauge } from './observe/pressure.ts'
import { usage } from './observe/usage.ts'
import { barredDefiner } from './preflight/barred.ts'
import { deserted } from './preflight/definers.ts'
import { hiddenLedger } from './preflight/ledger.ts'
import { preflight } from './preflight/preflight.ts'

/** A running MySQL or MariaDB. A plan's unqualified names are looked up in the URL's database, or in `schema`. */
export async function openEngine(
  options: SessionOptions & { readonly schema: string | null },
): Promise<Engine> {
  const opened = await openSession(options)
  const { dialect, database } = opened
  const gauge = openGauge(opened, dialect, options)
  const session = {
    ...opened,
    close: async () => {
      await gauge.close()
      await opened.close()
    },
  }
  const schema = options.schema ?? database
  const lockName = (plan: string) =>
    `plan-${createHash('sha256').update(`${database}/${plan}`).digest('hex').slice(0, 48)}`
  /** The session's own lock tells it apart from a later session with the same id. */
  const alive = async ({ pid, started }: { readonly pid: number; readonly started: string }) => {
    const { rows } = await session.query('SELECT IS_USED_LOCK(?) AS id', [started])
    return Number(rows[0]?.['id'] ?? 0) === pid
  }
  return {
    session,
    language: language(dialect),
    ledgerBackend: {
      client: 'mysql2',
      place: (name) => ({ schema: null, prefix: `${name}_` }),
      toolSchema: null,
      engine: 'InnoDB',
      making: [],
      // Without padding; otherwise a name and the same name with a trailing blank would be equal.
      collation: dialect === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin',
      now: 'UTC_TIMESTAMP(6)',
      moment: (iso) => iso.replace('T', ' ').replace('Z', ''),
      turn: null,
      hidden: (ledger) => hiddenLedger(session, database, ledger),
    },
    failures: { collided, missing, raised, sessionLost, tookTooLong },
    preflight: (tables, ledger, workers) => preflight(session, dialect, tables, ledger, workers),
    // The statements themselves assert that the table is not rewritten.
    storage: async () => null,
    mentions: async (table, column) => {
      const { tables } = await inspect(session, { schema: table.schema, tables: [table] })
      return (tables[0]?.mentions ?? [])
        .filter(({ columns }) => columns.includes(column))
        .map(({ name }) => name)
    },
    syncs: async ({ schema: on, name: table }) => {
      const { rows } = await session.query(
        `SELECT TRIGGER_NAME AS name, ACTION_STATEMENT AS body FROM information_schema.TRIGGERS
         WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND TRIGGER_NAME LIKE 'zz\\_plan\\_sync\\_%' ORDER BY 1`,
        [on, table],
      )
      return rows.map(({ name, body }) => ({ name: String(name), body: String(body) }))
    },
    deserted: (table) => deserted(session, table),
    barred: (evaluated) => barredDefiner(session, evaluated),
    pressure: gauge.read,
    blocked: (backends) => blocked(session, dialect, backends),
    usage: (asked) => usage(session, dialect, asked),
    follow: null,
    inspect: (wanted = {}) => inspect(session, { schema, ...wanted }),
    now: () => now(session),
    blockers: (tables) => blockers(session, dialect, tables),
    lock: async (plan) => {
      const { rows } = await session.query('SELECT GET_LOCK(?, 0) AS held', [lockName(plan)])
      return isTrue(rows[0]?.['held'])
    },
    // The server notices soon that a connection has ended.
    grace: async () => 4_000,
    lockHolder: async (plan): Promise<Blocker | null> => {
      const holder = await holderOf(session, lockName(plan))
      return holder && { ...holder, holds: 'the plan' }
    },
    alive,
    terminate: async (backend) => {
      if (!(await alive(backend))) return true
      await refuseWithinCommit(session, backend.pid)
      await session.query(`KILL ${backend.pid}`).catch(() => {})
      for (let tries = 0; tries < 50; tries++) {
        if (!(await alive(backend))) return true
        await session.query('DO SLEEP(0.1)')
      }
      return false
    },
  }
}

/**
 * A COMMIT that takes long waits for space on the server's disk. MySQL shuts down when that is interrupted
 * (binlog_error_action), so such a session is not ended.
 */
async function refuseWithinCommit(session: Session, pid: number): Promise<void> {
  const { rows } = await session.query('SHOW PROCESSLIST')
  const found = rows.find(({ Id, Info }) => Number(Id) === pid && Info === 'COMMIT')
  if (!found) return
  throw new PlanError(
    'PLAN_TEMPORARY',
    `the server has not finished a COMMIT (pid ${pid}, ${found['State']})`,
    {
      hint: 'look whether a disk of the server is full; when there is room and the COMMIT has ended, advance again',
    },
  )
}
