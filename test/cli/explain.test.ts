import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { PLAN, rename, users } from '../support/users.ts'

describePostgres('plan explain', (server) => {
  it('tells a plan from the database, from a snapshot, and as it was compiled, all the same', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    const live = done(await here.plan('explain', PLAN)).out
    expect(live).toMatch(/^rename {2}[0-9a-f]{12}\n[\s\S]*\n {2}expand\.1 {2}add users\.family_name/)
    done(await here.plan('snapshot', '--out', 'snap.json'))
    const offline = ['--snapshot', 'snap.json', '--url', 'postgres://nobody@127.0.0.1:1/nothing']
    expect(done(await here.plan('explain', 'rename', ...offline)).out).toBe(live)
    done(await here.plan('compile', PLAN))
    expect(done(await here.plan('explain', 'plans/rename')).out).toBe(live)
    expect(done(await here.plan('explain', PLAN, '--app')).out).toContain('self.ignored_columns')
    // Nothing is written, not even the tables of the ledger.
    expect(await here.database.query("SELECT 1 FROM pg_namespace WHERE nspname = 'plan'")).toEqual([])
  })

  it('tells what is behind an error code, and knows the nearest one', async () => {
    await using here = await bench(server, [], {})
    for (const code of ['PLAN_NULL', 'plan_null'])
      expect(done(await here.plan('explain', code)).out).toMatch(/^PLAN_NULL {2}exit 4\n[\s\S]*\nfix {4}\w/)
    refused(await here.plan('explain', 'PLAN_NUL'), 2, 'PLAN_USAGE', 'did you mean PLAN_NULL')
    refused(await here.plan('explain', 'BANANA'), 2, 'PLAN_USAGE', 'PLAN_DRIFT')
    refused(await here.plan('explain', 'nowhere'), 2, 'PLAN_USAGE', 'there is no plan nowhere')
    refused(await here.plan('explain', 'nowhere', '--snapshot', 'x'), 2, 'PLAN_USAGE', 'no plan nowhere')
  })
})
