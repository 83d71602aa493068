import { type Document, Long } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { recognise } from '../../../src/dialects/mongodb/connect/errors.ts'
import { inspect } from '../../../src/dialects/mongodb/inspect/inspect.ts'

/** What a server would answer, by the command's name; nobody has a server of every kind at hand. */
type Answers = Readonly<Record<string, Document | readonly Document[] | number>>

const SERVER: Answers = {
  hello: { setName: 'rs0', lastWrite: { majorityWriteDate: new Date(0) } },
  buildInfo: { version: '7.0.5', storageEngines: ['devnull', 'wiredTiger'] },
  listCollections: [{ name: 'users', type: 'collection', options: {} }],
  listIndexes: [],
  $collStats: [],
  $changeStream: { cursor: { id: Long.fromNumber(7) } },
  killCursors: {},
  find: [],
}

const REFUSED = 13

/** Asks a server that answers so; a number is that of its error. */
function asking(answers: Answers, ...tables: readonly string[]) {
  const asked: Document[] = []
  const answer = async (command: Document) => {
    asked.push(command)
    const [name = ''] = Object.keys(command['pipeline']?.[0] ?? command)
    const found = { ...SERVER, ...answers }[name]
    if (typeof found === 'number' || found === undefined) throw recognise({ code: found ?? 59 }, name)
    return found
  }
  const session = {
    db: { databaseName: 'app' },
    command: answer,
    documents: answer,
  } as unknown as Parameters<typeof inspect>[0]
  return {
    asked,
    session,
    snapshot: inspect(session, { tables: tables.map((name) => ({ schema: 'app', name })) }),
  }
}

const serverOf = async (answers: Answers) => (await asking(answers).snapshot).server
const usersOf = async (answers: Answers) => (await asking(answers, 'users').snapshot).collections?.[0]

describe('a server', () => {
  it('has a version that can be compared', async () => {
    expect((await serverOf({})).number).toBe(70_005)
    expect((await serverOf({ buildInfo: { version: '8.2.10-rc1' } })).number).toBe(80_210)
  })

  it('can all of it from 6.0 on, as a replica set', async () => {
    expect((await serverOf({})).can).toEqual([
      'change streams',
      'staged unique',
      'hidden indexes',
      'member lag',
    ])
  })

  it('does not build unique indexes by stages before 6.0, or where it stores in another way', async () => {
    const wiredTiger = { storageEngines: ['wiredTiger'] }
    expect((await serverOf({ buildInfo: { version: '5.0.0', ...wiredTiger } })).can).not.toContain(
      'staged unique',
    )
    const other = { version: '7.0.0', storageEngines: ['documentdb'] }
    expect((await serverOf({ buildInfo: other })).can).not.toContain('staged unique')
    expect((await serverOf({ buildInfo: { version: '7.0.0' } })).can).not.toContain('staged unique')
  })

  it('builds unique indexes by stages as the version that it works as, and not as the one that it is', async () => {
    const buildInfo = { version: '6.0.15', storageEngines: ['wiredTiger'] }
    const works = async (as: Document | number) =>
      (await serverOf({ buildInfo, getParameter: as })).can?.includes('staged unique')
    const version = (of: object) => ({ featureCompatibilityVersion: of })
    expect(await works(version({ version: '6.0' }))).toBe(true)
    expect(await works(version({ version: '5.0' }))).toBe(false)
    expect(await works(version({ version: '5.0', targetVersion: '6.0' }))).toBe(false)
    expect(await works(version({ version: '6.0', targetVersion: '5.0' }))).toBe(false)
    expect(await works(REFUSED)).toBe(false)
  })

  it('hides no index before 4.4', async () => {
    expect((await serverOf({ buildInfo: { version: '4.2.24' } })).can).not.toContain('hidden indexes')
  })

  it('hides only indexes that are not unique where it stores in another way', async () => {
    const { can } = await serverOf({ buildInfo: { version: '7.0.0', storageEngines: ['documentdb'] } })
    expect(can).toContain('hidden plain indexes')
    expect(can).not.toContain('hidden indexes')
  })

  it('cannot be followed where it stands alone, and is not even asked', async () => {
    const { asked, snapshot } = asking({ hello: {} })
    expect((await snapshot).server).toMatchObject({
      topology: 'standalone',
      can: ['staged unique', 'hidden indexes'],
    })
    expect(JSON.stringify(asked)).not.toContain('$changeStream')
  })

  it('cannot be followed where it refuses', async () => {
    for (const number of [REFUSED, 40_573, 115, 50])
      expect((await serverOf({ $changeStream: number })).can).not.toContain('change streams')
  })

  it('is not left with an open stream', async () => {
    const { asked, snapshot } = asking({})
    await snapshot
    expect(asked).toContainEqual({ killCursors: 'plan_tokens', cursors: [Long.fromNumber(7)] })
  })

  it('tells how far its members are where either command does', async () => {
    const silent = { hello: { setName: 'rs0' } }
    expect((await serverOf({ ...silent, replSetGetStatus: {} })).can).toContain('member lag')
    expect((await serverOf({ ...silent, replSetGetStatus: REFUSED })).can).not.toContain('member lag')
  })

  it('fails where the connection is lost, instead of seeming to have nothing', async () => {
    const lost = { code: 'PLAN_TEMPORARY' }
    await expect(asking({ $changeStream: 91 }).snapshot).rejects.toMatchObject(lost)
    for (const name of ['listCollections', 'listIndexes', '$collStats'])
      await expect(asking({ [name]: 91 }, 'users').snapshot, name).rejects.toMatchObject(lost)
    await expect(asking({ listIndexes: 50 }, 'users').snapshot).rejects.toMatchObject(lost)
  })

  it('is not asked again for what it can before every step', async () => {
    const { asked, snapshot } = asking({}, 'users')
    await snapshot
    expect(JSON.stringify(asked)).not.toContain('$changeStream')
  })
})

