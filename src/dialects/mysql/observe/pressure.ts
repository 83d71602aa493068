import type { Pressure } from '../../interface/pressure.ts'
import type { Session, SessionOptions } from '../../interface/session.ts'
import { permitted } from '../connect/permitted.ts'
import type { Server } from '../connect/session.ts'
import { freeDisk } from './disk.ts'
import { type LagReader, openLagReader } from './replicas.ts'

/** Reads how the server copes with the backfill. Connections to replicas stay open until it is closed. */
export type Gauge = {
  /** Replicas are asked only `withLag`; otherwise the lag is 0. */
  readonly read: (withLag?: boolean) => Promise<Pressure>
  readonly close: () => Promise<void>
}

/** `options` are those with which the session was opened. */
export function openGauge(
  session: Session,
  dialect: Server['dialect'],
  options: Pick<SessionOptions, 'url' | 'application' | 'tls' | 'timeout'>,
): Gauge {
  const lag = openLagReader(session, dialect, options)
  return {
    read: async (withLag = true) => ({
      ...(await readLoad(session, withLag ? lag : null)),
      // The server does not know who archives its binary log.
      archive: null,
      disk: await freeDisk(session),
    }),
    close: lag.close,
  }
}

/** One reading. What this user may not see counts as 0, except for the lag. */
async function readLoad(
  session: Session,
  lag: LagReader | null,
): Promise<Omit<Pressure, 'archive' | 'disk'>> {
  const { rows } = await session.query(
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_running', 'Innodb_history_list_length')",
  )
  const status = new Map(
    rows.map((row) => [String(row['Variable_name']).toLowerCase(), Number(row['Value'])]),
  )
  const history = status.get('innodb_history_list_length') ?? (await historyLength(session))
  const { dumps, daemons } = await standing(session)
  // One of them is this query itself.
  const running = Math.max(0, (status.get('threads_running') ?? 0) - dumps - daemons - 1)
  const behind = lag ? await lag.read(dumps) : { lag: 0, replicas: 0, reason: null }
  return { ...behind, running, history }
}

/**
 * Endless connections that count as running statements: replicas that read the binary log, and the event scheduler.
 * Measured on MySQL 9.7 and MariaDB 10.11. Without PROCESS the server shows none of them.
 */
async function standing(session: Session): Promise<{ dumps: number; daemons: number }> {
  const { rows } = await session.query(
    `SELECT COUNT(IF(command LIKE 'Binlog Dump%', 1, NULL)) AS dumps, COUNT(IF(command = 'Daemon', 1, NULL)) AS daemons
      FROM information_schema.PROCESSLIST`,
  )
  return { dumps: Number(rows[0]?.['dumps'] ?? 0), daemons: Number(rows[0]?.['daemons'] ?? 0) }
}

/** MariaDB has it among its status variables. MySQL has it only here, and needs PROCESS for it. */
async function historyLength(session: Session): Promise<number> {
  const rows = await permitted(
    session,
    "SELECT count AS length FROM information_schema.INNODB_METRICS WHERE name = 'trx_rseg_history_len'",
  )
  return Number(rows?.[0]?.['length'] ?? 0)
}
