import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Program } from '../../src/program/program.ts'
import { bench, done, type Ended, refused } from '../support/command.ts'
import { MONGO_PLAN, mongoBench, mongoRename } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { begun, older } from '../support/older-programs.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { ledger } from '../support/sessions.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const SAYS = ['the program of rename has format 1', 'runs programs of format 2', 'nothing was changed']

/** What runs something of a plan that is under way, or counts on what it has done. */
const running = (file: string): readonly (readonly string[])[] => [
  ['advance', file, '--yes'],
  ['advance', file, '--dry-run'],
  ['rollback', 'rename', '--yes'],
  ['verify', 'rename'],
  ['confirm', 'switch-app', '--by', 'me', '--plan', 'rename'],
  ['join', 'rename'],
  ['compile', file],
]

type Here = { readonly plan: (...args: string[]) => Promise<Ended> }

const compiled = async (here: Here, file: string): Promise<Program> =>
  JSON.parse(done(await here.plan('compile', file, '--stdout')).out)

/** The plan is under way by a program of format 1: everything that runs is refused, everything that reads works. */
async function refusedAndRead(here: Here, file: string): Promise<void> {
  for (const command of running(file))
    refused(await here.plan(...command), 8, 'PLAN_VERSION', ...SAYS, 'finish rename or roll it back with')
  const [plan] = JSON.parse(done(await here.plan('status', '--json')).out).plans
  expect(plan).toMatchObject({ name: 'rename', state: 'waiting', phase: 'expand' })
  expect(plan.steps[0]).toMatchObject({ id: 'expand.1', state: 'done' })
  expect(done(await here.plan('status')).out).toContain('rename')
  expect(done(await here.plan('log', 'rename')).out).toContain('step done')
  for (const names of [[], ['rename']])
    expect((await here.plan('doctor', ...names)).out).toContain('the program of rename has format 1')
  expect(done(await here.plan('runbook', 'rename')).out).toContain('rename')
}

describeEachKind('a program of an earlier format', (server) => {
  const setup = isMysql(server) ? mysqlUsers() : users()

  it('is neither run nor rolled back where it is under way, and is still read', async () => {
    await using here = await bench(server, setup, { [PLAN]: rename() })
    await begun(here.database.url, older(await compiled(here, PLAN)), rename())
    await refusedAndRead(here, PLAN)
    const found = await here.database.query('SELECT * FROM users WHERE id = 1')
    expect(Object.keys(found[0] ?? {})).toEqual(['id', 'email', 'last_name'])
  })

  it('is passed over among several where it is done, and the others are compiled', async () => {
    const other = 'plans/other.yaml'
    const files = { [PLAN]: rename(), [other]: rename().replace('name: rename', 'name: other') }
    await using here = await bench(server, setup, files)
    await begun(here.database.url, older(await compiled(here, PLAN)), rename())
    await here.database.query(`UPDATE ${ledger(here.database, 'plans')} SET state = 'done'`)
    const { out, err } = done(await here.plan('compile', PLAN, other))
    expect(err).toContain('rename is done and passed over: the program of rename has format 1')
    expect(out).toMatch(/written to plans\/other: /)
    expect(out).not.toContain('plans/rename:')
    refused(await here.plan('compile', PLAN), 8, 'PLAN_VERSION', 'rename is done')
  })

  it('is compiled again where it has not begun', async () => {
    await using here = await bench(server, setup, { [PLAN]: rename() })
    done(await here.plan('compile', PLAN))
    await writeFile(
      join(here.dir, 'plans/rename/program.json'),
      JSON.stringify(older(await compiled(here, PLAN))),
    )
    for (const command of [
      ['advance', PLAN],
      ['advance', PLAN, '--dry-run'],
    ])
      refused(await here.plan(...command), 5, 'PLAN_STALE', ...SAYS, 'compile rename again')
    refused(await here.plan('compile', PLAN, '--check'), 5, 'PLAN_STALE', 'program.json')
    done(await here.plan('compile', PLAN))
    done(await here.plan('advance', PLAN))
  })
})

describeEachMongo('a program of documents of an earlier format', (server) => {
  it('is neither run nor rolled back where it is under way, and is still read', async () => {
    await using here = await mongoBench(server, 5)
    const text = await compiled(here, MONGO_PLAN)
    await begun(here.database.url, older(text), mongoRename())
    await refusedAndRead(here, MONGO_PLAN)
    refused(await here.plan('sync', 'rename'), 8, 'PLAN_VERSION', ...SAYS)
    expect(await here.db.collection('users').countDocuments({ family_name: { $exists: true } })).toBe(0)
    // Of another format it is not known which rules of the collection the plan changes.
    await here.write(
      'other.yaml',
      'version: 1\nname: other\nintents:\n  - add_field: { collection: users, field: seen, fill: { literal: x } }\n',
    )
    refused(await here.plan('advance', 'other.yaml'), 2, 'PLAN_USAGE', 'rename is under way on')
  })
})
