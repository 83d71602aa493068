import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { PLAN, rename, users } from '../support/users.ts'

const PROGRAM = 'plans/rename/program.json'

describePostgres('what runs', (server) => {
  const compiled = async () => {
    const here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('compile', PLAN))
    return here
  }
  const columns = async ({ database }: Bench) =>
    (
      await database.query(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0",
      )
    ).map(({ attname }) => attname)

  it('is refused with the lines that differ when the plan was edited after expand', async () => {
    await using here = await compiled()
    done(await here.plan('advance'))
    await here.write(PLAN, rename().replace('family_name', 'surname'))
    const says = [/^ +- .*to: family_name/m, /^ +\+ .*to: surname/m, 'compile it again, or roll back']
    refused(await here.plan('advance'), 5, 'PLAN_CHANGED', ...says)
    refused(await here.plan('compile', PLAN), 5, 'PLAN_CHANGED', ...says)
    await here.write(PLAN, rename())
    done(await here.plan('advance'))
  })

  it('is what the plan compiles to as long as it is under way, whatever the database looks like by now', async () => {
    await using here = await compiled()
    const files = ['program.json', 'expand.sql', 'RUNBOOK.md'].map((name) => `plans/rename/${name}`)
    const before = await Promise.all(files.map(here.read))
    for (const phase of ['expand', 'backfill', 'verify']) {
      done(await here.plan('advance', '--phase', phase))
      done(await here.plan('compile', PLAN, '--check'))
      expect(await Promise.all(files.map(here.read))).toEqual(before)
    }
    // Compiled again for something else meanwhile, and put back.
    await here.write(PROGRAM, '{}')
    done(await here.plan('compile', PLAN))
    done(await here.plan('compile', PLAN, '--check'))
    done(await here.plan('advance', '--phase', 'verify'))
  })

  it('is refused when the program was edited by hand', async () => {
    await using here = await compiled()
    const program = await here.read(PROGRAM)
    await here.write(PROGRAM, program.replace('ADD COLUMN', 'ADD  COLUMN'))
    refused(await here.plan('advance'), 5, 'PLAN_CHANGED', 'program.json was changed after it was compiled')
    expect(await columns(here)).not.toContain('family_name')
    await here.write(PROGRAM, '{')
    refused(await here.plan('advance'), 5, 'PLAN_CHANGED', 'program.json is not JSON')
    await here.write(PROGRAM, '{}')
    refused(await here.plan('advance'), 5, 'PLAN_CHANGED', 'program.json')
    await here.write(PROGRAM, program)
    done(await here.plan('advance'))
  })

  it('is refused when the plan was edited after it was compiled', async () => {
    await using here = await compiled()
    await here.write(PLAN, rename('description: another one\n'))
    refused(await here.plan('advance', PLAN), 5, 'PLAN_STALE', 'plan compile plans/plan.yaml')
    expect(await columns(here)).not.toContain('family_name')
    done(await here.plan('compile', PLAN))
    done(await here.plan('advance', PLAN))
  })

  it('is refused when the program was compiled for a database of another shape', async () => {
    await using here = await compiled()
    await here.database.query('ALTER TABLE users ALTER last_name TYPE varchar(200)')
    refused(await here.plan('advance'), 5, 'PLAN_DRIFT', 'public.users.last_name: text', 'varying(200)')
    expect(await columns(here)).not.toContain('family_name')
    await here.database.query('DROP TABLE users')
    refused(await here.plan('advance'), 5, 'PLAN_DRIFT', 'users')
  })

  it('is what the ledger has pinned where the plan file is not', async () => {
    await using here = await compiled()
    done(await here.plan('advance'))
    done(await here.planWith({ cwd: '/' }, 'advance', 'rename'))
  })

  it('is no program when the name is taken by a finished plan with another text', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    done(await here.plan('advance', PLAN, '--yes'))
    await here.write(PLAN, rename('description: another one\n'))
    refused(await here.plan('advance', PLAN), 5, 'PLAN_CHANGED', '+ description: another one')
  })
})

