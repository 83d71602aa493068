import { expect, it } from 'vitest'
import { stepsOf } from '../../src/program/actions.ts'
import type { Program } from '../../src/program/program.ts'
import type { Phase } from '../../src/program/step.ts'
import { statementsOf } from '../../src/program/written.ts'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { MONGO_PLAN, mongoBench } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { addHandle, mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const programIn = async (here: Bench, name: string): Promise<Program> =>
  JSON.parse(await here.read(`plans/${name}/program.json`))

/** Runs the statements of a phase as its file has them. */
async function byHand(
  here: Bench,
  name: string,
  phase: Phase,
  otherwise = (statement: string): string => statement,
): Promise<void> {
  const steps = stepsOf(await programIn(here, name)).filter((step) => step.phase === phase)
  for (const { parts } of steps)
    for (const { written } of parts)
      for (const statement of statementsOf(written)) await here.database.query(otherwise(statement))
}

describeEachKind('what was carried out by hand', (server) => {
  const setup = isMysql(server) ? mysqlUsers() : users()

  it('is recorded, so that the plan goes on from there and can go back', async () => {
    await using here = await bench(server, setup, { [PLAN]: rename() })
    done(await here.plan('compile', PLAN))
    await byHand(here, 'rename', 'expand')
    refused(await here.plan('advance', PLAN), 5, 'PLAN_DRIFT', 'plan adopt rename')
    const { out } = done(await here.plan('adopt', PLAN))
    expect(out).toMatch(/^rename: recorded as done: expand\.1.*; next: plan advance rename.*\n$/)
    await here.database.query(`UPDATE users SET last_name = 'anew' WHERE id = 1`)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    const [row] = await here.database.query('SELECT family_name FROM users WHERE id = 1')
    expect(row).toEqual({ family_name: 'anew' })
    expect(done(await here.plan('log', 'rename')).out).toContain('step adopted')
    expect(done(await here.plan('adopt', PLAN)).out).toContain('nothing was recorded')
    done(await here.plan('rollback', 'rename', '--yes'))
    const [after] = await here.database.query('SELECT * FROM users WHERE id = 1')
    expect(Object.keys(after ?? {})).toEqual(['id', 'email', 'last_name'])
  })

  it('is recorded after the backfill, too', async () => {
    const type = isMysql(server) ? 'varchar(80)' : 'text'
    await using here = await bench(server, setup, { [PLAN]: addHandle('', '', type) })
    done(await here.plan('compile', PLAN))
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await byHand(here, 'handles', 'enforce')
    const { out } = done(await here.plan('adopt', 'handles'))
    expect(out).toMatch(/recorded as done: enforce\.1.*; next: plan advance handles/)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })

  it('is not recorded where only a part of a step is there', async () => {
    await using here = await bench(server, setup, { [PLAN]: rename() })
    done(await here.plan('compile', PLAN))
    const [first] = stepsOf(await programIn(here, 'rename'))
    const added = first?.parts.flatMap(({ written }) => statementsOf(written))[0] ?? ''
    expect(added).toMatch(/ADD COLUMN/)
    await here.database.query(added)
    refused(await here.plan('adopt', PLAN), 5, 'PLAN_DRIFT', 'the database shows expand.1 only in part')
  })

  it.each([
    ['a column of another type', 'int', '', 'family_name is int'],
    ['a column with a default of its own', 'varchar(80)', " DEFAULT 'x'", 'family_name has a default'],
  ])('is not recorded where it is %s', async (_, type, rest, says) => {
    await using here = await bench(server, setup, { [PLAN]: rename() })
    done(await here.plan('compile', PLAN))
    await byHand(here, 'rename', 'expand', (statement) =>
      statement
        .replace(/(ADD COLUMN .family_name. )(\S+ varying|\S+)(\(\d+\))?/, `$1${type}${rest}`)
        .replace(/ COLLATE \S+/, ''),
    )
    refused(await here.plan('adopt', PLAN), 5, 'PLAN_DRIFT', 'is not what the steps make', says)
    expect(JSON.parse(done(await here.plan('status', '--json')).out).plans).toEqual([])
  })

  it('is not recorded where an index has other columns', async () => {
    const type = isMysql(server) ? 'varchar(80)' : 'text'
    await using here = await bench(server, setup, { [PLAN]: addHandle('', ', index: true', type) })
    done(await here.plan('compile', PLAN))
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await byHand(here, 'handles', 'enforce', (statement) =>
      /INDEX|KEY/.test(statement) ? statement.replace(/([("`])handle(["`)])/, '$1email$2') : statement,
    )
    refused(
      await here.plan('adopt', PLAN),
      5,
      'PLAN_DRIFT',
      'is not what the steps make',
      'is of other columns: email',
    )
  })

  it('is not recorded where the database does not show it', async () => {
    await using here = await bench(server, setup, { [PLAN]: rename() })
    done(await here.plan('compile', PLAN))
    expect(done(await here.plan('adopt', PLAN)).out).toContain('nothing was recorded')
    refused(
      await here.plan('adopt', PLAN, '--through', 'expand.1'),
      5,
      'PLAN_DRIFT',
      'the database does not show expand.1 as done',
    )
    await byHand(here, 'rename', 'expand')
    refused(
      await here.plan('adopt', PLAN, '--through', 'expnad.1'),
      2,
      'PLAN_USAGE',
      'did you mean expand.1?',
    )
    refused(
      await here.plan('adopt', PLAN, '--through', 'backfill.1'),
      2,
      'PLAN_USAGE',
      'no query can tell whether backfill.1 is done',
    )
    refused(
      await here.plan('adopt', PLAN, '--through', 'contract.1'),
      2,
      'PLAN_USAGE',
      'contract.1 cannot be recorded as done by hand',
    )
    await here.database.query('CREATE INDEX theirs ON users (last_name)')
    refused(await here.plan('adopt', PLAN), 5, 'PLAN_DRIFT', 'differs by more than the steps', 'theirs')
    await here.database.query(isMysql(server) ? 'DROP INDEX theirs ON users' : 'DROP INDEX theirs')
    await here.database.query(
      isMysql(server)
        ? 'ALTER TABLE users MODIFY last_name varchar(90)'
        : 'ALTER TABLE users ALTER last_name TYPE varchar(90)',
    )
    refused(await here.plan('adopt', PLAN), 5, 'PLAN_DRIFT', 'differs by more than the steps', 'last_name')
    expect(JSON.parse(done(await here.plan('status', '--json')).out).plans).toEqual([])
  })
})

describeEachMongo('what was carried out by hand on MongoDB', (server) => {
  it('is not recorded where the database does not show it', async () => {
    await using here = await mongoBench(server)
    done(await here.plan('compile', MONGO_PLAN))
    expect(done(await here.plan('adopt', MONGO_PLAN)).out).toContain('nothing was recorded')
  })
})
