import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Document } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { atFault } from '../support/at-fault.ts'
import type { Ended } from '../support/command.ts'
import { MongoError } from '../support/mongo/errors.ts'
import {
  isBatch,
  MONGO_PLAN,
  type MongoBench,
  mongoBench,
  mongoRename,
  spied,
} from '../support/mongo-bench.ts'
import { LOOKING } from './canaries.ts'

const own = spied()

const DUAL = ['confirm', 'dual-write', '--by', 'me', '--plan', 'rename']
const QUIET = 'backfill: { batch: { rows: 7, target: 10s, max_rows: 7 }, quiet: 0s }'

type Watched = AsyncDisposable & {
  readonly here: MongoBench
  readonly run: (...args: string[]) => Promise<Ended>
  readonly looks: () => Promise<void>
  /** Nothing that was printed or kept says a value. */
  readonly clean: () => Promise<void>
}

/** A bench whose values all say `canary`. */
async function watched(text = mongoRename(QUIET)): Promise<Watched> {
  const documents = Array.from({ length: 30 }, (_, n) => ({
    _id: n,
    last_name: `canary ${n}`,
    email: `canary${n}@example.org`,
  })) as unknown as Document[]
  const here = await mongoBench({ url: own.server.url() }, documents, text)
  await writeFile(join(here.dir, 'plan.config.yaml'), 'defaults: { retries: 1, lock_timeout: 50ms }\n')
  const printed: string[] = []
  const run = async (...args: string[]) => {
    const ended = await here.plan(...args)
    printed.push(`$ plan ${args.join(' ')}\n${ended.out}${ended.err}`)
    return ended
  }
  return {
    here,
    run,
    looks: async () => {
      for (const args of LOOKING) await run(...args)
    },
    clean: async () => {
      const kept: string[] = []
      const names = await here.db.listCollections().toArray()
      for (const { name } of names.filter((one) => /^plan_(plans|events|locks|tokens|meta)$/.test(one.name)))
        for (const document of await here.db.collection(name).find().toArray())
          kept.push(`${name}: ${JSON.stringify(document)}`)
      expect(kept.length).toBeGreaterThan(3)
      for (const one of [...printed, ...kept]) expect(one).not.toContain('canary')
    },
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
  }
}

const planOf = (...intents: readonly string[]) =>
  `version: 1\nname: rename\nintents:\n${intents.map((one) => `  - ${one}\n`).join('')}${QUIET}\n`

const codeOf = ({ err, code }: Ended): string => /PLAN_\w+/.exec(err)?.[0] ?? `${code}`

