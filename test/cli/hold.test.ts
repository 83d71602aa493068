import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { mongoBench, mongoRename } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const CONFIG = 'environments: { production: { production: true }, staging: {} }\n'
const WARNING = 'how long the retired shape is kept (contract.hold)'

describeEachKind('a plan that does not say how long the retired shape is kept', (server) => {
  it('keeps it for a day in production, also where it was compiled without an environment, and says so', async () => {
    await using here = await bench(server, isMysql(server) ? mysqlUsers() : users(), {
      [PLAN]: rename(),
      'plan.config.yaml': CONFIG,
    })
    const warnings = async (...args: string[]) =>
      JSON.parse(done(await here.plan('compile', PLAN, '--json', ...args)).out).warnings.join()
    expect(await warnings('--env', 'production')).not.toContain(WARNING)
    for (const args of [['--env', 'staging'], []]) expect(await warnings(...args)).toContain(WARNING)
    expect(await here.read('plans/rename/RUNBOOK.md')).toContain('1d in an environment with production: true')
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    const says = /kept for another (1d|23h 59m)/
    for (const _ of [1, 2])
      refused(await here.plan('advance', '--yes', '--env', 'production'), 3, 'PLAN_WAITING', says)
    expect(done(await here.plan('runbook', 'rename', '--env', 'production')).out).toContain('kept for 1d')
    done(await here.plan('advance', '--yes', '--env', 'staging'))
    expect(done(await here.plan('status')).out).toContain('done')
  })
})

describePostgres('a plan that says how long the retired shape is kept', (server) => {
  it('is taken at its word: 0s', async () => {
    const files = { [PLAN]: rename('contract: { hold: 0s }\n'), 'plan.config.yaml': CONFIG }
    await using here = await bench(server, users(), files)
    expect(done(await here.plan('compile', PLAN)).out).not.toContain(WARNING)
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    done(await here.plan('advance', '--yes', '--env', 'production'))
  })
})

describeEachMongo('a plan that does not say how long the retired shape is kept', (server) => {
  it('keeps it for a day in production', async () => {
    await using here = await mongoBench(server, 3, mongoRename('sync: application\nbackfill: { quiet: 0s }'))
    await here.write('plan.config.yaml', CONFIG)
    const plan = (...args: string[]) => here.plan(...args, '--env', 'production')
    done(await plan('advance', 'rename.yaml', '--phase', 'expand'))
    done(await plan('confirm', 'dual-write', '--by', 'me', '--plan', 'rename'))
    done(await plan('advance', 'rename.yaml', '--phase', 'verify'))
    done(await plan('confirm', 'switch-app', '--by', 'me', '--plan', 'rename'))
    refused(await plan('advance', 'rename.yaml', '--yes'), 3, 'PLAN_WAITING', /kept for another (1d|23h 59m)/)
  })
})
