import pg from 'pg'

/** Longest wait for an answer of the second connection, milliseconds: a pool may have no session left for it. */
const PATIENCE = 2_000

/** A pool that others use as well may by chance give the right session. */
const TRIES = 5

/** `session`: a pooler that keeps a session for as long as we stay. `shared`: one that gives each transaction another. */
type Way = 'direct' | 'session' | 'shared'

/**
 * What stands between us and the server, found before any setting is made that a pool would hand to others. The server tells
 * the driver the process id of the session; a pooler has to make one up, so that a cancel request finds its way. `timeout`:
 * longest wait for an answer of the first connection, milliseconds.
 */
export async function wayOf(client: pg.Client, config: pg.ClientConfig, timeout: number): Promise<Way> {
  const { processID } = client as pg.Client & { readonly processID: number | null }
  const first = await pid(client, timeout)
  if (first === processID) return 'direct'
  return (await isShared(client, first, config)) ? 'shared' : 'session'
}

/** Another connection takes a session and keeps it. If ours is the same or now another one, it was never ours alone. */
async function isShared(client: pg.Client, first: number, config: pg.ClientConfig): Promise<boolean> {
  const other = new pg.Client({ ...config, connectionTimeoutMillis: PATIENCE, query_timeout: PATIENCE })
  other.on('error', () => {})
  try {
    // Whoever cannot have a second session has one that is its own.
    const connected = await other.connect().catch((error: Error) => error)
    if (connected instanceof Error) return false
    for (let tries = 0; tries < TRIES; tries++) {
      await other.query('BEGIN')
      const shared = (await pid(other)) === first || (await pid(client)) !== first
      await other.query('ROLLBACK')
      if (shared) return true
    }
    return false
  } catch (error) {
    // A pooler of statements refuses to begin a transaction; one that has no session left does not answer.
    return error instanceof pg.DatabaseError
  } finally {
    await other.end().catch(() => {})
  }
}

const pid = async (client: pg.Client, timeout = PATIENCE): Promise<number> => {
  const asked = { text: 'SELECT pg_catalog.pg_backend_pid() AS pid', query_timeout: timeout }
  const { rows } = await client.query<{ pid: number }>(asked)
  return rows[0]?.pid ?? Number.NaN
}
