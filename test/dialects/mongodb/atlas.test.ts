import { readFileSync } from 'node:fs'
import type { Document } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recognise } from '../../../src/dialects/mongodb/connect/errors.ts'
import { debianRoot } from '../../support/debian-root.ts'
import { grants, type Privilege, privilegesFor, type Role } from '../../support/mongo/authorization.ts'
import { MongoError } from '../../support/mongo/errors.ts'
import { goes, goesBack, goesThrough, type Scene, scene } from '../../support/mongo-scene.ts'
import { type LocalDocumentDb, startMongo } from '../../support/mongo-server.ts'
import { look, notOk } from './looked.ts'

const SECURITY = readFileSync('docs/security.md', 'utf8')

/** What the document gives to `createRole`. */
const documented: Role = JSON.parse(/db\.createRole\(([^)]*)\)/.exec(SECURITY)?.[1] ?? '')

/** The same, for another database than `app`. */
const roleOn = (db: string): Role =>
  JSON.parse(JSON.stringify(documented).replaceAll('"app"', JSON.stringify(db)))

const atlas = (errmsg: string): MongoError => new MongoError(8000, 'AtlasError', errmsg)

/** A shared tier: whatever the role does not have is refused with Atlas's number. */
const refusal = ({ action, db, collection }: Privilege): MongoError =>
  atlas(`user is not allowed to do action [${action}] on [${db ?? 'admin'}.${collection}]`)

const USERS = Array.from({ length: 8 }, (_, _id) => ({
  _id,
  last_name: `name ${_id}`,
  age: `${_id}`,
})) as unknown as Document[]

const RENAME = '- rename_field: { collection: users, from: last_name, to: family_name }'

/** Plans that between them do everything there is. `straight`: nothing is proven before contract. */
const PLANS: readonly { readonly intents: string; readonly more?: string; readonly straight?: true }[] = [
  { intents: RENAME },
  { intents: RENAME, more: 'contract: { archive: true }' },
  { intents: RENAME, more: 'sync: tail' },
  {
    intents:
      '- change_field_type: { collection: users, field: age, to: int, using: { cast: { column: age, to: int } }, back: { cast: { column: age, to: string } } }',
  },
  { intents: '- rename_collection: { from: users, to: people }' },
  { intents: '- add_index: { collection: users, fields: { last_name: 1 }, unique: true }' },
  { intents: '- drop_index: { collection: users, name: age_1 }', straight: true },
]

const reason = await debianRoot('documentdb').then(() => null, String)
const describing = reason === null ? describe : describe.skip

