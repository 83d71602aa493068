import { expect, it } from 'vitest'
import { type Bench, bench, done, refused, until } from '../support/command.ts'
import { describeEachKind, isMysql, type Place } from '../support/places.ts'
import { alone, ledger, number } from '../support/sessions.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, planFile, rename, users } from '../support/users.ts'

const ROWS = 2_000

/** Twelve slices, so that there is something to share; slow enough for others to come. */
const SLOWLY = rename('backfill: { workers: 3, batch: { rows: 8, max_rows: 10 }, throttle: { duty: 0.1 } }\n')

const MODULE = './same.mjs'

async function prepared(
  server: { readonly url: string },
  text = SLOWLY,
  files: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const setup = isMysql(server) ? [...mysqlUsers(ROWS), ...mysqlCounted] : [...users(ROWS), ...counted]
  const here = await bench(server, setup, { [PLAN]: text, ...files })
  await here.database.query(isMysql(server) ? 'ANALYZE TABLE users' : 'ANALYZE users')
  done(await here.plan('advance', PLAN))
  return here
}

const filled = (database: Place) =>
  number(database, 'SELECT count(*) FROM users WHERE family_name = last_name')
const working = (here: Bench, count: number) =>
  until(`${count} work`, async () => {
    const { plans } = JSON.parse(done(await here.plan('status', '--json')).out)
    return plans[0].backfills[0].workers === count
  })
/** Sessions by their claims. */
const holders = async ({ query, url }: Place) => {
  const rows = await query(
    `SELECT holder FROM ${ledger({ url } as Place, 'claims')} WHERE holder IS NOT NULL`,
  )
  return rows.map((row) => JSON.stringify(row['holder']))
}

async function whole(here: Bench): Promise<void> {
  await alone(here.database)
  expect(await number(here.database, `SELECT sum(written) FROM ${ledger(here.database, 'slices')}`)).toBe(
    ROWS,
  )
  done(await here.plan('advance', PLAN, '--phase', 'verify'))
  expect(await filled(here.database)).toBe(ROWS)
  expect(await number(here.database, 'SELECT count(*) FROM writes WHERE times > 1')).toBe(0)
  done(await here.plan('log'))
}

describeEachKind('a process that joins a backfill', (server) => {
  it('takes slices of it, and the runner waits for what it has under way', async () => {
    await using here = await prepared(server)
    refused(await here.plan('join', 'rename'), 3, 'PLAN_WAITING', 'nobody is at work', 'plan advance rename')
    const runner = here.start('advance', PLAN, '--phase', 'backfill')
    await working(here, 3)
    const helper = here.start('join', 'rename', '--workers', '2')
    await working(here, 5)
    done(await here.plan('throttle', '--duty', '1'))
    done(await runner.ended)
    expect(done(await helper.ended).err).toMatch(/rename: worked on \d+ slices?/)
    await whole(here)
  })

  it('that is killed leaves its slices to the runner', async () => {
    await using here = await prepared(server)
    const runner = here.start('advance', PLAN, '--phase', 'backfill')
    await working(here, 3)
    const helper = here.start('join', '--workers', '2')
    await working(here, 5)
    const before = await filled(here.database)
    await until('it has done some', async () => (await filled(here.database)) > before + 50)
    helper.child.kill('SIGKILL')
    await helper.ended
    done(await here.plan('throttle', '--duty', '1'))
    done(await runner.ended)
    await whole(here)
  })

  it('joins the next runner when the one before it was killed, and each row is written once', async () => {
    await using here = await prepared(server)
    const first = here.start('advance', PLAN, '--phase', 'backfill')
    await working(here, 3)
    const helper = here.start('join', '--workers', '2')
    await working(here, 5)
    first.child.kill('SIGKILL')
    await first.ended
    const second = here.start('advance', PLAN, '--phase', 'backfill')
    await working(here, 5)
    expect(new Set(await holders(here.database)).size).toBeGreaterThan(3)
    done(await here.plan('throttle', '--duty', '1'))
    done(await second.ended)
    done(await helper.ended)
    await whole(here)
  })

  it('stands still when the plan is paused, as the runner does', async () => {
    await using here = await prepared(server)
    const runner = here.start('advance', PLAN, '--phase', 'backfill')
    await working(here, 3)
    const helper = here.start('join')
    await working(here, 4)
    done(await here.plan('pause'))
    for (const one of [runner, helper]) await one.says('waits: paused by')
    done(await here.plan('throttle', '--duty', '1'))
    done(await here.plan('resume'))
    done(await runner.ended)
    done(await helper.ended)
    await whole(here)
  })

  it('calls a module, too, and is refused where that is not the one that the plan was compiled with', async () => {
    const column = `add_column: { table: users, column: family_name, type: varchar(80), fill: { module: { from: "${MODULE}#same", reads: [last_name] } } }`
    const settings = 'backfill: { workers: 3, batch: { rows: 8, max_rows: 10 }, throttle: { duty: 0.1 } }\n'
    const is = 'export const same = ({ last_name }) => last_name'
    await using here = await prepared(server, planFile('rename', [column], settings), {
      [`plans/${MODULE}`]: is,
    })
    const runner = here.start('advance', PLAN, '--phase', 'backfill')
    await working(here, 3)
    await here.write(`plans/${MODULE}`, 'export const same = () => null')
    refused(await here.plan('join', 'rename'), 5, 'PLAN_CHANGED', `${MODULE} was changed`)
    await here.write(`plans/${MODULE}`, is)
    const helper = here.start('join', 'rename', '--workers', '2')
    await working(here, 5)
    done(await here.plan('throttle', '--duty', '1'))
    done(await runner.ended)
    expect(done(await helper.ended).err).toMatch(/rename: worked on [1-9]\d* slices?/)
    await whole(here)
  })
})
