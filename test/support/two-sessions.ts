import type { Engine } from '../../src/dialects/interface/engine.ts'
import { until } from './command.ts'
import { openNear, type Place, type Subject } from './conformance.ts'

/** A database with two rows in `a`, and a second session of the tool beside the first. */
export async function both(subject: Subject) {
  const place = await subject.create()
  await place.query('CREATE TABLE a (id int PRIMARY KEY, n int)')
  await place.query('INSERT INTO a VALUES (1, 1), (2, 2)')
  const engine = await openNear(place)
  const second = await openNear(place)
  return {
    ...place,
    engine,
    second,
    session: engine.session,
    wait: async () => (await engine.session.query(subject.lockLimit)).rows[0]?.['wait'],
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]()
      await second[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

export const waiting = (here: Place, { session }: Pick<Engine, 'session'>) =>
  until('it waits', () => here.waits(session.backend.pid))
