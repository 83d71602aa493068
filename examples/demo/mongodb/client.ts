import { type Collection, type Document, MongoClient } from 'mongodb'
import type { Connection } from '../engine.ts'
import type { Asked, Row, Statement } from '../statements.ts'
import type { Knows } from '../way.ts'

type Statements = Readonly<Record<Statement, (...values: unknown[]) => Promise<Asked>>>

/** The driver takes keys for ids of its own kind. */
const byId = (id: unknown): Document => ({ _id: id })

const about = (count: number): Asked => ({ rows: [], count })

/** The statements of an application that knows only these of the name fields. */
function statementsOn(users: Collection, { reads, writes }: Knows): Statements {
  const named = (name: unknown): Document => Object.fromEntries(writes.map((field) => [field, name]))
  const user = (name: unknown, email: unknown, team: unknown, revision = 1): Document => ({
    ...named(name),
    email,
    team_id: team,
    revision,
  })
  const shown = (found: readonly (Document | null)[]): Asked => {
    const rows = found
      .filter((one) => one !== null)
      .map(({ email, revision, [reads]: name = null }): Row => ({ email, revision, name }))
    return { rows, count: rows.length }
  }
  const find = async (filter: Document): Promise<Asked> => shown(await users.find(filter).toArray())
  /** Another revision: a stage computes all its values from the document before it. */
  const another = (revision: Document, email: unknown): Document => ({
    ...named({ $concat: [email, ' rev ', { $toString: revision }] }),
    revision,
  })
  return {
    read: (id) => find(byId(id)),
    find: (email) => find({ email }),
    newest: async () => shown(await users.find().sort({ _id: -1 }).limit(5).toArray()),
    search: (name) => find({ [reads]: name }),
    rename: async (id) => {
      const set = another({ $add: ['$revision', 1] }, '$email')
      return shown([await users.findOneAndUpdate(byId(id), [{ $set: set }], { returnDocument: 'after' })])
    },
    visit: async (id) => {
      const { matchedCount } = await users.updateOne(byId(id), { $set: { last_seen: new Date() } })
      return about(matchedCount)
    },
    insert: async (...values) => {
      const [name, email, team] = values
      await users.insertOne(user(name, email, team))
      return about(1)
    },
    // No database gives a default here: the application does.
    insertUnnamed: async (email, team) => {
      await users.insertOne(user('unknown', email, team, 0))
      return about(1)
    },
    insertThree: async (...values) => {
      const three = [0, 3, 6].map((at) => user(values[at], values[at + 1], values[at + 2]))
      return about((await users.insertMany(three)).insertedCount)
    },
    save: async (id, _, email, team) => {
      const known = { email: orElse('email', email), team_id: orElse('team_id', team) }
      const set = { ...known, ...another({ $add: [orElse('revision', 0), 1] }, known.email) }
      const { matchedCount, upsertedCount } = await users.updateOne(byId(id), [{ $set: set }], {
        upsert: true,
      })
      return about(matchedCount + upsertedCount)
    },
    delete: async (email) => about((await users.deleteOne({ email })).deletedCount),
  }
}

const orElse = (field: string, value: unknown): Document => ({ $ifNull: [`$${field}`, { $literal: value }] })

export async function connect(url: string, knows: Knows): Promise<Connection> {
  const client = await MongoClient.connect(url, { appName: `app with ${knows.reads}`, maxPoolSize: 1 })
  const statements = statementsOn(client.db().collection('users'), knows)
  return {
    ask: (statement, values) => statements[statement](...values),
    end: () => client.close(),
  }
}
