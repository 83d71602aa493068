import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { bench, done, type Ended, refused } from '../support/command.ts'
import { MONGO_PLAN, mongoBench, mongoRename } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { allWaiting } from '../support/sessions.ts'
import { mysqlUsers, PLAN, planFile, rename, users } from '../support/users.ts'

/** One passed, and the other was told of it. */
function onlyOne(ended: readonly Ended[]): void {
  const [passed, ...others] = [...ended].sort((a, b) => Number(a.code) - Number(b.code))
  done(passed as Ended)
  for (const one of others) refused(one, 2, 'PLAN_USAGE', 'is under way and touches')
}

/** Answers once that is done, as a version that passes. */
async function asked<T>(answer: () => Promise<unknown>, work: (url: string) => Promise<T>): Promise<T> {
  const web = createServer(
    (_, response) =>
      void answer().then(
        () => response.end('{"version": "2.0.0"}'),
        () => response.destroy(),
      ),
  )
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  try {
    const address = web.address()
    return await work(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`)
  } finally {
    web.closeAllConnections()
    await new Promise((resolve) => web.close(resolve))
  }
}

const checkpoint = (url: string): string =>
  `checkpoints:\n  switch-app: { probes: [{ http: { url: "${url}", json: $.version, at_least: 2.0.0 } }] }\n`
const CONFIRM = ['confirm', 'switch-app', '--by', 'me', '--plan', 'rename'] as const
const MOVED = 'rename was advanced or rolled back while the probes of switch-app ran'

describeEachKind('in the same moment', (server) => {
  const mysql = isMysql(server)
  const setup = mysql ? mysqlUsers() : users()
  const second = planFile('second', ['rename_column: { table: users, from: last_name, to: surname }'])

  it('two plans that touch the same column begin, and one of them passes', async () => {
    await using here = await bench(server, setup, { 'plans/a.yaml': rename(), 'plans/b.yaml': second })
    // The ledger is there, so that nothing else makes one wait for the other.
    await here.write(
      'plans/c.yaml',
      planFile('third', ['add_column: { table: users, column: c, type: int }']),
    )
    done(await here.plan('advance', 'third', '--phase', 'contract'))
    let [arrived, secondCame] = [0, () => {}]
    const both = new Promise<void>((resolve) => {
      secondCame = resolve
    })
    const faults = async (point: string) => {
      if (!/^before insert into .?plan(_|"\.").?plans/i.test(point)) return
      arrived++
      if (arrived > 1) secondCame()
      else await Promise.race([allWaiting(here.database, 1), both])
    }
    onlyOne(await Promise.all(['rename', 'second'].map((name) => here.planWith({ faults }, 'advance', name))))
  })

  it('a plan is confirmed and rolled back, and the confirmation is not kept', async () => {
    await using here = await bench(server, setup)
    const back = async () => void done(await here.plan('rollback', 'rename', '--to', 'enforce', '--yes'))
    await asked(back, async (url) => {
      await here.write(PLAN, rename(checkpoint(url)))
      done(await here.plan('advance', PLAN, '--until-checkpoint'))
      refused(await here.plan(...CONFIRM), 6, 'PLAN_FENCED', MOVED, 'nothing was confirmed')
    })
    const { out } = done(await here.plan('status', '--json'))
    expect(JSON.parse(out).plans[0].checkpoints).toMatchObject([{ id: 'switch-app', by: null }])
  })
})

describeEachMongo('in the same moment', (server) => {
  it('two plans that touch the same field begin, again and again, and one of them passes', async () => {
    await using here = await mongoBench(server, 5)
    await here.write(
      'second.yaml',
      mongoRename().replace('name: rename', 'name: second').replace('to: family_name', 'to: surname'),
    )
    for (let tries = 0; tries < 3; tries++) {
      const names = [MONGO_PLAN, 'second.yaml']
      const ended = await Promise.all(names.map((name) => here.plan('advance', name, '--phase', 'expand')))
      onlyOne(ended)
      done(await here.plan('rollback', names[ended.findIndex(({ code }) => code === 0)] ?? '', '--yes'))
    }
  })

  it('a plan is confirmed and rolled back, and the confirmation is not kept', async () => {
    await using here = await mongoBench(server, 5, '')
    const back = async () => void done(await here.plan('rollback', MONGO_PLAN, '--yes'))
    await asked(back, async (url) => {
      await here.write(MONGO_PLAN, mongoRename(checkpoint(url).replace('switch-app', 'dual-write')))
      done(await here.plan('advance', MONGO_PLAN, '--phase', 'expand'))
      const ended = await here.plan('confirm', 'dual-write', '--by', 'me', '--plan', MONGO_PLAN)
      refused(ended, 6, 'PLAN_FENCED', 'while the probes of dual-write ran')
    })
    const { out } = done(await here.plan('status', '--json'))
    expect(JSON.parse(out).plans[0]).toMatchObject({ state: 'rolled-back' })
  })
})

describeEachKind('contract', (server) => {
  it('is refused while the sync of a plan of another ledger writes the column that goes', async () => {
    const fill = planFile('greets', [
      `add_column: { table: users, column: greeting, type: ${isMysql(server) ? 'varchar(99)' : 'text'}, fill: { upper: { column: last_name } } }`,
    ])
    const config = (ledger: string) => `databases: { main: { ledger_schema: ${ledger} } }\n`
    await using here = await bench(server, isMysql(server) ? mysqlUsers() : users(), {
      [PLAN]: rename(),
      'plans/greets.yaml': fill,
    })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan(...CONFIRM))
    await here.write('plan.config.yaml', config('elsewhere'))
    done(await here.plan('advance', 'greets'))
    await here.write('plan.config.yaml', config('plan'))
    const says = [/the sync of another plan \(trigger zz_plan_sync_\w+ on users\)/, 'nothing was dropped']
    refused(await here.plan('advance', 'rename', '--yes'), 4, 'PLAN_DEPENDENT', ...says)
  })
})
