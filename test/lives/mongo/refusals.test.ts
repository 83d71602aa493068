import { expect, test } from 'vitest'
import { plan } from '../../support/cli.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'
import { catalogue, runs } from '../../support/mongo-lives.ts'
import { helpers } from '../../support/mongo-lives-runner.ts'
import { exactly, goes, goesBack, goesThrough, says, scene } from '../../support/mongo-scene.ts'

const RENAME = { intents: '- rename_field: { collection: users, from: note, to: remark }' }

describeEachMongo('a plan that is refused', (server) => {
  test('values that cannot be converted are named before anything is written', async () => {
    const documents = [
      { _id: 1, qty: '7' },
      { _id: '$x', qty: 'many' },
      { _id: { part: 2 }, qty: 'few' },
    ]
    await using here = await scene(server, 'stock', documents as object[], {
      intents: `
- change_field_type:
    collection: stock
    field: qty
    to: int
    using: { cast: { column: qty, to: int } }
    back: { cast: { column: qty, to: string } }`,
    })
    const before = [await exactly(here.db, 'stock'), await catalogue(here.db)]
    says(await goes(here, 'backfill', [4]), 'PLAN_POISON', '2 documents', '$x', 'part', 'unparsed')
    expect([await exactly(here.db, 'stock'), await catalogue(here.db)]).toEqual(before)
    expect(await helpers(here.db)).toEqual([])
    await here.db.collection('stock').updateMany({ qty: { $in: ['many', 'few'] } }, { $set: { qty: '12' } })
    await goesThrough(here)
    expect(await here.db.collection('stock').countDocuments({ qty: { $type: 'int' } })).toBe(3)
  })

  test('documents that share a value refuse a unique index, until they are mended', async () => {
    const documents = ['a', 'b', 'a', 'c'].map((email, _id) => ({ _id, email }))
    await using here = await scene(server, 'users', documents as object[], {
      intents: '- add_index: { collection: users, fields: [email], unique: true }',
    })
    const users = here.db.collection('users')
    says(await goes(here, 'enforce', [4]), 'PLAN_DUPLICATE')
    await users.insertOne({ email: 'b' })
    says(await goes(here, 'enforce', [4]), 'PLAN_DUPLICATE')
    await users.deleteMany({ _id: { $nin: [0, 1, 3] as never[] } })
    await goesThrough(here)
    await expect(users.insertOne({ email: 'b' })).rejects.toMatchObject({ code: 11000 })
  })

  test('documents that do not fit refuse a validator, until they are mended', async () => {
    const documents = [{ _id: 1, price: 1 }, { _id: 2, price: 'free' }, { _id: 3 }]
    await using here = await scene(server, 'products', documents as object[], {
      intents:
        '- set_validator: { collection: products, schema: { required: [price], properties: { price: { bsonType: int } } } }',
    })
    const before = await catalogue(here.db)
    says(await goes(here, 'enforce', [4]), '2 documents of products', 'fix them')
    expect(await catalogue(here.db)).toEqual(before)
    await here.db
      .collection('products')
      .updateMany({ price: { $not: { $type: 'int' } } }, { $set: { price: 0 } })
    await goesThrough(here)
    await expect(here.db.collection('products').insertOne({})).rejects.toMatchObject({ code: 121 })
  })

  test('a document that breaks a strict validator already is named, and one under a moderate one is filled', async () => {
    const documents = [
      { _id: 1, note: 'a' },
      { _id: 'odd', note: 5 },
      { _id: 3, note: 'c' },
    ]
    for (const validationLevel of ['strict', 'moderate']) {
      await using here = await scene(server, 'users', documents as object[], RENAME)
      const validator = { $jsonSchema: { properties: { note: { bsonType: 'string' } } } }
      await here.db.command({ collMod: 'users', validator, validationLevel })
      if (validationLevel === 'strict') {
        says(
          await goes(here, 'backfill', [4]),
          'PLAN_POISON',
          '"odd"',
          'breaks the validator',
          'fix the document',
        )
        await here.db.collection('users').updateOne({ _id: 'odd' as never }, { $set: { note: 'five' } })
      }
      await goes(here, 'backfill')
      const filled = await here.db.collection('users').countDocuments({ remark: { $exists: true } })
      expect(filled, validationLevel).toBe(3)
    }
  })

  test('documents that cannot be written are passed over where the plan says so, and named all at once', async () => {
    const documents = [
      { _id: 1, note: 'a' },
      { _id: 'odd', note: 5 },
      { _id: 3, note: 'c' },
      { _id: 'even', note: 6 },
    ]
    await using here = await scene(server, 'users', documents as object[], {
      ...RENAME,
      backfill: ', on_error: quarantine',
    })
    const users = here.db.collection('users')
    await here.db.command({
      collMod: 'users',
      validator: { $jsonSchema: { properties: { note: { bsonType: 'string' } } } },
    })
    says(await goes(here, 'backfill', [4]), '2 documents of users cannot be converted', '"even" | _id "odd"')
    expect(await users.countDocuments({ remark: { $exists: true } })).toBe(2)
    await users.updateOne({ _id: 'odd' as never }, { $set: { note: 'five' } })
    says(await goes(here, 'backfill', [4]), '1 document of users cannot be converted: _id "even"')
    await users.updateOne({ _id: 'even' as never }, { $set: { note: 'six' } })
    await goesThrough(here)
    expect(await users.countDocuments({ remark: { $exists: true }, note: { $exists: false } })).toBe(4)
  })

  test('a document that would grow past 16 MB is named, and nothing of it is lost', async () => {
    const documents = [
      { _id: 'a', note: 'short' },
      { _id: 'large', note: 'x'.repeat(9_000_000) },
      { _id: 'z', note: 'short' },
    ]
    await using here = await scene(server, 'users', documents as object[], RENAME)
    const users = here.db.collection('users')
    says(await goes(here, 'backfill', [4]), 'PLAN_POISON', '"large"', '16 MB', 'smaller')
    expect(String((await users.findOne({ _id: 'large' as never }))?.['note']).length).toBe(9_000_000)
    await users.updateOne({ _id: 'large' as never }, [{ $set: { note: { $substrCP: ['$note', 0, 100] } } }])
    await goesThrough(here)
    expect(await users.countDocuments({ remark: { $exists: true }, note: { $exists: false } })).toBe(3)
  })

  const HELD = {
    'a field with an index': '- drop_field: { collection: stock, field: qty }',
    'a field that nothing hangs on': '- drop_field: { collection: stock, field: note }',
    'values before their conversion': `
- change_field_type:
    collection: stock
    field: qty
    to: int
    using: { cast: { column: qty, to: int } }
    back: { cast: { column: qty, to: string } }`,
  }

  for (const [what, intents] of Object.entries(HELD))
    test(`${what}: held, and back until the time is up`, async () => {
      const documents = [{ _id: 1, qty: '007', note: 'a' }, { _id: 2, qty: '5', note: null }, { _id: 3 }]
      await using here = await scene(server, 'stock', documents as object[], {
        intents,
        more: 'contract: { hold: 1h }',
      })
      await here.db.collection('stock').createIndex({ qty: 1 })
      const before = [await exactly(here.db, 'stock'), await catalogue(here.db)]
      await goes(here, 'verify')
      for (const _ of [1, 2])
        says(await goes(here, 'contract', [3]), 'the retired shape is kept for another', 'plan rollback')
      await goesBack(here)
      expect([await exactly(here.db, 'stock'), await catalogue(here.db)]).toEqual(before)
      expect(await helpers(here.db)).toEqual([])
    })

  test('values that were there before are not taken for those that were filled in, unless somebody agrees', async () => {
    const documents = [{ _id: 1, roles: ['user'] }, { _id: 2 }, { _id: 3, roles: ['admin'] }]
    await using here = await scene(server, 'users', documents as object[], {
      intents: '- add_field: { collection: users, field: roles, fill: { pipeline: [user] } }',
    })
    const found = () => here.db.collection('users').find().sort({ _id: 1 }).toArray()
    await goes(here, 'expand')
    await runs(here, ['rollback', 'life'])
    expect(await found()).toEqual(documents)
    await goes(here, 'backfill')
    const asked = await runs(here, ['rollback', 'life', '--app-is-back'], [2])
    says(asked, 'even where the application wrote them', '2 documents')
    expect(await found()).toHaveLength(3)
    await goesBack(here)
    expect(await found()).toEqual([{ _id: 1 }, { _id: 2 }, { _id: 3, roles: ['admin'] }])
  })

  test('what is written once somebody was asked about losses is not lost unseen', async () => {
    await using here = await scene(server, 'users', [{ _id: 1 }, { _id: 2 }] as object[], {
      intents: '- add_field: { collection: users, field: role, fill: { literal: user } }',
    })
    const users = here.db.collection('users')
    await goes(here, 'backfill')
    let writes = 0
    // The look for drift comes behind the question, and before anything is undone.
    const faults = async (point: string) => {
      if (writes > 0 || point !== 'before listIndexes users') return
      writes++
      await users.updateOne({ _id: 2 as never }, { $set: { role: 'canary' } })
    }
    const ended = await plan(here.database, here.folder.path, ['rollback', 'life', '--app-is-back'], {
      faults,
    })
    expect([ended.status, writes]).toEqual([2, 1])
    says(ended, 'to be undone, more was written that going back would lose', '1 document')
    expect(ended.err).not.toContain('canary')
    expect(await users.countDocuments({ role: 'canary' })).toBe(1)
    await goesBack(here)
    expect(await users.countDocuments({ role: { $exists: true } })).toBe(0)
  })
})