describing(`a server that answers as MongoDB Atlas does${reason === null ? '' : ` (${reason})`}`, () => {
  let server: LocalDocumentDb
  let before: (command: Document, name: string) => void = () => undefined
  let after: (name: string, answer: Document) => void = () => undefined
  beforeAll(async () => {
    server = await startMongo({
      before: (command, name) => before(command, name),
      after: (_, name, answer) => after(name, answer as Document),
    })
  })
  afterEach(() => {
    before = () => undefined
    after = () => undefined
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const made = async (plan: { readonly intents: string; readonly more?: string }): Promise<Scene> => {
    before = () => undefined
    const here = await scene({ url: server.url() }, 'users', USERS, plan)
    await here.db.collection('users').createIndex({ age: 1 })
    return here
  }

  /** For a while everybody has the documented role, and nothing else. */
  const restricted = ({ db }: Scene, used: Set<string>): AsyncDisposable => {
    const role = roleOn(db.databaseName)
    before = (command, name) => {
      for (const needed of privilegesFor(command, name)) {
        if (!grants(role, needed)) throw refusal(needed)
        used.add(needed.action)
      }
    }
    return { [Symbol.asyncDispose]: async () => free() }
  }

  const free = (): void => {
    before = () => undefined
  }

  it('lets plans of every kind through, there and back, with the documented role, of which they use every action', async () => {
    const used = new Set<string>()
    for (const plan of PLANS) {
      await using here = await made(plan)
      // Whoever clears up afterwards may do more.
      await using _ = restricted(here, used)
      if (!plan.straight) {
        await goes(here, 'verify')
        await goesBack(here)
      }
      await goesThrough(here)
    }
    const actions = documented.privileges.flatMap((one) => one.actions)
    expect([...used].sort()).toEqual([...actions].sort())
  })

  it('shows plan doctor a login that fails in nothing, and only lacks what helps', async () => {
    after = (name, answer) => {
      if (name !== 'connectionStatus') return
      answer['authInfo'] = {
        authenticatedUsers: [{ user: 'planner', db: 'admin' }],
        authenticatedUserPrivileges: documented.privileges,
      }
    }
    before = (command, name) => {
      for (const needed of privilegesFor(command, name))
        if (!grants(documented, needed)) throw refusal(needed)
    }
    expect(notOk(await look({ url: server.url('app') }, ['people'], true))).toEqual([
      'ledger writers warning',
      'collection warning',
      'helpful privileges warning',
      'other sessions warning',
      'profiler warning',
    ])
  })

  it('is told apart from a fault where a privilege is missing: which one, and what to do', async () => {
    await using here = await made({ intents: RENAME })
    before = (command, name) => {
      if (name === 'collMod')
        throw refusal({ action: name, db: here.db.databaseName, collection: command[name] })
    }
    const { err } = await goes(here, 'enforce', [8])
    expect(err).toContain(`the privilege collMod on ${here.db.databaseName}.users is missing  PLAN_PRIVILEGE`)
    expect(err).toContain('hint: give the user a custom role that has it')
    free()
    await goesThrough(here)
  })

  it('is temporary where the cluster is full: the plan goes on when there is room', async () => {
    await using here = await made({ intents: RENAME })
    before = (command, name) => {
      if (name === 'update' && command[name] === 'users')
        throw atlas('you are over your space quota, using 512 MB of 512 MB')
    }
    const { err } = await goes(here, 'backfill', [75])
    expect(err).toContain('the cluster is over its space quota')
    free()
    await goesThrough(here)
  })
})

describe('a refusal of MongoDB Atlas', () => {
  const of = (errmsg: string, connecting = false) =>
    recognise(
      { code: 8000, codeName: 'AtlasError', errmsg },
      'app on cluster0.abcde.mongodb.net',
      connecting ? null : { collMod: 'users' },
    )

  it('of a login is no missing privilege', () => {
    expect(of('bad auth : Authentication failed.', true)).toMatchObject({
      code: 'PLAN_CONNECT',
      hint: expect.stringContaining('Database Access'),
    })
  })

  it('of a command that nobody may send there says so, and says nothing of its values', () => {
    expect(of('CMD_NOT_ALLOWED: killOp')).toMatchObject({
      code: 'PLAN_PRIVILEGE',
      message: expect.stringContaining('MongoDB Atlas does not allow killOp here'),
      hint: expect.stringContaining('M0 and Flex'),
    })
    const quoted = of('not authorized on admin to execute command { create: "x", name: "canary" }')
    expect(JSON.stringify([quoted.message, quoted.hint])).not.toContain('canary')
  })

  it('of an address shows as a connection that cannot be made, and says where to look', () => {
    const unreached = recognise(
      { name: 'MongoServerSelectionError', message: 'connection closed' },
      'app on cluster0.abcde.mongodb.net',
      null,
    )
    expect(unreached).toMatchObject({ code: 'PLAN_CONNECT', hint: expect.stringContaining('Network Access') })
  })
})

it('the role for Atlas is the documented role, word for word', () => {
  const [, text = '{}'] = /```json\n([\s\S]*?)```/.exec(SECURITY) ?? []
  const { actions } = JSON.parse(text) as {
    actions: { action: string; resources: { db: string; collection: string }[] }[]
  }
  const plain = actions.map(({ action }) =>
    action.toLowerCase().replaceAll(/_(\w)/g, (_, one) => one.toUpperCase()),
  )
  const renamed = plain.map((one) => (one === 'renameCollectionSameDb' ? 'renameCollectionSameDB' : one))
  expect(renamed).toEqual(documented.privileges[0]?.actions)
  expect(actions.flatMap(({ resources }) => resources)).toEqual(
    actions.map(() => documented.privileges[0]?.resource),
  )
})
