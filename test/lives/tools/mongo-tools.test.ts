import type { Db, Document } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { plan, type Ran } from '../../support/cli.ts'
import { type Said, type ToolProject, toolProject } from '../../support/migration-tools.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { catalogue } from '../../support/mongo-lives.ts'
import { exactly } from '../../support/mongo-scene.ts'
import { filesOf, MONGO_TOOLS, type MongoTool } from '../../support/mongo-tool-projects.ts'

const RENAME = `- rename_field: { collection: users, from: last_name, to: family_name }`

const planOf = (intents: string, more = ''): string =>
  `version: 1\nname: change\nintents:\n  ${intents.trim().replaceAll('\n', '\n  ')}\nbackfill: { quiet: 0s }\n${more}\n`

const BASE: readonly Document[] = [
  {
    create: 'users',
    validator: {
      $jsonSchema: { required: ['last_name'], properties: { last_name: { bsonType: 'string' } } },
    },
  },
  { createIndexes: 'users', indexes: [{ key: { last_name: 1 }, name: 'last_name_1' }] },
]

/** Keys of several types, of which each kind has to be walked over. */
const USERS = [
  { _id: 1, last_name: 'Arendt' },
  { _id: 2.5, last_name: 'Beauvoir' },
  { _id: 'c', last_name: 'Curie' },
  { _id: '$d', last_name: "D'Arc" },
  { _id: { of: 'key' }, last_name: 'Earhart' },
  { _id: new Date(0), last_name: 'Franklin' },
] as unknown as readonly Document[]

/** More than a page of one type, and then the other types. */
const MANY: readonly Document[] = [
  ...USERS,
  ...Array.from(
    { length: 1_200 },
    (_, n) => ({ _id: 10 + n, last_name: `name ${n}` }) as unknown as Document,
  ),
]

type Team = AsyncDisposable & {
  readonly db: Db
  readonly project: ToolProject
  readonly plan: (...argv: readonly string[]) => Promise<Ran>
  readonly export: (...argv: readonly string[]) => Promise<Ran>
  readonly up: () => Promise<Said>
  readonly down: () => Promise<Said>
  readonly state: () => Promise<string>
}

