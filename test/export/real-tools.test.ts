import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { plan, type Ran } from '../support/cli.ts'
import { createLive, type LiveDatabase, type LiveServer } from '../support/lives-database.ts'
import { REAL_TOOLS } from '../support/migration-tool-projects.ts'
import { type RealTool, type Said, type ToolProject, toolProject } from '../support/migration-tools.ts'
import { describeEachKind, isMysql } from '../support/places.ts'

const PLAN = `version: 1
name: rename
intents:
  - rename_column: { table: users, from: last_name, to: family_name }
`

const base = (mysql: boolean): readonly string[] =>
  mysql
    ? [
        'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(80) NOT NULL, last_name varchar(80) NOT NULL)',
        'CREATE INDEX by_last_name ON users (last_name)',
      ]
    : [
        'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, last_name text NOT NULL)',
        'CREATE INDEX by_last_name ON users (last_name)',
      ]

const ROWS = "INSERT INTO users VALUES (1, 'a', 'Arendt'), (2, 'b', 'Beauvoir'), (3, 'c', 'Curie')"

/** A database with the base schema, and the project of a team that uses the tool on it. */
async function team(server: { readonly url: string }, tool: RealTool, rows: boolean) {
  const database = await createLive(server as LiveServer)
  for (const statement of [...base(isMysql(server)), ...(rows ? [ROWS] : [])]) await database.query(statement)
  const url = new URL(database.url)
  const project = await toolProject(
    { ...tool.project(url), 'plans/rename.yaml': PLAN },
    { DATABASE_URL: databaseUrl(tool, url) },
  )
  await mkdir(join(project.dir, tool.folder), { recursive: true })
  return {
    database,
    project,
    plan: (...argv: readonly string[]) => plan(database, project.dir, argv),
    export: (...argv: readonly string[]) =>
      plan(database, project.dir, ['export', 'rename', '--to', tool.name, ...argv]),
    up: () => project.run(tool.up),
    down: () => project.run(tool.down),
    [Symbol.asyncDispose]: async () => {
      await project[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

const databaseUrl = ({ name }: RealTool, url: URL): string => {
  const text = url.href.replace(/^mariadb:/, 'mysql:')
  return name === 'dbmate' && text.startsWith('postgres') ? `${text}?sslmode=disable` : text
}

/** The catalogue without what the tool keeps for itself. */
const catalogue = async (database: LiveDatabase, { tables }: RealTool): Promise<string[]> =>
  (await database.dump()).filter((line) => !tables.test(line))

const files = async (project: ToolProject, { folder }: RealTool): Promise<string[]> =>
  (await readdir(join(project.dir, folder))).sort()

const applied = async (database: LiveDatabase, { ledger }: RealTool): Promise<number> =>
  (await database.query(/^mysql|^mariadb/.test(database.url) ? ledger.replaceAll('"', '`') : ledger)).length

const went = ({ code, text }: Said): void => expect(`${code}\n${code === 0 ? '' : text}`).toBe('0\n')
const ok = ({ status, err }: Ran): void => expect(`${status}\n${status === 0 ? '' : err}`).toBe('0\n')

describeEachKind('files for', (server) => {
  const kind = isMysql(server) ? 'mysql' : 'postgres'
  for (const tool of REAL_TOOLS.filter(({ kinds }) => kinds.includes(kind))) {
    it(`${tool.name}: carry the plan through, phase by phase, and what the tool did is recorded`, async () => {
      await using team_ = await team(server, tool, true)
      const { database } = team_
      await using wanted = await team(server, tool, true)
      ok(await wanted.plan('compile', 'plans/rename.yaml'))
      for (const phase of ['verify'] as const) ok(await wanted.plan('advance', 'rename', '--phase', phase))
      ok(await wanted.plan('confirm', 'switch-app', '--plan', 'rename', '--by', 'ada'))
      ok(await wanted.plan('advance', 'rename', '--phase', 'contract', '--yes'))

      ok(await team_.plan('compile', 'plans/rename.yaml'))
      ok(await team_.export())
      went(await team_.up())
      ok(await team_.plan('adopt', 'rename'))
      ok(await team_.plan('advance', 'rename', '--phase', 'backfill'))
      ok(await team_.export())
      went(await team_.up())
      ok(await team_.plan('adopt', 'rename'))
      expect(await team_.export('--phase', 'contract')).toMatchObject({
        status: 3,
        err: expect.stringContaining('the ledger does not have verify as done'),
      })
      ok(await team_.plan('advance', 'rename', '--phase', 'verify'))
      expect(await team_.export()).toMatchObject({
        status: 3,
        err: expect.stringContaining('checkpoint switch-app is not confirmed'),
      })
      ok(await team_.plan('confirm', 'switch-app', '--plan', 'rename', '--by', 'ada'))
      ok(await team_.export())
      went(await team_.up())
      const adopted = await team_.plan('adopt', 'rename')
      ok(adopted)
      expect(adopted.out).toMatch(/recorded as done: contract\.1.*/)
      const { out } = await team_.plan('status', 'rename', '--json')
      expect(JSON.parse(out).plans[0].state).toBe('done')
      expect(await catalogue(database, tool)).toEqual(await catalogue(wanted.database, tool))
      expect(await applied(database, tool)).toBe((await files(team_.project, tool)).length)
    })

    it(`${tool.name}: all at once stop at each question, and go on when it is answered`, async () => {
      await using team_ = await team(server, tool, true)
      ok(await team_.plan('compile', 'plans/rename.yaml'))
      ok(await team_.export('--all'))
      const stopped = await team_.up()
      expect(stopped.code).not.toBe(0)
      expect(stopped.text).toContain(
        'plan rename: the backfill is not done: plan advance rename --phase backfill',
      )
      ok(await team_.plan('adopt', 'rename'))
      ok(await team_.plan('advance', 'rename', '--phase', 'backfill'))
      const again = await team_.up()
      expect(again.code).not.toBe(0)
      expect(again.text).toContain('plan rename: checkpoint switch-app is not confirmed')
      ok(await team_.plan('adopt', 'rename'))
      ok(await team_.plan('advance', 'rename', '--phase', 'verify'))
      ok(await team_.plan('confirm', 'switch-app', '--plan', 'rename', '--by', 'ada'))
      went(await team_.up())
      ok(await team_.plan('adopt', 'rename'))
      ok(await team_.export('--all', '--check'))
    })

    it.runIf(tool.name === 'knex')(`${tool.name}: fill small tables themselves`, async () => {
      await using team_ = await team(server, tool, true)
      ok(await team_.plan('compile', 'plans/rename.yaml'))
      ok(await team_.export('--all', '--inline-backfill'))
      const stopped = await team_.up()
      expect(stopped.text).toContain('plan rename: checkpoint switch-app is not confirmed')
      const rows = await team_.database.query('SELECT last_name, family_name FROM users ORDER BY id')
      expect(rows.map((row) => row['family_name'])).toEqual(rows.map((row) => row['last_name']))
    })

    it(`${tool.name}: build an empty database in one go, and go back from there`, async () => {
      await using team_ = await team(server, tool, false)
      ok(await team_.plan('compile', 'plans/rename.yaml'))
      const before = await catalogue(team_.database, tool)
      ok(await team_.export('--phase', 'expand'))
      went(await team_.up())
      went(await team_.down())
      expect(await catalogue(team_.database, tool)).toEqual(before)
      ok(await team_.export('--all'))
      went(await team_.up())
      const there = await team_.database.query('SELECT family_name FROM users')
      expect(there).toEqual([])
      const refused = await team_.down()
      expect(refused.code).not.toBe(0)
      expect(refused.text).toContain('cannot be undone')
    })
  }
})
