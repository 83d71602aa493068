import type { Engine } from '../engine.ts'
import { catalogue } from './catalogue.ts'
import { connect } from './client.ts'
import { after, before, load } from './schema.ts'
import { connected, serve } from './server.ts'
import { way } from './way.ts'

const ROWS = 30_000

const NOTE = 'writers wait here while an index is built; MongoDB builds it beside them'

export const mongodb: Engine = {
  rows: ROWS,
  way,
  plan: new URL('rename-last-name.yaml', import.meta.url),
  start: async () => {
    const server = await serve()
    const stands = server.engine === 'documentdb'
    return {
      name: `${server.name} ${server.whose}${stands ? ', in the place of MongoDB (PostgreSQL behind its protocol)' : ''}`,
      ...(stands && { note: NOTE }),
      url: (database) => server.url(database),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
  load: async (server, busy, byHand) => {
    await connected(server.url(busy), async (db) => {
      await before(db)
      await load(db, ROWS)
    })
    await connected(server.url(byHand), after)
  },
  catalogue: (url) => connected(url, catalogue),
  connect,
}
