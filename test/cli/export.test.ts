import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused } from '../support/command.ts'
import { drizzleFolder } from '../support/migration-tool-projects.ts'
import { PLAN, rename, users } from '../support/users.ts'

/** A plan that is compiled, and the folder of a tool. */
async function begun(server: { readonly url: string }, plan = rename(), setup = users()): Promise<Bench> {
  const here = await bench(server, setup, { [PLAN]: plan, 'migrations/.keep': '' })
  done(await here.plan('compile', PLAN))
  return here
}

const filesIn = async ({ dir }: Bench, folder = 'migrations'): Promise<string[]> =>
  (await readdir(join(dir, folder))).filter((name) => !name.startsWith('.')).sort()

const KNEX = ['export', PLAN, '--to', 'knex'] as const

describePostgres('plan export', (server) => {
  it('writes the next phase where the tool has its files, and says how they are applied', async () => {
    await using here = await begun(server)
    const { out } = done(await here.plan(...KNEX))
    const [file = '', ...more] = await filesIn(here)
    expect(more).toEqual([])
    expect(file).toMatch(/^\d{14}_rename_expand_1\.js$/)
    expect(out).toContain(`wrote migrations/${file}`)
    expect(out).toContain('apply with: npx knex migrate:latest')
  })

  it('never writes a file again that is there, and finds one that was changed', async () => {
    await using here = await begun(server)
    done(await here.plan(...KNEX))
    const [file = ''] = await filesIn(here)
    expect(done(await here.plan(...KNEX)).out).toContain(`migrations/${file} is as it was exported`)
    expect(await filesIn(here)).toEqual([file])
    done(await here.plan(...KNEX, '--check'))
    const path = join(here.dir, 'migrations', file)
    const text = await readFile(path, 'utf8')
    await writeFile(path, `${text}// ours\n`)
    refused(await here.plan(...KNEX), 5, 'PLAN_STALE', `${file} differs`, 'nothing was written')
    refused(await here.plan(...KNEX, '--check'), 5, 'PLAN_STALE', `${file} differs`)
    expect(await readFile(path, 'utf8')).toBe(`${text}// ours\n`)
  })

  it('writes the same but for the time in its names', async () => {
    await using here = await begun(server)
    for (const folder of ['one', 'two']) {
      await mkdir(join(here.dir, folder))
      done(await here.plan(...KNEX, '--all', '--out', folder))
    }
    const texts = async (folder: string) =>
      Promise.all((await filesIn(here, folder)).map((file) => here.read(join(folder, file))))
    expect(await texts('two')).toEqual(await texts('one'))
  })

  it('needs no database for a plan that is compiled', async () => {
    await using here = await begun(server)
    const offline = { env: { PLAN_DATABASE_URL: '' } }
    done(await here.planWith(offline, ...KNEX))
    expect(await filesIn(here)).toHaveLength(1)
    refused(
      await here.planWith(offline, ...KNEX, '--phase', 'contract'),
      3,
      'PLAN_WAITING',
      'contract may not begin: the ledger does not have expand as done',
    )
    done(await here.planWith(offline, ...KNEX, '--all'))
    expect((await filesIn(here)).length).toBeGreaterThan(3)
  })

  it('writes modules where the package says so, and TypeScript where the files beside are', async () => {
    await using here = await begun(server)
    await here.write('package.json', '{"type":"module"}')
    done(await here.plan(...KNEX))
    const [file = ''] = await filesIn(here)
    expect(await here.read(`migrations/${file}`)).toContain('export const up = (knex)')
    await here.write('typed/1700000000000-Init.ts', 'export {}')
    done(await here.plan('export', PLAN, '--to', 'typeorm', '--out', 'typed'))
    const [, typed = ''] = await filesIn(here, 'typed')
    expect(typed).toMatch(/^\d{13}-rename_expand_1\.ts$/)
    expect(await here.read(`typed/${typed}`)).toMatch(
      /export class RenameExpand1\d{13} implements MigrationInterface/,
    )
  })

  it('puts contract behind the deployment, where a team has two folders', async () => {
    await using here = await begun(server)
    for (const folder of ['pre-deploy', 'post-deploy']) await mkdir(join(here.dir, 'migrations', folder))
    done(await here.plan(...KNEX, '--all', '--layout', 'pre-post'))
    expect((await filesIn(here, 'migrations/post-deploy')).every((file) => file.includes('_contract_'))).toBe(
      true,
    )
    expect((await filesIn(here, 'migrations/pre-deploy')).some((file) => file.includes('_contract_'))).toBe(
      false,
    )
  })

  it('fills small tables itself, where it is asked to', async () => {
    await using here = await begun(server)
    done(await here.plan(...KNEX, '--all', '--inline-backfill'))
    const [file = ''] = (await filesIn(here)).filter((name) => name.includes('backfill'))
    expect(await here.read(`migrations/${file}`)).toContain('UPDATE "public"."users"')
  })

  it('goes on behind the newest file that is there', async () => {
    await using here = await begun(server)
    const soon = new Date(Date.now() + 600_000).toISOString().replaceAll(/\D/g, '').slice(0, 14)
    await here.write(`migrations/${soon}_theirs.js`, '')
    done(await here.plan(...KNEX))
    const [first, second = ''] = await filesIn(here)
    expect(first).toBe(`${soon}_theirs.js`)
    expect(second > `${soon}_theirs.js`).toBe(true)
  })

  it('refuses, with what to do', async () => {
    await using here = await begun(server)
    refused(await here.plan('export', PLAN), 2, 'PLAN_USAGE', '--to')
    refused(await here.plan('export', PLAN, '--to', 'knox'), 2, 'PLAN_USAGE', 'did you mean knex?')
    refused(await here.plan('export', PLAN, '--to', 'rails'), 2, 'PLAN_USAGE', 'there is no tool rails')
    refused(await here.plan(...KNEX, '--phase', 'contract'), 3, 'PLAN_WAITING', 'plan adopt rename', '--all')
    refused(await here.plan(...KNEX, '--phase', 'contract', '--all'), 2, 'PLAN_USAGE')
    refused(await here.plan(...KNEX, '--out', 'nowhere'), 2, 'PLAN_USAGE', 'there is no folder nowhere')
    refused(await here.plan(...KNEX, '--layout', 'pre-post'), 2, 'PLAN_USAGE', 'pre-deploy')
    await here.write('migrations/29990101000000_theirs.js', '')
    refused(await here.plan(...KNEX), 2, 'PLAN_USAGE', 'which is to come')
    expect(await filesIn(here)).toEqual(['29990101000000_theirs.js'])
  })

  it('gives Prisma one phase after the other, and Liquibase all of them', async () => {
    await using here = await begun(server)
    for (const folder of ['prisma', 'changes']) await mkdir(join(here.dir, folder))
    const prisma = ['export', PLAN, '--to', 'prisma', '--out', 'prisma'] as const
    const liquibase = ['export', PLAN, '--to', 'liquibase', '--out', 'changes'] as const
    refused(await here.plan(...prisma, '--all'), 2, 'PLAN_USAGE', 'do not ask whether they may run', '--ask')
    expect(await filesIn(here, 'prisma')).toEqual([])
    const { out } = done(await here.plan(...prisma))
    expect(out).toContain('npx prisma migrate resolve --rolled-back')
    expect((await filesIn(here, 'prisma')).every((name) => name.includes('_expand_'))).toBe(true)
    refused(await here.plan(...liquibase, '--phase', 'expand'), 2, 'PLAN_USAGE', 'leave out --phase')
    done(await here.plan(...liquibase))
    const names = await filesIn(here, 'changes')
    for (const phase of ['expand', 'backfill', 'verify', 'contract'])
      expect(names.some((name) => name.includes(`_${phase}_`))).toBe(true)
    done(await here.plan(...liquibase, '--check'))
  })

  it('keeps what Prisma could not ask for the runner: a shape that is held, and what comes after', async () => {
    await using here = await begun(server, rename('contract: { hold: 1h }\n'))
    await mkdir(join(here.dir, 'prisma'))
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    done(await here.plan('confirm', 'switch-app', '--plan', 'rename', '--by', 'ada'))
    const { out } = done(await here.plan('export', PLAN, '--to', 'prisma', '--out', 'prisma'))
    expect(out).toMatch(/contract\.\d has no file: the old shape is kept for a while first/)
    const texts = await Promise.all(
      (await filesIn(here, 'prisma')).map((name) => here.read(join('prisma', name, 'migration.sql'))),
    )
    expect(texts.length).toBeGreaterThan(0)
    expect(texts.filter((text) => text.includes('DROP COLUMN'))).toEqual([])
  })

  it('adds to the journal of Drizzle what it writes, and finds what that does not list', async () => {
    await using here = await begun(server)
    for (const [file, text] of Object.entries(drizzleFolder('postgresql'))) await here.write(file, text)
    const drizzle = ['export', PLAN, '--to', 'drizzle'] as const
    done(await here.plan(...drizzle))
    const journal = JSON.parse(await here.read('drizzle/meta/_journal.json')) as {
      entries: { idx: number; tag: string; when: number }[]
    }
    const [base, ...ours] = journal.entries
    const files = (await filesIn(here, 'drizzle')).filter((name) => name.endsWith('.sql'))
    expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(files)
    expect(journal.entries.map(({ idx }) => idx)).toEqual(files.map((_, index) => index))
    expect(ours.every(({ when }) => when > (base?.when ?? 0))).toBe(true)
    const text = await here.read('drizzle/meta/_journal.json')
    done(await here.plan(...drizzle))
    done(await here.plan(...drizzle, '--check'))
    expect(await here.read('drizzle/meta/_journal.json')).toBe(text)
    await here.write('drizzle/meta/_journal.json', JSON.stringify({ ...journal, entries: [base] }))
    refused(
      await here.plan(...drizzle, '--check'),
      5,
      'PLAN_STALE',
      'meta/_journal.json does not say what is there',
    )
    done(await here.plan(...drizzle))
    done(await here.plan(...drizzle, '--check'))
  })

  it('refuses to tell a tool that it does not know, before anything is run', async () => {
    await using here = await begun(server)
    const advance = (tool: string) => here.plan('advance', PLAN, '--ledger', tool)
    refused(await advance('knox'), 2, 'PLAN_USAGE', 'did you mean knex?')
    refused(await advance('prisma'), 2, 'PLAN_NOT_BUILT', 'nothing was run')
    expect(JSON.parse(done(await here.plan('status', '--json')).out).plans).toEqual([])
    refused(await advance('knex'), 2, 'PLAN_USAGE', 'has no table knex_migrations', 'the plan itself went on')
  })

  it('refuses a folder that cannot be written', async () => {
    await using here = await begun(server)
    await here.write('file', '')
    refused(await here.plan(...KNEX, '--out', 'file'), 2, 'PLAN_USAGE', 'there is no folder file')
    await mkdir(join(here.dir, 'closed'))
    await chmod(join(here.dir, 'closed'), 0o555)
    // Root may write everywhere: for root the system's own folder is refused.
    const closed = process.getuid?.() === 0 ? '/proc' : 'closed'
    refused(await here.plan(...KNEX, '--out', closed), 2, 'PLAN_USAGE', 'cannot write')
  })

  it('is not troubled by what is special to a tool or to JavaScript', async () => {
    const odd = 'CREATE TABLE "it\'s \\\\ `\u0024{odd}` ?" (id bigint PRIMARY KEY, "?| :name" jsonb)'
    const plan = `version: 1\nname: odd\nintents:\n  - rename_column: { table: "it's \\\\\\\\ \`\${odd}\` ?", from: "?| :name", to: "new \${name}?" }\n`
    await using here = await begun(server, plan, [odd])
    done(await here.plan('export', PLAN, '--to', 'knex', '--all'))
    for (const file of await filesIn(here)) {
      const { up } = await import(join(here.dir, 'migrations', file)).then((one) => one.default ?? one)
      const run: string[] = []
      const raw = (text: string) => ({ connection: async () => void run.push(text) })
      const client = { acquireConnection: async () => ({}), releaseConnection: async () => {} }
      await up({ raw, client })
      // Knex gives back what was escaped for it.
      for (const text of run) await here.database.query(text.replaceAll('\\?', '?'))
    }
    const columns = await here.database.query(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY ordinal_position",
    )
    expect(columns).toEqual([{ column_name: 'id' }, { column_name: 'new \u0024{name}?' }])
  })
})
