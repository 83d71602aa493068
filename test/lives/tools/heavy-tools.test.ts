import { readFileSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeEachPostgres } from '../../support/databases.ts'
import {
  drizzleNext,
  drizzleNow,
  type FetchedTool,
  fetched,
  LIQUIBASE,
  liquibase,
  prisma,
} from '../../support/heavy-tool-projects.ts'
import {
  applied,
  buildsFromNothing,
  carriesThrough,
  catalogue,
  confirmed,
  files,
  isDone,
  ok,
  stopsAtQuestions,
  team,
  went,
  withoutTool,
} from '../../support/migration-teams.ts'
import type { RealTool } from '../../support/migration-tools.ts'
import { describeEachKind, isMysql } from '../../support/places.ts'
import { had } from '../../support/tool-cache.ts'

type Server = { readonly url: string }

/** A suite for a tool on each database that it is for. A tool that cannot be had is skipped, counted and named. */
async function describeFetched(tool: FetchedTool, suite: (server: Server, real: RealTool) => void) {
  const found = await had(tool.name, tool)
  const each = tool.kinds.includes('mysql') ? describeEachKind : describeEachPostgres
  if ('modules' in found)
    each(`files for ${tool.shown}`, (server) => suite(server, fetched(tool, found.modules)))
  else describe.skip(`files for ${tool.shown} (${found.reason})`, () => suite({ url: '' }, fetched(tool, '')))
}

const CARRY = 'carry the plan through, phase by phase, and what the tool did is recorded'

for (const drizzle of [drizzleNow, drizzleNext])
  await describeFetched(drizzle, (server, tool) => {
    it(CARRY, () => carriesThrough(server, tool))
    it('all at once stop at each question, and go on when it is answered', () =>
      stopsAtQuestions(server, tool))
    it('build an empty database in one go', () => buildsFromNothing(server, tool))

    it('are what its next file builds upon', async () => {
      await using ours = await team(server, tool, false)
      const generate = (name: string) =>
        ours.project.run(['drizzle-kit', 'generate', '--custom', '--name', name])
      await rm(join(ours.project.dir, 'drizzle'), { recursive: true })
      went(await generate('first'))
      ok(await ours.plan('compile', 'plans/rename.yaml'))
      ok(await ours.export('--all'))
      ok(await ours.export('--all', '--check'))
      went(await generate('after'))
      went(await ours.project.run(['drizzle-kit', 'check']))
      const snapshots = (await readdir(join(ours.project.dir, 'drizzle'), { recursive: true }))
        .filter((name) => name.endsWith('snapshot.json'))
        .map((name) => JSON.parse(readFileSync(join(ours.project.dir, 'drizzle', name), 'utf8')))
      const before = snapshots.map(({ prevId, prevIds }): string => prevId ?? prevIds[0])
      const roots = before.filter((one) => !snapshots.some(({ id }) => id === one))
      expect(roots).toEqual(['00000000-0000-0000-0000-000000000000'])
      expect(new Set(before).size).toBe(snapshots.length)
    })
  })

await describeFetched(prisma, (server, tool) => {
  it(CARRY, () => carriesThrough(server, tool))

  it('are not written all at once, because one that fails would block all others', async () => {
    await using ours = await team(server, tool, true)
    ok(await ours.plan('compile', 'plans/rename.yaml'))
    expect(await ours.export('--all')).toMatchObject({
      status: 2,
      err: expect.stringContaining('do not ask whether they may run'),
    })
    expect(await files(ours.project, tool)).toEqual(['20260101000000_base'])
  })

  it('ask with --ask: one that fails is resolved by its name, and goes on when it is answered', async () => {
    await using ours = await team(server, tool, true)
    ok(await ours.plan('compile', 'plans/rename.yaml'))
    ok(await ours.export('--all', '--ask'))
    const names = await files(ours.project, tool)
    const resolved = async (part: string) => {
      const failed = names.find((name) => name.includes(part)) ?? ''
      went(await ours.project.run(['prisma', 'migrate', 'resolve', '--rolled-back', failed]))
    }
    expect((await ours.up()).text).toContain('plan rename: the backfill is not done')
    ok(await ours.plan('adopt', 'rename'))
    ok(await ours.plan('advance', 'rename', '--phase', 'backfill'))
    expect((await ours.up()).text).toContain('P3009')
    await resolved('_backfill_1')
    expect((await ours.up()).text).toContain('plan rename: checkpoint switch-app is not confirmed')
    ok(await ours.plan('adopt', 'rename'))
    ok(await ours.plan('advance', 'rename', '--phase', 'verify'))
    await confirmed(ours)
    await resolved('_contract_1')
    went(await ours.up())
    await isDone(ours)
  })

  it('build an empty database in one go, and Prisma sees nothing to do', async () => {
    await using ours = await team(server, tool, false)
    ok(await ours.plan('compile', 'plans/rename.yaml'))
    ok(await ours.export('--all', '--ask'))
    went(await ours.up())
    expect(await ours.database.query('SELECT family_name FROM users')).toEqual([])
    const status = await ours.project.run(['prisma', 'migrate', 'status'])
    went(status)
    expect(status.text).toContain('Database schema is up to date')
  })

  it('can be marked as applied where plan advance has done them', async () => {
    await using ours = await team(server, tool, true)
    ok(await ours.plan('compile', 'plans/rename.yaml'))
    ok(await ours.export())
    const [, ...ofExpand] = await files(ours.project, tool)
    ok(await ours.plan('advance', 'rename', '--phase', 'expand'))
    for (const name of ofExpand)
      went(await ours.project.run(['prisma', 'migrate', 'resolve', '--applied', name]))
    const status = await ours.project.run(['prisma', 'migrate', 'status'])
    went(status)
    expect(status.text).toContain('Database schema is up to date')
  })
})

