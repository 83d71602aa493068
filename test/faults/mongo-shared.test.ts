import { expect, it } from 'vitest'
import { done, refused } from '../support/command.ts'
import { MONGO_PLAN, mongoBench, mongoRename } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'

const index = (name: string): string =>
  `version: 1\nname: ${name}\nintents:\n  - add_index: { collection: users, fields: { ${name}: 1 } }\n  - add_field: { collection: users, field: ${name}, fill: { literal: x } }\nbackfill: { quiet: 0s }\n`

describeEachMongo('two plans on one collection', (server) => {
  it('are refused when the second begins, where one of them changes the validator', async () => {
    await using here = await mongoBench(server, 5, mongoRename('backfill: { quiet: 0s }'))
    await here.write('mail.yaml', index('mail'))
    await here.write('town.yaml', index('town'))
    const begin = (file: string) => here.plan('advance', file, '--phase', 'expand')
    done(await begin(MONGO_PLAN))
    const says = /rename is under way on \w+\.users, and rename changes its validator or its name/
    refused(await begin('mail.yaml'), 2, 'PLAN_USAGE', says, 'finish or roll back rename first')
    done(await here.plan('rollback', 'rename', '--yes'))
    done(await begin('mail.yaml'))
    done(await begin('town.yaml'))
    refused(await begin(MONGO_PLAN), 2, 'PLAN_USAGE', /(mail|town) is under way on/)
    for (const plan of ['mail', 'town']) done(await here.plan('rollback', plan, '--yes'))
    done(await begin(MONGO_PLAN))
    expect(done(await here.plan('doctor')).code).toBe(0)
  })
})
