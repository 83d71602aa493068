import { expect, it } from 'vitest'
import { done, refused } from '../../support/command.ts'
import { MONGO_PLAN, mongoBench } from '../../support/mongo-bench.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'

const plan = (intents: string): string =>
  `version: 1\nname: room\nintents:\n  - ${intents}\nbackfill: { quiet: 0s }\n`
const EXPAND = ['advance', MONGO_PLAN, '--phase', 'expand'] as const

describeEachMongo('before anything is written', (server) => {
  it('documents are named that would be too large with both shapes', async () => {
    const large = Array.from({ length: 3 }, (_, n) => ({
      _id: (n + 10) as never,
      last_name: 'x'.repeat(n === 1 ? 9_000_000 : 5),
    }))
    const text = plan('rename_field: { collection: users, from: last_name, to: family_name }')
    await using here = await mongoBench(server, 1, text)
    await here.db.collection('users').dropIndexes()
    await here.db.collection('users').insertMany(large)
    refused(await here.plan(...EXPAND), 4, 'PLAN_POISON', /larger than 16 MB .*\(11\)/)
    await here.db.collection('users').updateOne({ _id: 11 as never }, { $set: { last_name: 'short' } })
    done(await here.plan(...EXPAND))
  })

  it('documents are named that share a value of a unique index', async () => {
    const rows = [1, 2, 3, 4].map((n) => ({
      _id: n as never,
      mail: n === 3 ? 'm1' : `m${n}`,
      last_name: 'x',
    }))
    await using here = await mongoBench(
      server,
      rows,
      plan('add_index: { collection: users, fields: { mail: 1 }, unique: true }'),
    )
    const ended = refused(await here.plan(...EXPAND), 4, 'PLAN_DUPLICATE', '(1 and 3)')
    expect(ended.err).not.toContain('m1')
    await here.db.collection('users').updateOne({ _id: 3 as never }, { $set: { mail: 'm3' } })
    done(await here.plan(...EXPAND))
    // Who comes meanwhile is named when the index is built.
    await here.db.collection('users').insertOne({ _id: 9 as never, mail: 'm2' })
    refused(await here.plan('advance', MONGO_PLAN, '--phase', 'enforce'), 4, 'PLAN_DUPLICATE', '(2 and 9)')
    await here.db.collection('users').deleteOne({ _id: 9 as never })
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'enforce'))
  })

  it('documents are named that a change in place would make alike in a unique index', async () => {
    const rows = [1, 2, 3].map((n) => ({ _id: n as never, code: n === 3 ? 1 : String(n), last_name: 'x' }))
    const change =
      'change_field_type: { collection: users, field: code, to: int, using: { pipeline: { $toInt: { $trim: { input: $code } } } }, back: { pipeline: { $toString: $code } } }'
    await using here = await mongoBench(server, rows, plan(change))
    await here.db.collection('users').createIndex({ code: 1 }, { unique: true })
    refused(await here.plan(...EXPAND), 4, 'PLAN_DUPLICATE', '(1 and 3)')
    await here.db.collection('users').deleteOne({ _id: 3 as never })
    done(await here.plan(...EXPAND))
    // Who comes meanwhile is named by the backfill.
    await here.db.collection('users').insertOne({ _id: 9 as never, code: 2 })
    done(await here.plan('confirm', 'dual-write', '--by', 'me', '--plan', 'room'))
    const backfill = ['advance', MONGO_PLAN, '--phase', 'backfill'] as const
    refused(await here.plan(...backfill), 4, 'PLAN_POISON', /_id 2 stays as it is: .*must be unique/)
  })
})
