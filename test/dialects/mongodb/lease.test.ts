import { expect, it } from 'vitest'
import { openLeases } from '../../../src/dialects/mongodb/ledger/lease.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'

const self = (id: string) => ({ id, pid: 1, application: 'plan' })
const nobody = async () => false

describeEachMongo('a session that holds no plan', (server) => {
  it('can be seen by others until it ends', async () => {
    await using database = await mongoDatabase(server)
    const [one, other] = [
      openLeases(database.db, 'plan', self('one')),
      openLeases(database.db, 'plan', self('other')),
    ]
    expect(await other.holds('one')).toBe(false)
    await one.present()
    await one.present()
    expect(await other.holds('one')).toBe(true)
    await one.close()
    expect(await other.holds('one')).toBe(false)
  })

  it('leaves nothing behind for long when it dies without a word', async () => {
    await using database = await mongoDatabase(server)
    const locks = database.db.collection('plan_locks')
    const dead = openLeases(database.db, 'plan', self('dead'))
    await dead.present()
    const next = openLeases(database.db, 'plan', self('next'))
    expect(await next.take('rename', nobody)).toBe(true)
    expect(await locks.countDocuments()).toBe(2)
    await locks.updateOne({ holder: 'dead' }, { $set: { until: new Date(0) } })
    const last = openLeases(database.db, 'plan', self('last'))
    await last.present()
    expect(await next.holds('dead')).toBe(false)
    expect((await locks.find().toArray()).map(({ holder }) => holder).sort()).toEqual(['last', 'next'])
    for (const leases of [dead, next, last]) await leases.close()
    expect(await locks.countDocuments()).toBe(0)
  })
})