describe('a collection', () => {
  const encrypted = async (options: Document) =>
    (await usersOf({ listCollections: [{ name: 'users', type: 'collection', options }] }))?.encrypted === true
  const ssn = { encrypt: { bsonType: 'string', algorithm: 'AEAD_AES_256_CBC_HMAC_SHA_512-Random' } }

  it('is encrypted where its options or its validator tell clients so, wherever that stands', async () => {
    for (const options of [
      { encryptedFields: { fields: [] } },
      { validator: { $jsonSchema: { properties: { ssn } } } },
      { validator: { $and: [{ a: 1 }, { $jsonSchema: { allOf: [{ encryptMetadata: {} }] } }] } },
      { validator: { $jsonSchema: { properties: { list: { items: [{ properties: { ssn } }] } } } } },
    ])
      expect(await encrypted(options), JSON.stringify(options)).toBe(true)
  })

  it('is not where only a field is called so', async () => {
    for (const options of [
      {},
      { validator: { encrypt: { $exists: true } } },
      {
        validator: { $jsonSchema: { properties: { encrypt: { bsonType: 'bool' } }, required: ['encrypt'] } },
      },
      { validator: { $jsonSchema: { properties: { a: { enum: [{ encrypt: 1 }] } } } } },
    ])
      expect(await encrypted(options), JSON.stringify(options)).toBe(false)
  })
})

describe('without privileges', () => {
  it('nothing is there', async () => {
    const { snapshot } = asking({ listCollections: REFUSED }, 'users')
    expect(await snapshot).toMatchObject({ collections: [], server: { topology: 'replica set' } })
  })

  it('sizes and indexes are not known', async () => {
    expect(await usersOf({ $collStats: REFUSED, listIndexes: REFUSED })).toMatchObject({
      documents: -1,
      bytes: 0,
      indexes: [],
    })
  })

  it('it has no shard key', async () => {
    expect(await usersOf({ ...SHARDED, find: REFUSED })).toMatchObject({ shardKey: null })
  })
})

/** A router stores nothing. */
const SHARDED: Answers = {
  hello: { msg: 'isdbgrid', topologyVersion: { counter: Long.fromNumber(0) } },
  buildInfo: { version: '7.0.5' },
}

describe('behind a router', () => {
  it('servers can be followed, but no member tells how far it is', async () => {
    expect(await serverOf(SHARDED)).toMatchObject({
      topology: 'sharded',
      can: ['change streams', 'staged unique', 'hidden indexes'],
    })
  })

  it('servers stage unique indexes as the version that their settings say', async () => {
    const works = async (find: readonly Document[] | number) => {
      const { asked, snapshot } = asking({ ...SHARDED, buildInfo: { version: '6.0.15' }, find })
      const { can } = (await snapshot).server
      expect(asked).toContainEqual({ find: 'system.version', filter: { _id: 'featureCompatibilityVersion' } })
      return can?.includes('staged unique')
    }
    expect(await works([{ version: '6.0' }])).toBe(true)
    expect(await works([{ version: '5.0' }])).toBe(false)
    expect(await works([])).toBe(false)
    expect(await works(REFUSED)).toBe(false)
  })

  it('what only calls itself a router is no MongoDB', async () => {
    const { can } = await serverOf({ ...SHARDED, hello: { msg: 'isdbgrid' } })
    expect(can).not.toContain('staged unique')
    expect(can).not.toContain('hidden indexes')
  })

  it('a collection has a shard key', async () => {
    const find = [{ _id: 'app.users', key: { country: 1, email: 'hashed' } }]
    const { asked, snapshot } = asking({ ...SHARDED, find }, 'users')
    expect((await snapshot).collections?.[0]).toMatchObject({ shardKey: ['country', 'email'] })
    expect(asked).toContainEqual({ find: 'collections', filter: { _id: { $in: ['app.users'] } } })
  })

  it('one that is gone from the shards, or on one of them only, has none', async () => {
    for (const more of [{ dropped: true }, { unsplittable: true }])
      expect(
        await usersOf({ ...SHARDED, find: [{ _id: 'app.users', key: { _id: 1 }, ...more }] }),
      ).toMatchObject({
        shardKey: null,
      })
  })

  it('the sizes of all shards are counted', async () => {
    const shard = {
      storageStats: { count: 5, size: 100, storageSize: Long.fromNumber(60), totalIndexSize: 7 },
    }
    expect(await usersOf({ ...SHARDED, $collStats: [shard, shard] })).toMatchObject({
      documents: 10,
      bytes: 134,
    })
  })
})

it('a collection of the same name in another database is not the one that was asked for', async () => {
  const { session, snapshot } = asking({})
  await snapshot
  const found = await inspect(session, { tables: [{ schema: 'other', name: 'users' }] })
  expect(found.collections).toEqual([])
})
