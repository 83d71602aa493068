import pg from 'pg'

/** Longest wait for the second connection's answer, milliseconds: a pool may have no session left for it. */
const PATIENCE = 2_000

/** A pool that others use, too, may give the right session by chance. */
const TRIES = 5

/** `session`: a pooler that keeps one session for us. `shared`: a pooler that may use another one for each transaction. */
type Way = 'direct' | 'session' | 'shared'

/**
 * What is between us and the server. This is found out before any setting is made, because a pool would pass settings on
 * to others. The server tells the driver the session's process id; a pooler has to invent one, so that a cancel request
 * can be routed. `timeout`: longest wait for the first connection's answer, milliseconds.
 */
export async function wayOf(client: pg.Client, config: pg.ClientConfig, timeout: number): Promise<Way> {
  const { processID } = client as pg.Client & { readonly processID: number | null }
  const first = await pid(client, timeout)
  if (first === processID) return 'direct'
  return (await isShared(client, first, config)) ? 'shared' : 'session'
}

/**
 * A second connection takes a session and keeps it. If that is our session, or ours then is another one, ours was shared.
 */
async function isShared(client: pg.Client, first: number, config: pg.ClientConfig): Promise<boolean> {
  const other = new pg.Client({ ...config, connectionTimeoutMillis: PATIENCE, query_timeout: PATIENCE })
  other.on('error', () => {})
  try {
    // A user who cannot open a second session has the first one alone.
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
    // A pooler in statement mode refuses to begin a transaction; one without a free session does not answer.
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
