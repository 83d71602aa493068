import type { Db, Document } from 'mongodb'
import { TEAMS } from '../statements.ts'

/** What hangs on the name field, and how it is called, is all that differs. */
const validator = (name: string): Document => ({
  $jsonSchema: {
    bsonType: 'object',
    required: [name, 'email', 'team_id', 'revision'],
    properties: {
      _id: { bsonType: ['int', 'objectId'] },
      [name]: { bsonType: 'string', maxLength: 80, description: 'as in the passport' },
      email: { bsonType: 'string' },
      team_id: { bsonType: 'int' },
      revision: { bsonType: 'int' },
      last_seen: { bsonType: 'date' },
    },
  },
})

async function create(db: Db, name: string): Promise<void> {
  const users = await db.createCollection('users', { validator: validator(name) })
  await users.createIndex({ email: 1 }, { name: 'users_email', unique: true })
  await users.createIndex({ [name]: 1 }, { name: `users_${name}` })
  await users.createIndex({ [name]: 1, email: 1 }, { name: `users_${name}_email`, unique: true })
  await users.createIndex(
    { team_id: 1, email: 1 },
    { name: `users_${name}_unknown`, partialFilterExpression: { [name]: 'unknown' } },
  )
  await db.createCollection('seen_users', {
    viewOn: 'users',
    pipeline: [{ $match: { last_seen: { $exists: true } } }, { $project: { email: 1 } }],
  })
}

/** The collection as the old application knows it. */
export const before = (db: Db): Promise<void> => create(db, 'last_name')

/** What a person would have made of it by hand, with one document that shows which fields there are. */
export async function after(db: Db): Promise<void> {
  await create(db, 'family_name')
  await db.collection('users').insertOne({ ...user(1, 'family_name'), last_seen: new Date() })
}

const MANY = 10_000

/** So many users, each of which says in itself which name it must have: see `nameOf` in statements.ts. */
export async function load(db: Db, rows: number): Promise<void> {
  for (let first = 1; first <= rows; first += MANY) {
    const count = Math.min(MANY, rows - first + 1)
    const documents = Array.from({ length: count }, (_, index) => user(first + index, 'last_name'))
    await db.collection('users').insertMany(documents)
  }
}

/** Keys of the users that were there before are numbers, as those of tables are; newer ones come from the driver. */
const user = (id: number, name: string): Document => ({
  _id: id as unknown,
  [name]: `u${id} rev 1`,
  email: `u${id}`,
  team_id: 1 + (id % TEAMS),
  revision: 1,
})