/** A team with a project of the tool, whose first migration is applied, and these documents. */
async function team(
  server: { readonly url: string },
  tool: MongoTool,
  documents: readonly Document[],
  {
    text = planOf(RENAME),
    base = BASE,
  }: { readonly text?: string; readonly base?: readonly Document[] } = {},
): Promise<Team> {
  const database = await mongoDatabase(server)
  const project = await toolProject(
    { ...tool.project(new URL(database.url), base), 'plans/change.yaml': text },
    {},
  )
  const run = (...argv: readonly string[]) => plan(database, project.dir, argv)
  const up = () => tool.up(project, database.url)
  went(await up())
  const [collection = ''] = base.map((command) => String(command['create'] ?? ''))
  if (documents.length > 0)
    await database.db.collection(collection).insertMany(documents.map((one) => ({ ...one })))
  ok(await run('compile', 'plans/change.yaml'))
  return {
    ...{ db: database.db, project, plan: run, up },
    export: (...argv) => run('export', 'change', '--to', tool.name, ...argv),
    down: () => tool.down(project, database.url),
    state: async () => JSON.parse((await run('status', 'change', '--json')).out).plans[0].state,
    [Symbol.asyncDispose]: async () => {
      await project[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

const went = ({ code, text }: Said): void => expect(`${code}\n${code === 0 ? '' : text}`).toBe('0\n')
const ok = ({ status, err }: Ran): void => expect(`${status}\n${status === 0 ? '' : err}`).toBe('0\n')

function stopped({ code, text }: Said, says: string): void {
  expect(code, text).not.toBe(0)
  expect(text).toContain(says)
}

/** Documents, indexes, validators and views, but for what tools keep for themselves. */
async function everything(db: Db, { own }: MongoTool): Promise<unknown> {
  const all = (await catalogue(db)).filter((one) => !own.test((one as { name: string }).name))
  const documents = await Promise.all(all.map(async (one) => exactly(db, (one as { name: string }).name)))
  return { all, documents }
}

const confirmed = (here: Team, checkpoint: string): Promise<Ran> =>
  here.plan('confirm', checkpoint, '--plan', 'change', '--by', 'ada')

/** The plan runs by itself, and is told yes at each checkpoint. */
async function advanced(here: Team): Promise<void> {
  for (let n = 0; n < 9; n++) {
    const { status, err } = await here.plan('advance', 'change', '--phase', 'contract', '--yes')
    const [, checkpoint] = /checkpoint (\S+) is not confirmed/.exec(err) ?? []
    if (checkpoint === undefined) return ok({ status, err, out: '' })
    ok(await confirmed(here, checkpoint))
  }
  expect.fail('it never ends')
}

/** Applies all files, and does what each one says that stops. */
async function told(here: Team): Promise<string[]> {
  const all: string[] = []
  for (let n = 0; n < 12; n++) {
    const { code, text } = await here.up()
    if (code === 0) return all
    const [says = text] = /plan change: .*?(?= Error: |\s*$)/m.exec(text) ?? []
    all.push(says.replace(/^plan change: /, '').replace(/\s*$/, ''))
    ok(await here.plan('adopt', 'change'))
    await doing(here, says)
  }
  return expect.fail(`it never ends:\n${all.join('\n')}`)
}

async function doing(here: Team, says: string): Promise<void> {
  const [, phase] = /plan advance change --phase (\w+)/.exec(says) ?? []
  if (phase !== undefined) return ok(await here.plan('advance', 'change', '--phase', phase))
  const [, checkpoint = says] = /checkpoint (\S+) is not confirmed/.exec(says) ?? []
  if ((await confirmed(here, checkpoint)).status === 0) return
  // What stands before it has to be proven: that only the plan itself can do.
  ok(await here.plan('advance', 'change', '--phase', checkpoint === 'dual-write' ? 'expand' : 'verify'))
  ok(await confirmed(here, checkpoint))
}

describeEachMongo('files for', (server) => {
  for (const tool of MONGO_TOOLS) {
    const named = tool.missing === null ? describe : describe.skip
    named(`${tool.name}, ${tool.style}${tool.missing === null ? '' : ` (${tool.missing})`}:`, () => {
      it('carry the plan through, phase by phase, and what the tool did is recorded', async () => {
        await using here = await team(server, tool, USERS)
        await using wanted = await team(server, tool, USERS)
        await advanced(wanted)

        ok(await here.export())
        went(await here.up())
        ok(await here.plan('adopt', 'change'))
        ok(await here.plan('advance', 'change', '--phase', 'expand'))
        expect(await here.export()).toMatchObject({
          status: 3,
          err: expect.stringContaining('checkpoint dual-write is not confirmed'),
        })
        ok(await confirmed(here, 'dual-write'))
        ok(await here.plan('advance', 'change', '--phase', 'backfill'))
        ok(await here.export())
        stopped(await here.up(), 'it is not proven that all writers keep both shapes')
        const adopted = await here.plan('adopt', 'change')
        ok(adopted)
        expect(adopted.out).toContain('recorded as done: enforce.1')
        ok(await here.plan('advance', 'change', '--phase', 'enforce'))
        went(await here.up())
        ok(await here.plan('advance', 'change', '--phase', 'verify'))
        ok(await confirmed(here, 'switch-app'))
        ok(await here.export())
        stopped(await here.up(), 'checkpoint stop-writes is not confirmed')
        ok(await here.plan('adopt', 'change'))
        ok(await confirmed(here, 'stop-writes'))
        went(await here.up())
        expect((await here.plan('adopt', 'change')).out).toMatch(/recorded as done: contract\.2, contract\.3/)
        expect(await here.state()).toBe('done')
        expect(await everything(here.db, tool)).toEqual(await everything(wanted.db, tool))

        const names = (await filesOf(here.project)).map((file) => file.replace(/\.\w+$/, ''))
        const applied = await tool.applied(here.db, here.project)
        expect(applied.map((file) => file.replace(/\.\w+$/, ''))).toEqual(names)
        if (tool.pending) {
          const asked = await here.project.run(tool.pending.ask)
          went(asked)
          expect(asked.text).toContain(names.at(-1))
          expect(asked.text).not.toMatch(tool.pending.says)
        }
      })

      it('all at once stop at each question, and say what to do', async () => {
        await using here = await team(server, tool, USERS)
        ok(await here.export('--all'))
        expect(await told(here)).toEqual([
          'checkpoint dual-write is not confirmed: plan confirm dual-write --plan change',
          'the backfill is not done: plan advance change --phase backfill',
          'it is not proven that all writers keep both shapes: plan advance change --phase enforce',
          'checkpoint switch-app is not confirmed: plan confirm switch-app --plan change',
          'checkpoint stop-writes is not confirmed: plan confirm stop-writes --plan change',
        ])
        ok(await here.plan('adopt', 'change'))
        expect(await here.state()).toBe('done')
        ok(await here.export('--all', '--check'))
      })

      it('fill small collections themselves, and go back from there', async () => {
        await using here = await team(server, tool, MANY)
        const before = await everything(here.db, tool)
        ok(await here.export('--all', '--inline-backfill'))
        stopped(await here.up(), 'checkpoint dual-write is not confirmed')
        ok(await here.plan('advance', 'change', '--phase', 'expand'))
        ok(await confirmed(here, 'dual-write'))
        stopped(await here.up(), 'checkpoint switch-app is not confirmed')
        const found = await here.db.collection('users').find().toArray()
        expect(found.map(({ family_name }) => family_name)).toEqual(found.map(({ last_name }) => last_name))
        const refused = here.db.collection('users').insertOne({ last_name: 'old' })
        await expect(refused).rejects.toMatchObject({ code: 121 })
        const files = (await tool.applied(here.db, here.project)).length
        for (let n = 1; n < files; n++) went(await here.down())
        expect(await everything(here.db, tool)).toEqual(before)
      })

      it('build an empty database in one go', async () => {
        await using here = await team(server, tool, [])
        await using wanted = await team(server, tool, [])
        await advanced(wanted)
        const before = await everything(here.db, tool)
        ok(await here.export('--phase', 'expand'))
        went(await here.up())
        for (const _ of (await filesOf(here.project)).slice(1)) went(await here.down())
        expect(await everything(here.db, tool)).toEqual(before)
        ok(await here.export('--all'))
        went(await here.up())
        expect(await everything(here.db, tool)).toEqual(await everything(wanted.db, tool))
        stopped(await here.down(), 'plan change: contract.3 cannot be undone')
      })
    })
  }
})
