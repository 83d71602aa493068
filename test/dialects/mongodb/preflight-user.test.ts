import type { Document } from 'mongodb'
import { expect, it } from 'vitest'
import { privileges } from '../../../src/dialects/mongodb/inspect/privileges.ts'
import { otherMongo } from '../../support/mongo-databases.ts'
import { describeHooked, type Hooked, isCurrentOp } from './hooked.ts'
import { notOk as allNotOk, look, one } from './looked.ts'

/** Who else there is that server does not say; what that means has a test of its own. */
const notOk = (checks: Parameters<typeof allNotOk>[0]): string[] =>
  allNotOk(checks).filter((one) => one !== 'ledger writers warning')

/** The login is that of `planner`, with these privileges. */
const grant = (server: Hooked, privileges: readonly Document[]) =>
  server.change('connectionStatus', (answer) => {
    answer['authInfo'] = {
      authenticatedUsers: [{ user: 'planner', db: 'admin' }],
      authenticatedUserRoles: [],
      authenticatedUserPrivileges: privileges,
    }
  })

const WRITE = ['find', 'insert', 'update', 'remove', 'listIndexes', 'listCollections']
const CHANGE = ['collMod', 'createIndex', 'dropIndex']
const HELPFUL = ['changeStream', 'indexStats', 'collStats', 'bypassDocumentValidation']
const SEES = { resource: { cluster: true }, actions: ['inprog', 'killop'] }