const THEIRS = `--liquibase formatted sql
--changeset somebody:theirs
CREATE TABLE theirs (id int);
`

await describeFetched(liquibase, (server, tool) => {
  it('all at once: what may not run yet is skipped and blocks nobody, and runs when it may', async () => {
    await using ours = await team(server, tool, true)
    const wanted = await withoutTool(server, tool)
    const listed = () => applied(ours.database, tool)
    ok(await ours.plan('compile', 'plans/rename.yaml'))
    ok(await ours.export())
    await writeFile(join(ours.project.dir, tool.folder, 'theirs.sql'), THEIRS)
    went(await ours.up())
    expect(await ours.database.query('SELECT id FROM theirs')).toEqual([])
    // expand, and what others have.
    expect(await listed()).toBe(2)
    ok(await ours.plan('adopt', 'rename'))
    ok(await ours.plan('advance', 'rename', '--phase', 'backfill'))
    went(await ours.up())
    const enforced = await listed()
    expect(enforced).toBeGreaterThan(3)
    expect(await ours.database.query('SELECT last_name FROM users WHERE id = 1')).toEqual([
      { last_name: 'Arendt' },
    ])
    ok(await ours.plan('adopt', 'rename'))
    ok(await ours.plan('advance', 'rename', '--phase', 'verify'))
    went(await ours.up())
    expect(await listed()).toBe(enforced)
    await confirmed(ours)
    went(await ours.up())
    await isDone(ours)
    await ours.database.query('DROP TABLE theirs')
    expect(await catalogue(ours.database, tool)).toEqual(wanted)
    ok(await ours.export('--check'))
    const status = await ours.project.run([LIQUIBASE, 'status'])
    expect(status.text).toContain('is up to date')
  })

  it('build an empty database in one go, and go back from there', async () => {
    await using ours = await team(server, tool, false)
    ok(await ours.plan('compile', 'plans/rename.yaml'))
    const before = await catalogue(ours.database, tool)
    ok(await ours.export())
    // Back from the end to before expand is refused at the drop; so only expand is applied at first.
    went(await ours.project.run([LIQUIBASE, 'update-count', '1']))
    went(await ours.down())
    expect(await catalogue(ours.database, tool)).toEqual(before)
    went(await ours.up())
    expect(await ours.database.query('SELECT family_name FROM users')).toEqual([])
    const refused = await ours.down()
    expect(refused.code).not.toBe(0)
    expect(refused.text).toContain('cannot be undone')
  })

  it('are not troubled by what is special to Liquibase', async () => {
    const mysql = isMysql(server)
    const quote = (name: string) => (mysql ? `\`${name}\`` : `"${name}"`)
    await using ours = await team(server, tool, false)
    const columns = [`id bigint PRIMARY KEY`, `${quote("it's // ; \u0024{database.x}")} varchar(80) NOT NULL`]
    await ours.database.query(`CREATE TABLE ${quote('--changeset a:b')} (${columns.join(', ')})`)
    await ours.database.query(
      `CREATE INDEX odd ON ${quote('--changeset a:b')} (${quote("it's // ; \u0024{database.x}")})`,
    )
    await writeFile(
      join(ours.project.dir, 'plans/odd.yaml'),
      `version: 1\nname: odd\nintents:\n  - rename_column: { table: "--changeset a:b", from: "it's // ; \u0024{database.x}", to: "--rollback 'x' //" }\n`,
    )
    ok(await ours.plan('compile', 'plans/odd.yaml'))
    ok(await ours.plan('export', 'odd', '--to', 'liquibase'))
    went(await ours.up())
    const found = await ours.database.query(
      `SELECT ${quote("--rollback 'x' //")} FROM ${quote('--changeset a:b')}`,
    )
    expect(found).toEqual([])
    expect(await applied(ours.database, tool)).toBeGreaterThan(8)
  })

  it('are not written for one phase alone', async () => {
    await using ours = await team(server, tool, false)
    ok(await ours.plan('compile', 'plans/rename.yaml'))
    expect(await ours.export('--phase', 'expand')).toMatchObject({
      status: 2,
      err: expect.stringContaining('gets all phases at once'),
    })
  })
})
