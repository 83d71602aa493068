import { afterAll, beforeAll } from 'vitest'
import type { Pressure } from '../../../src/dialects/interface/pressure.ts'
import { openSession } from '../../../src/dialects/postgres/connect/session.ts'
import { openGauge } from '../../../src/dialects/postgres/observe/pressure.ts'
import { until } from '../../support/command.ts'
import { createDatabase } from '../../support/databases.ts'
import { type LocalServer, type ServerOptions, startServer } from '../../support/server.ts'

export const LIMITS = { maxLag: 1_000, maxRunning: 100, maxHistory: null, maxBlocked: null }

/** A session, and what reads the pressure of its server. */
export async function gauge({ url }: { readonly url: string }, application = 'plan test') {
  const session = await openSession({ url, application, tls: null })
  const read = openGauge(session)
  return { read: (withLag = true) => read(withLag), [Symbol.asyncDispose]: () => session.close() }
}

export type Read = () => Promise<Pressure>

/** What is read once it is as described. */
export const comes = (what: string, read: Read, fits: (pressure: Pressure) => boolean) =>
  until(what, async () => {
    const pressure = await read()
    return fits(pressure) && pressure
  })

/** A login that may see what everybody may. */
export async function visitor(server: LocalServer, role: string) {
  await using database = await createDatabase({ url: server.url() })
  await database.query(`CREATE ROLE ${role} LOGIN`)
  const url = new URL(server.url())
  url.username = role
  return { url: url.href, database }
}

export function suiteServer(options: ServerOptions): () => LocalServer {
  let server: LocalServer | undefined
  beforeAll(async () => {
    server = await startServer(options)
  })
  afterAll(() => server?.[Symbol.asyncDispose]())
  return () => server as LocalServer
}