await describeHooked('what a user may do', 'replica set', (server) => {
  const all = { resource: { db: 'app', collection: '' }, actions: [...WRITE, ...CHANGE, ...HELPFUL] }
  const profile = { resource: { db: 'app', collection: 'system.profile' }, actions: ['find'] }

  it('is enough with the privileges of the database, and those to see others', async () => {
    await using other = await otherMongo(server)
    await other.db.createCollection('people')
    grant(server, [all, profile, SEES])
    expect(notOk(await look(server))).toEqual([])
  })

  it('is not enough to change collections with readWrite alone, and the hint adds what is missing', async () => {
    grant(server, [{ ...all, actions: [...WRITE, 'createIndex', 'dropIndex'] }, profile, SEES])
    const checks = await look(server)
    expect(notOk(checks)).toEqual(['privileges failed', 'helpful privileges warning'])
    expect(one(checks, 'privileges')).toMatchObject({
      says: 'this user has no collMod on app.people',
      hint: [
        'db.getSiblingDB("app").createRole({"role":"plan_people","privileges":[{"resource":{"db":"app","collection":"people"},',
        '"actions":["collMod","changeStream","indexStats","collStats","bypassDocumentValidation"]}],"roles":[]}); ',
        'db.getSiblingDB("admin").grantRolesToUser("planner", [{"role":"plan_people","db":"app"}])',
      ].join(''),
    })
  })

  it('has to pass validators by where values change their type in place: going back needs that, and comes too late to ask', async () => {
    await using other = await otherMongo(server)
    await other.db.createCollection('people')
    const actions = all.actions.filter((one) => one !== 'bypassDocumentValidation')
    grant(server, [{ ...all, actions }, profile, SEES])
    expect(notOk(await look(server))).toEqual(['helpful privileges warning'])
    const found = await look(server, ['people'], true)
    expect(notOk(found)).toEqual(['privileges failed'])
    expect(one(found, 'privileges')?.says).toBe('this user has no bypassDocumentValidation on app.people')
  })

  it('is said to be that of others, too, where the server does not tell who may write the ledger', async () => {
    grant(server, [all, profile, SEES])
    expect(one(await look(server), 'ledger writers')).toMatchObject({
      outcome: 'warning',
      lasting: true,
      says: expect.stringContaining('this user may not see who else may write to the ledger'),
      hint: expect.stringContaining('version control'),
    })
  })

  it('is seen for the ledger by itself: of the database, or of collections that are made already', async () => {
    const people = { ...all, resource: { db: 'app', collection: 'people' } }
    const lists = { resource: { db: 'app', collection: '' }, actions: ['listCollections'] }
    grant(server, [people, lists, profile, SEES])
    const without = await look(server)
    expect(notOk(without)).toEqual(['ledger failed', 'side collections warning'])
    expect(one(without, 'ledger')).toMatchObject({
      says: 'collections plan_… in app need find, insert, update, remove',
      hint: 'db.getSiblingDB("admin").grantRolesToUser("planner", [{"role":"readWrite","db":"app"}])',
    })
    await using other = await otherMongo(server)
    await other.db.createCollection('plan_plans')
    await other.db.createCollection('planes')
    grant(server, [
      people,
      lists,
      profile,
      SEES,
      { ...all, resource: { db: 'app', collection: 'plan_plans' } },
    ])
    expect(one(await look(server), 'ledger')?.outcome).toBe('ok')
    await other.db.createCollection('plan_steps')
    expect(one(await look(server), 'ledger')?.outcome).toBe('failed')
    for (const name of ['plan_plans', 'plan_steps', 'planes']) await other.db.dropCollection(name)
  })

  it('does not suffice where collections may not be listed', async () => {
    grant(server, [
      { ...all, actions: all.actions.filter((action) => action !== 'listCollections') },
      profile,
      SEES,
    ])
    expect(notOk(await look(server))).toEqual(['privileges failed'])
  })

  it('shows with the first question to a server that wants a login, when there is none', async () => {
    server.refuse((_, name) => name === 'listCollections')
    expect(one(await look(server), 'privileges')).toMatchObject({
      outcome: 'failed',
      hint: 'log in as a user with read on app',
    })
  })

  it('is said to be unknown where the server does not tell', async () => {
    server.refuse((_, name) => name === 'connectionStatus')
    expect(notOk(await look(server))).toEqual(['login warning'])
  })

  it('leaves dead runners to their lease when others are not shown', async () => {
    grant(server, [all])
    server.refuse(isCurrentOp)
    const checks = await look(server)
    expect(notOk(checks)).toEqual(['other sessions warning', 'profiler warning'])
    expect(one(checks, 'other sessions')).toMatchObject({
      lasting: true,
      says: expect.stringMatching(/noticed only when its lease runs out/),
      hint: expect.stringMatching(/"resource":\{"cluster":true\},"actions":\["inprog","killop"\]/),
    })
    expect(one(checks, 'profiler')).toMatchObject({
      lasting: true,
      hint: expect.stringMatching(/system\.profile/),
    })
  })

  it('says that operations of others cannot be ended', async () => {
    grant(server, [all, profile, { ...SEES, actions: ['inprog'] }])
    expect(one(await look(server), 'other sessions')).toMatchObject({
      outcome: 'warning',
      says: expect.stringMatching(/may not end/),
    })
  })

  it.each<[string, Document, boolean]>([
    ['this collection', { db: 'app', collection: 'people' }, true],
    ['another one', { db: 'app', collection: 'houses' }, false],
    ['this collection of any database', { db: '', collection: 'people' }, true],
    ['any of this database', { db: 'app', collection: '' }, true],
    ['any of another one', { db: 'shop', collection: '' }, false],
    ['any of any database', { db: '', collection: '' }, true],
    ['the cluster', { cluster: true }, false],
    ['anything', { anyResource: true }, true],
  ])('covers a collection, or not, when it is granted on %s', (_, resource, covered) => {
    const { has } = privileges({
      authenticatedUsers: [{ user: 'planner', db: 'admin' }],
      authenticatedUserPrivileges: [{ resource, actions: ['find'] }],
    })
    expect(has('find', { db: 'app', collection: 'people' })).toBe(covered)
    expect(has('update', { db: 'app', collection: 'people' })).toBe(false)
    expect(has('find', { db: 'app', collection: 'system.profile' })).toBe('anyResource' in resource)
    expect(has('find', { db: 'app', collection: '' })).toBe(
      covered && (resource['collection'] === '' || 'anyResource' in resource),
    )
  })
})