describe('values of documents', () => {
  it('appear nowhere in a good run, neither on the screen nor in the ledger', async () => {
    await using it = await watched()
    await it.run('compile', MONGO_PLAN)
    await it.run('advance', MONGO_PLAN, '--phase', 'expand', '--json', '--verbose')
    await it.run(...DUAL)
    await it.looks()
    await it.run('advance', MONGO_PLAN, '--phase', 'verify', '--verbose')
    await it.run('confirm', 'switch-app', '--by', 'me', '--plan', 'rename')
    await it.run('advance', '--yes')
    await it.run('confirm', 'stop-writes', '--by', 'me', '--plan', 'rename')
    expect((await it.run('advance', '--yes')).code).toBe(0)
    await it.looks()
    await it.clean()
  })

  it('appear nowhere when they cannot be converted, or are there twice', async () => {
    const plan = planOf(
      'add_field: { collection: users, field: age, fill: { pipeline: { $toInt: { $substrCP: [$last_name, 7, 9] } } } }',
      'add_field: { collection: users, field: handle, fill: { lower: { column: email } } }',
      'add_index: { collection: users, fields: [email], unique: true }',
    )
    await using it = await watched(plan)
    const users = it.here.db.collection<Document & { _id: number }>('users')
    await users.updateOne({ _id: 9 }, { $set: { last_name: 'canary poison' } })
    await users.updateMany({ _id: { $in: [3, 5] } }, { $set: { email: 'canary@example.org' } })
    const codes: string[] = []
    for (const mend of [
      async () => undefined,
      () => users.updateOne({ _id: 9 }, { $set: { last_name: 'canary 9' } }),
      () => users.updateOne({ _id: 5 }, { $set: { email: 'canary other' } }),
    ]) {
      await mend()
      await it.run('advance', MONGO_PLAN, '--phase', 'expand', '--verbose')
      await it.run(...DUAL)
      codes.push(codeOf(await it.run('advance', MONGO_PLAN, '--phase', 'enforce', '--verbose')))
      if (codes.at(-1) === 'PLAN_POISON') {
        const { keys, query } = await atFault(it.here, await it.run('advance', MONGO_PLAN, '--json'))
        expect([keys, query]).toEqual([
          ['_id 9'],
          'db.getCollection("users").find({ _id: { $in: EJSON.parse("[9]") } })',
        ])
      }
      await it.looks()
    }
    expect(codes).toEqual(['PLAN_POISON', 'PLAN_DUPLICATE', '0'])
    await it.run('rollback', '--json')
    await it.run('rollback', '--yes')
    await it.clean()
  })

  it('appear nowhere when the two shapes disagree, or a new field is there already', async () => {
    await using it = await watched()
    const users = it.here.db.collection<Document & { _id: number }>('users')
    await users.updateOne({ _id: 2 }, { $set: { family_name: 'canary foreign' } })
    expect(codeOf(await it.run('advance', MONGO_PLAN, '--verbose'))).toBe('PLAN_COLUMN_EXISTS')
    await users.updateOne({ _id: 2 }, { $unset: { family_name: '' } })
    await it.run('advance', MONGO_PLAN, '--phase', 'expand')
    await it.run(...DUAL)
    await it.run('advance', MONGO_PLAN, '--phase', 'enforce')
    await users.updateOne(
      { _id: 9 },
      { $set: { family_name: 'canary other' } },
      { bypassDocumentValidation: true },
    )
    expect(codeOf(await it.run('advance', '--verbose'))).toBe('PLAN_INVARIANT')
    await it.looks()
    await it.run('rollback')
    await it.clean()
  })

  const ANSWERS: readonly (readonly [number, string, string])[] = [
    [11_000, 'DuplicateKey', 'E11000 duplicate key error dup key: { email: "canary" }'],
    [121, 'DocumentValidationFailure', 'Document failed validation: canary'],
    [241, 'ConversionFailure', `Failed to parse number 'canary' in $convert`],
    [50_728, 'Location50728', 'canary is no such thing'],
    [2, 'BadValue', 'bad value: canary'],
    [1, 'InternalError', 'something about canary'],
    [8000, 'AtlasError', 'canary is not allowed'],
    [112, 'WriteConflict', 'canary'],
    [10_334, 'BSONObjectTooLarge', 'canary'],
    [168, 'InvalidPipelineOperator', "Unrecognized expression 'canary'"],
    [59, 'CommandNotFound', 'no such command: canary'],
  ]

  it.for(ANSWERS)('appear nowhere when the server says them in error %i', async ([code, name, message]) => {
    await using it = await watched()
    await it.run('advance', MONGO_PLAN, '--phase', 'expand')
    await it.run(...DUAL)
    let failures = 0
    own.spy.before = (command, called) => {
      if (!isBatch(command, called)) return
      failures++
      throw new MongoError(code, name, message)
    }
    const ended = await it.run('advance', MONGO_PLAN, '--phase', 'backfill', '--verbose')
    expect(ended.code).not.toBe(0)
    expect(failures).toBeGreaterThan(0)
    await it.run('status', '--json')
    await it.run('log')
    await it.clean()
  })
})

describe('the password of a URL', () => {
  const refusing = () => {
    own.spy.before = (_, name) => {
      if (name === 'saslStart') throw new MongoError(18, 'AuthenticationFailed', 'not with canary-password')
    }
  }
  const CASES: Readonly<Record<string, (port: number) => string>> = {
    'that is refused': (port) => `mongodb://me:canary-password@127.0.0.1:${port}/app`,
    // The driver looks for it for ten seconds where the URL does not say.
    'of a server that is not there': () =>
      'mongodb://me:canary-password@127.0.0.1:1/app?serverSelectionTimeoutMS=200',
    'that cannot be read': (port) => `mongodb://me:canary/pass@word@127.0.0.1:${port}/app`,
    'with an option that is none': (port) => `mongodb://me:canary-password@127.0.0.1:${port}/app?canary=1`,
    'without a database': (port) => `mongodb://me:canary-password@127.0.0.1:${port}/`,
    'with another mechanism': (port) =>
      `mongodb://me:canary-password@127.0.0.1:${port}/app?authMechanism=PLAIN`,
  }

  it.for(Object.keys(CASES))('%s appears nowhere', async (name) => {
    refusing()
    await using here = await mongoBench({ url: own.server.url() }, 1)
    const url = CASES[name]?.(own.server.port) ?? ''
    const commands =
      name === 'of a server that is not there'
        ? [['status']]
        : [['advance', MONGO_PLAN], ['status', '--json'], ['doctor']]
    for (const args of commands) {
      const ended = await here.planWith({ url }, ...args, '--verbose')
      expect([2, 8], `${ended.code}`).toContain(ended.code)
      expect(ended.out + ended.err).not.toMatch(/canary-password|canary\/pass|canary/)
    }
  })
})
