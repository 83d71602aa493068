import { access } from 'node:fs/promises'
import type { Pressure } from '../../backfill/pressure.ts'
import { diskHere } from '../disk.ts'
import type { Session } from '../session.ts'
import { readArchive } from './archive.ts'
import { openLagReader } from './replicas.ts'

/** Reads how the server bears the backfill. Replicas are looked at only `withLag`: without, it counts as none. */
export function openGauge(session: Session): (withLag: boolean) => Promise<Pressure> {
  const readLag = openLagReader(session)
  return async (withLag) => ({
    ...(withLag ? await readLag() : { lag: 0, replicas: 0, reason: null }),
    running: await othersRunning(session),
    history: 0,
    archive: await readArchive(session),
    disk: await readDisk(session),
  })
}

/** Without pg_monitor the server shows only what this user itself runs. */
async function othersRunning(session: Session): Promise<number> {
  const { rows } = await session.query(
    `SELECT count(*)::int AS running FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active'
      AND pid <> pg_backend_pid() AND NOT (datname = current_database() AND application_name LIKE 'plan %')`,
  )
  return Number(rows[0]?.['running'])
}

/** The server names its directory to members of pg_monitor only. */
async function readDisk(session: Session): Promise<Pressure['disk']> {
  const { rows } = await session.query(
    "SELECT coalesce(host(inet_server_addr()), 'localhost') AS address, (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS directory",
  )
  const { address, directory } = rows[0] ?? {}
  return (await isHere(session.backend.pid))
    ? diskHere(String(address), (directory ?? null) as string | null)
    : null
}

/** Through a tunnel a server elsewhere has the same address, and its processes are not here: where there is /proc, that shows. */
const isHere = async (pid: number): Promise<boolean> =>
  !(await exists('/proc/self')) || (await exists(`/proc/${pid}`))

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
