import type { MongoSession } from './mongo-session.ts'

/** The server's clock, milliseconds since 1970. */
export async function now({ command }: MongoSession): Promise<number> {
  const { localTime } = await command({ hello: 1 }, { on: 'admin' })
  return Number(localTime)
}