describePostgres('compile --check', (server) => {
  it('says 0 while nothing differs, also when the table grew, and 5 after the plan changed', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    refused(await here.plan('compile', PLAN, '--check'), 5, 'PLAN_STALE', 'program.json')
    done(await here.plan('compile', PLAN))
    done(await here.plan('compile', PLAN, '--check'))
    await here.database.query("INSERT INTO users SELECT n, 'e', 'n' FROM generate_series(1000, 9000) AS n")
    await here.database.query('ANALYZE users')
    done(await here.plan('compile', PLAN, '--check'))
    await here.write(PLAN, rename('on_conflict: new\n'))
    const ended = refused(
      await here.plan('compile', PLAN, '--check'),
      5,
      'PLAN_STALE',
      'program.json',
      'RUNBOOK',
    )
    expect(ended.err).toContain(`plan compile ${PLAN}`)
    await here.write(PLAN, rename())
    await here.write('plans/rename/RUNBOOK.md', 'mine')
    refused(await here.plan('compile', PLAN, '--check'), 5, 'PLAN_STALE', /: RUNBOOK\.md\b/)
    expect(await here.read('plans/rename/RUNBOOK.md')).toBe('mine')
  })

  it('says 5 after the schema changed', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('compile', PLAN))
    await here.database.query('CREATE INDEX by_name ON users (last_name)')
    refused(await here.plan('compile', PLAN, '--check'), 5, 'PLAN_STALE', 'program.json')
  })
})

describeEachPostgres('a schema change by somebody else between two phases', (server) => {
  const cases: readonly [string, string, string, readonly (string | RegExp)[]][] = [
    [
      'another type',
      'ALTER TABLE users ALTER last_name TYPE varchar(99)',
      'ALTER TABLE users ALTER last_name TYPE text',
      ['~ column public.users.last_name: text -> character varying(99)'],
    ],
    [
      'an index that went',
      'DROP INDEX by_name',
      'CREATE INDEX by_name ON users (last_name)',
      ['- index public.users.by_name'],
    ],
    [
      'an index that came',
      'CREATE INDEX other ON users (lower(last_name))',
      'DROP INDEX other',
      ['+ index public.users.other'],
    ],
    [
      'the sync trigger disabled',
      'ALTER TABLE users DISABLE TRIGGER USER',
      'ALTER TABLE users ENABLE TRIGGER USER',
      [/~ trigger public\.users\.zz_plan_sync_.*enabled O.* -> .*enabled D/],
    ],
    [
      'the column that expand made, gone',
      'ALTER TABLE users RENAME family_name TO x',
      'ALTER TABLE users RENAME x TO family_name',
      ['- column public.users.family_name'],
    ],
    [
      'row security',
      'ALTER TABLE users ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE users DISABLE ROW LEVEL SECURITY',
      ['~ row security public.users: disabled -> enabled'],
    ],
  ]
  it('is drift, shown, and mended by undoing it', async () => {
    await using here = await bench(server, [...users(), 'CREATE INDEX by_name ON users (last_name)'], {
      [PLAN]: rename(),
    })
    done(await here.plan('advance', PLAN))
    for (const [, change, mend, says] of cases) {
      await here.database.query(change)
      refused(await here.plan('advance', PLAN), 5, 'PLAN_DRIFT', 'since the last step', ...says)
      await here.database.query(mend)
    }
    // What other plans and people do elsewhere is none of our business.
    await here.database.query('CREATE TABLE elsewhere (id int)')
    await here.database.query('ALTER TABLE users ADD unrelated int')
    done(await here.plan('advance', PLAN))
  })

  it('is drift when the sync function was replaced', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN))
    const [found] = await here.database.query(
      "SELECT proname FROM pg_proc WHERE proname LIKE 'zz_plan_sync%'",
    )
    await here.database.query(
      `CREATE OR REPLACE FUNCTION ${found?.['proname']}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
    )
    refused(await here.plan('advance', PLAN), 5, 'PLAN_DRIFT', /~ trigger public\.users\.zz_plan_sync/)
  })
})
