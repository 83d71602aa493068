import { execFile } from 'node:child_process'
import { appendFile, chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { unprivileged } from './binaries.ts'
import { until } from './command.ts'
import { watch } from './daemon.ts'
import { type LocalServer, startServer } from './server.ts'

const run = promisify(execFile)

/** A server that follows another one by streaming. */
export type Standby = LocalServer & {
  /** What it calls itself, and its replication slot on the primary. */
  readonly name: string
  /** As superuser there. Each question on a connection of its own, so it may be stopped in between. */
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>
  /** Goes on receiving, and applies nothing until it is resumed. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  /** Becomes a primary of its own. Resolves when it takes writes; who is connected there stays so. */
  readonly promote: () => Promise<void>
}

/** Of the running server itself, and not of its data. */
const OWN: readonly string[] = ['postmaster.pid', 'postmaster.opts', 'server.log']
/** Written anew by every server; copied, files could vanish meanwhile. */
const EMPTY: readonly string[] = ['pg_replslot', 'pg_stat_tmp']

/** Copies the primary as it runs and starts the copy as its standby, with a slot of that name there. Disposing leaves the slot. */
export async function startStandby(primary: LocalServer, name: string): Promise<Standby> {
  const dir = await mkdtemp(join(tmpdir(), 'standby-'))
  // Copying takes long enough to be killed meanwhile; nobody else removes a directory that was given.
  const watcher = watch({ remove: dir })
  const remove = async () => {
    watcher.kill()
    await rm(dir, { recursive: true, force: true })
  }
  try {
    await copy(primary, dir, name)
    const server = await startServer({ version: primary.version, dir })
    return standby(server, name, remove)
  } catch (error) {
    await remove()
    throw error
  }
}

async function copy(primary: LocalServer, dir: string, name: string): Promise<void> {
  const [start, stop] =
    primary.version < 15
      ? ["pg_start_backup('standby', true, false)", 'pg_stop_backup(false)']
      : ["pg_backup_start('standby', true)", 'pg_backup_stop(false)']
  await using source = await connected(primary.url())
  await source.query(`SELECT pg_create_physical_replication_slot('${name}', true)`)
  await source.query(`SELECT ${start}`)
  const entries = (await readdir(primary.dataDir)).filter((entry) => ![...OWN, ...EMPTY].includes(entry))
  await run('cp', ['-a', ...entries.map((entry) => join(primary.dataDir, entry)), dir])
  const { rows } = await source.query(`SELECT labelfile FROM ${stop}`)
  for (const entry of EMPTY) await mkdir(join(dir, entry), { mode: 0o700 })
  await writeFile(join(dir, 'backup_label'), rows[0].labelfile)
  await writeFile(join(dir, 'standby.signal'), '')
  await appendFile(
    join(dir, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}'
     primary_slot_name = '${name}'
     wal_retrieve_retry_interval = '100ms'\n`,
  )
  const { uid, gid } = await unprivileged()
  const made = ['', 'backup_label', 'standby.signal', ...EMPTY].map((entry) => join(dir, entry))
  if (uid !== undefined && gid !== undefined) for (const path of made) await chown(path, uid, gid)
  await chmod(dir, 0o700)
}

function standby(server: LocalServer, name: string, remove: () => Promise<void>): Standby {
  const query = async (sql: string) => {
    await using client = await connected(server.url())
    return (await client.query(sql)).rows
  }
  const is = async (state: string) => (await query(`SELECT ${state} AS is`))[0]?.['is'] === true
  const extras = {
    name,
    query,
    pause: async () => {
      await query('SELECT pg_wal_replay_pause()')
      await until('it pauses', () => is("pg_get_wal_replay_pause_state() = 'paused'"))
    },
    resume: async () => void (await query('SELECT pg_wal_replay_resume()')),
    promote: async () => {
      await query('SELECT pg_promote()')
      await until('it takes writes', () => is('NOT pg_is_in_recovery()'))
    },
  }
  const dispose = async () => {
    await server[Symbol.asyncDispose]()
    await remove()
  }
  return {
    ...extras,
    version: server.version,
    dataDir: server.dataDir,
    port: server.port,
    url: (database) => server.url(database),
    stop: (mode) => server.stop(mode),
    start: () => server.start(),
    [Symbol.asyncDispose]: dispose,
  }
}

async function connected(connectionString: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end().catch(() => undefined) })
}
