import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { plan, type Ran } from './cli.ts'
import { createLive, type LiveDatabase, type LiveServer } from './lives-database.ts'
import { type RealTool, type Said, type ToolProject, toolProject } from './migration-tools.ts'
import { isMysql } from './places.ts'

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
export async function team(server: { readonly url: string }, tool: RealTool, rows: boolean) {
  const database = await createLive(server as LiveServer)
  for (const statement of [...base(isMysql(server)), ...(rows ? [ROWS] : [])]) await database.query(statement)
  const url = new URL(database.url)
  const project = await toolProject(
    { ...tool.project(url), 'plans/rename.yaml': PLAN },
    { DATABASE_URL: databaseUrl(tool, url), ...tool.env },
    tool.modules,
  )
  await mkdir(join(project.dir, tool.folder), { recursive: true })
  if (tool.begin) went(await project.run(tool.begin))
  return {
    database,
    project,
    plan: (...argv: readonly string[]) => plan(database, project.dir, argv),
    export: (...argv: readonly string[]) =>
      plan(database, project.dir, ['export', 'rename', '--to', tool.name, ...argv]),
    up: () => project.run(tool.up),
    down: () => project.run(tool.down ?? []),
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
export const catalogue = async (database: LiveDatabase, { tables }: RealTool): Promise<string[]> =>
  (await database.dump()).filter((line) => !tables.test(line))

export const files = async (project: ToolProject, { folder, beside }: RealTool): Promise<string[]> =>
  (await readdir(join(project.dir, folder))).filter((name) => !beside?.test(name)).sort()

export const applied = async (database: LiveDatabase, { ledger }: RealTool): Promise<number> =>
  (await database.query(/^mysql|^mariadb/.test(database.url) ? ledger.replaceAll('"', '`') : ledger)).length

export const went = ({ code, text }: Said): void => expect(`${code}\n${code === 0 ? '' : text}`).toBe('0\n')
export const ok = ({ status, err }: Ran): void => expect(`${status}\n${status === 0 ? '' : err}`).toBe('0\n')

type Server = { readonly url: string }

/** All phases, each exported when it may begin: in the end the schema is as it is without the tool. */
export async function carriesThrough(server: Server, tool: RealTool): Promise<void> {
  await using ours = await team(server, tool, true)
  const wanted = await withoutTool(server, tool)
  ok(await ours.plan('compile', 'plans/rename.yaml'))
  ok(await ours.export())
  went(await ours.up())
  ok(await ours.plan('adopt', 'rename'))
  ok(await ours.plan('advance', 'rename', '--phase', 'backfill'))
  ok(await ours.export())
  went(await ours.up())
  ok(await ours.plan('adopt', 'rename'))
  expect(await ours.export('--phase', 'contract')).toMatchObject({
    status: 3,
    err: expect.stringContaining('the ledger does not have verify as done'),
  })
  ok(await ours.plan('advance', 'rename', '--phase', 'verify'))
  expect(await ours.export()).toMatchObject({
    status: 3,
    err: expect.stringContaining('checkpoint switch-app is not confirmed'),
  })
  await confirmed(ours)
  ok(await ours.export())
  went(await ours.up())
  await isDone(ours)
  expect(await catalogue(ours.database, tool)).toEqual(wanted)
  expect(await applied(ours.database, tool)).toBe((await files(ours.project, tool)).length)
}

/** All files at once. */
export async function stopsAtQuestions(server: Server, tool: RealTool): Promise<void> {
  await using ours = await team(server, tool, true)
  ok(await ours.plan('compile', 'plans/rename.yaml'))
  ok(await ours.export('--all'))
  const stopped = await ours.up()
  expect(stopped.code).not.toBe(0)
  if (!tool.silent)
    expect(stopped.text).toContain(
      'plan rename: the backfill is not done: plan advance rename --phase backfill',
    )
  ok(await ours.plan('adopt', 'rename'))
  ok(await ours.plan('advance', 'rename', '--phase', 'backfill'))
  const again = await ours.up()
  expect(again.code).not.toBe(0)
  if (!tool.silent) expect(again.text).toContain('plan rename: checkpoint switch-app is not confirmed')
  ok(await ours.plan('adopt', 'rename'))
  ok(await ours.plan('advance', 'rename', '--phase', 'verify'))
  await confirmed(ours)
  went(await ours.up())
  ok(await ours.plan('adopt', 'rename'))
  ok(await ours.export('--all', '--check'))
}

/** A laptop, or CI; and the tool's own way back, where it has one. */
export async function buildsFromNothing(server: Server, tool: RealTool): Promise<void> {
  await using ours = await team(server, tool, false)
  ok(await ours.plan('compile', 'plans/rename.yaml'))
  const before = await catalogue(ours.database, tool)
  ok(await ours.export('--phase', 'expand'))
  went(await ours.up())
  if (tool.down !== null) {
    went(await ours.down())
    expect(await catalogue(ours.database, tool)).toEqual(before)
  }
  ok(await ours.export('--all'))
  went(await ours.up())
  const there = await ours.database.query('SELECT family_name FROM users')
  expect(there).toEqual([])
  if (tool.down === null) return
  const refused = await ours.down()
  expect(refused.code).not.toBe(0)
  expect(refused.text).toContain('cannot be undone')
}

type Team = Awaited<ReturnType<typeof team>>

/** The catalogue after the whole plan, where no tool but ours runs it. */
export async function withoutTool(server: Server, tool: RealTool): Promise<string[]> {
  await using ours = await team(server, tool, true)
  ok(await ours.plan('compile', 'plans/rename.yaml'))
  ok(await ours.plan('advance', 'rename', '--phase', 'verify'))
  await confirmed(ours)
  ok(await ours.plan('advance', 'rename', '--phase', 'contract', '--yes'))
  return await catalogue(ours.database, tool)
}

export const confirmed = async (ours: Team): Promise<void> =>
  ok(await ours.plan('confirm', 'switch-app', '--plan', 'rename', '--by', 'ada'))

/** The ledger learns that the tool has done all. */
export async function isDone(ours: Team): Promise<void> {
  const adopted = await ours.plan('adopt', 'rename')
  ok(adopted)
  expect(adopted.out).toMatch(/recorded as done: contract\.1.*/)
  const { out } = await ours.plan('status', 'rename', '--json')
  expect(JSON.parse(out).plans[0].state).toBe('done')
}

/** A small table that its file fills itself. */
export async function fillsItself(server: Server, tool: RealTool): Promise<void> {
  await using ours = await team(server, tool, true)
  ok(await ours.plan('compile', 'plans/rename.yaml'))
  ok(await ours.export('--all', '--inline-backfill'))
  const stopped = await ours.up()
  expect(stopped.text).toContain('plan rename: checkpoint switch-app is not confirmed')
  const rows = await ours.database.query('SELECT last_name, family_name FROM users ORDER BY id')
  expect(rows.map((row) => row['family_name'])).toEqual(rows.map((row) => row['last_name']))
}

/** What the plan has run itself, as the tool's own ledger has it. */
export async function learnsOfPlan(server: Server, tool: RealTool): Promise<void> {
  await using ours = await team(server, tool, true)
  ok(await ours.plan('compile', 'plans/rename.yaml'))
  await ours.up()
  const advance = (...argv: readonly string[]) =>
    ours.plan('advance', 'rename', '--ledger', tool.name, '--yes', ...argv)
  ok(await advance('--phase', 'verify'))
  await confirmed(ours)
  ok(await advance('--phase', 'contract'))
  const all = (await files(ours.project, tool)).length
  expect(await applied(ours.database, tool)).toBe(all)
  ok(await advance())
  expect(await applied(ours.database, tool)).toBe(all)
  went(await ours.up())
  expect(await applied(ours.database, tool)).toBe(all)
  if (tool.down !== null) expect((await ours.down()).text).toContain('cannot be undone')
}
