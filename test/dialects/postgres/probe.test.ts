import { it } from 'vitest'
import { inspect } from '../../../src/dialects/postgres/inspect.ts'
import { createDatabase, describeEachPostgres } from '../../support/databases.ts'
import { plainSession } from '../../support/plain-session.ts'
import { RICH_SCHEMA } from '../../support/rich-schema.ts'
describeEachPostgres('x', (server) => { it('x', async () => {
  await using db = await createDatabase(server)
  for (const s of RICH_SCHEMA) await db.query(s).catch((e) => { throw new Error(`${e.message}: ${s}`) })
  const t = Date.now()
  const snap = await inspect(plainSession(db.client), { schema: 'app', schemas: ['Other "one"'] })
  console.log(Date.now() - t, snap.volatileFunctions.length, JSON.stringify(snap.volatileFunctions).length)
  const { writeFileSync } = await import('node:fs')
  writeFileSync(`/tmp/snap-${server.number}.json`, JSON.stringify(snap, null, 1))
}) })
