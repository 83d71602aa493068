import { execFile } from 'node:child_process'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { until } from './command.ts'
import { startReplicated } from './replicated-mysql.ts'
import { type LocalServer, startServer } from './server.ts'

const run = promisify(execFile)

/** A primary with a standby that follows it without keeping it waiting. */
export type Pair = AsyncDisposable & {
  /** Of the primary. */
  readonly url: string
  /** The same database there, once it has been promoted. */
  readonly promotedUrl: (url: string) => string
  /** From now on the standby gets to know nothing more; all that was committed before it has. */
  readonly cutOff: () => Promise<void>
  /** The primary crashes for good. */
  readonly crash: () => Promise<void>
  /** The standby takes its place. */
  readonly promote: () => Promise<void>
}

const at = (url: string, port: number): string => {
  const there = new URL(url)
  there.port = String(port)
  return there.href
}

export async function startPostgresPair(): Promise<Pair> {
  const primary = await startServer()
  const dir = `${primary.dataDir}-standby`
  let standby: LocalServer | undefined
  const close = async () => {
    await standby?.[Symbol.asyncDispose]()
    await primary[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  }
  try {
    // A copy of a server that is down is a backup, and needs no tool that may be missing.
    await primary.stop()
    await run('cp', ['-a', primary.dataDir, dir])
    await primary.start()
    const conninfo = `host=127.0.0.1 port=${primary.port} user=postgres`
    await writeFile(join(dir, 'standby.signal'), '')
    await appendFile(join(dir, 'postgresql.conf'), `primary_conninfo = '${conninfo}'\n`)
    standby = await startServer({ dir })
  } catch (error) {
    await close()
    throw error
  }
  const follower = standby
  const ask = async (url: string, sql: string) => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    await client.connect()
    return client.query(sql).finally(() => client.end())
  }
  const yes = (url: string, sql: string) => async () => (await ask(url, sql)).rows[0]?.yes === true
  return {
    url: primary.url(),
    promotedUrl: (url) => at(url, follower.port),
    cutOff: async () => {
      // Makes what was committed without waiting for the disk part of what the standby gets.
      const flush =
        "SELECT pg_logical_emit_message(true, '', ''), set_config('synchronous_commit', 'on', false)"
      await ask(primary.url(), flush)
      const { rows } = await ask(primary.url(), 'SELECT pg_current_wal_flush_lsn() AS now')
      await until(
        'the standby is in step',
        yes(follower.url(), `SELECT pg_last_wal_replay_lsn() >= '${rows[0].now}' AS yes`),
      )
      await ask(follower.url(), "ALTER SYSTEM SET primary_conninfo = ''")
      await ask(follower.url(), 'SELECT pg_reload_conf()')
      const alone = 'SELECT count(*) = 0 AS yes FROM pg_stat_wal_receiver'
      await until('the standby is cut off', yes(follower.url(), alone))
    },
    crash: () => primary.stop('immediate'),
    promote: async () => void (await ask(follower.url(), 'SELECT pg_promote()')),
    [Symbol.asyncDispose]: close,
  }
}

export async function startMysqlPair(kind: 'mysql' | 'mariadb'): Promise<Pair> {
  const pair = await startReplicated(kind)
  const { primary, replica, stop, onReplica } = pair
  return {
    url: primary.url(),
    promotedUrl: (url) => at(url, replica.port),
    cutOff: async () => {
      const name = pair.database.name
      // What comes last is there last.
      await pair.database.query('CREATE TABLE in_step (id int)')
      const found = `SELECT 1 FROM information_schema.tables WHERE table_schema = '${name}' AND table_name = 'in_step'`
      await until('the replica is in step', async () => (await onReplica(found)).length > 0)
      await stop('IO')
    },
    crash: () => primary.stop('immediate'),
    // It takes writes as it is.
    promote: async () => undefined,
    [Symbol.asyncDispose]: async () => {
      // Its databases can only be dropped while it runs.
      await primary.start()
      await pair[Symbol.asyncDispose]()
    },
  }
}
