import { chmod } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused } from '../support/command.ts'
import { PLAN, rename, users } from '../support/users.ts'

const CONFIRM = ['confirm', 'switch-app', '--by', 'me'] as const
const checkpoint = (more: string) => rename(`checkpoints:\n  switch-app: { ${more} }\n`)

/** Up to the checkpoint. */
const verified = async (server: { url: string }, plan: string) => {
  const here = await bench(server, users(), { [PLAN]: plan })
  done(await here.plan('advance', PLAN, '--until-checkpoint'))
  return here
}
const confirmations = async ({ database }: Bench) =>
  database.query('SELECT confirmed_by FROM plan.checkpoints')

describePostgres('a checkpoint', (server) => {
  it('is confirmed once the phase before it is done, not earlier', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    refused(await here.plan(...CONFIRM, '--plan', PLAN), 3, 'PLAN_WAITING', 'rename has not started')
    done(await here.plan('advance', PLAN))
    refused(await here.plan(...CONFIRM), 3, 'PLAN_WAITING', 'backfill is not done', '--until-checkpoint')
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    expect(await confirmations(here)).toEqual([])
    done(await here.plan(...CONFIRM))
    expect(await confirmations(here)).toEqual([{ confirmed_by: 'me' }])
  })

  it('that does not exist is refused with the near miss, and needs a name', async () => {
    await using here = await verified(server, rename())
    const wrong = await here.plan('confirm', 'switch-ap', '--by', 'me')
    refused(wrong, 2, 'PLAN_USAGE', 'switch-ap', 'did you mean switch-app?')
    refused(await here.plan('confirm', 'switch-app'), 2, 'PLAN_USAGE', '--by')
    refused(await here.plan('confirm', 'deploy', '--by', 'me'), 2, 'PLAN_USAGE', 'it has: switch-app')
    expect(await confirmations(here)).toEqual([])
  })

  it('that requires evidence is not confirmed without', async () => {
    await using here = await verified(server, checkpoint('require: [evidence]'))
    refused(await here.plan(...CONFIRM), 2, 'PLAN_USAGE', 'needs evidence', '--evidence')
    done(await here.plan(...CONFIRM, '--evidence', 'https://deploys.example.org/7'))
  })

  it('is not passed while it is not confirmed, and says how it is', async () => {
    await using here = await verified(server, checkpoint('describe: "Deploy api 2, which soaks for an hour"'))
    for (const args of [
      ['advance', '--yes'],
      ['advance', '--phase', 'contract', '--yes'],
    ]) {
      const says = ['switch-app is not confirmed: Deploy api 2', 'plan confirm switch-app --plan rename --by']
      refused(await here.plan(...args), 3, 'PLAN_WAITING', ...says)
    }
    refused(await here.plan('status', '--exit-code'), 3, 'PLAN_WAITING', 'rename is waiting')
    done(await here.plan('status'))
  })

  it('that has to soak keeps contract waiting, and says how long', async () => {
    await using here = await verified(server, checkpoint('soak: 2h'))
    done(await here.plan(...CONFIRM))
    refused(
      await here.plan('advance', '--yes'),
      3,
      'PLAN_WAITING',
      /soaks for another 1h 59m|soaks for another .*h/,
    )
    // As if the time had passed.
    await here.database.query("UPDATE plan.checkpoints SET confirmed_at = confirmed_at - interval '3 hours'")
    done(await here.plan('advance', '--yes'))
  })

  it('with a query of which the answer is another one is not confirmed; contract asks it again', async () => {
    const query = 'select count(*) from old_sessions'
    await using here = await verified(
      server,
      checkpoint(`probes: [{ sql: { query: "${query}", equals: 0 } }]`),
    )
    const failing = ['the query cannot be run', 'old_sessions']
    refused(await here.plan(...CONFIRM), 4, 'PLAN_PROBE', ...failing)
    await here.database.query('CREATE TABLE old_sessions AS SELECT 1')
    refused(await here.plan(...CONFIRM), 4, 'PLAN_PROBE', 'switch-app: the query does not give 0')
    await here.database.query('TRUNCATE old_sessions')
    done(await here.plan(...CONFIRM))
    await here.database.query('INSERT INTO old_sessions VALUES (1)')
    refused(await here.plan('advance', '--yes'), 4, 'PLAN_PROBE', 'the query does not give 0')
    expect(await here.database.query('SELECT last_name FROM users WHERE id = 1')).toHaveLength(1)
    await here.database.query('TRUNCATE old_sessions')
    done(await here.plan('advance', '--yes'))
  })

  it('with a query that writes, or is no query, is refused before anything runs', async () => {
    await using here = await bench(server, users())
    for (const query of ['delete from users returning 0', 'select 1; select 2', 'select (']) {
      await here.write(PLAN, checkpoint(`probes: [{ sql: { query: "${query}", equals: 0 } }]`))
      const says = [`${PLAN}:6:`, 'switch-app: ', 'one SELECT of one value']
      refused(await here.plan('compile', PLAN), 2, 'PLAN_EXPRESSION', ...says)
    }
  })

  it('with a query of several rows is not confirmed', async () => {
    await using here = await verified(
      server,
      checkpoint('probes: [{ sql: { query: "select 1 from users", equals: 1 } }]'),
    )
    refused(await here.plan(...CONFIRM), 4, 'PLAN_PROBE', 'switch-app: the query gives more than one row')
  })

  it('with a web address that never comes to an end is let go of at once when the process is asked to stop', async () => {
    const web = createServer((_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    })
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    try {
      const address = web.address()
      const port = typeof address === 'object' && address ? address.port : 0
      await using here = await verified(
        server,
        checkpoint(`probes: [{ http: { url: "http://127.0.0.1:${port}/" } }]`),
      )
      const asked = new Promise((resolve) => web.once('request', resolve))
      const confirming = here.start(...CONFIRM)
      await asked
      confirming.child.kill('SIGTERM')
      refused(await confirming.ended, 130, 'PLAN_INTERRUPTED')
      expect(await confirmations(here)).toEqual([])
    } finally {
      web.closeAllConnections()
      await new Promise((resolve) => web.close(resolve))
    }
  })

  it('with a web address that does not say so is not confirmed', async () => {
    let answer: { status: number; body: string } = { status: 503, body: '' }
    const web = createServer((_, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    try {
      const address = web.address()
      const port = typeof address === 'object' && address ? address.port : 0
      const url = `http://127.0.0.1:${port}/version?token=canary`
      const probe = `probes: [{ http: { url: "${url}", json: $.version, at_least: 2.10.0 } }]`
      await using here = await verified(server, checkpoint(probe))
      const where = `http://127.0.0.1:${port}`
      const fails = async (...says: string[]) => {
        const ended = refused(await here.plan(...CONFIRM), 4, 'PLAN_PROBE', where, ...says)
        expect(ended.out + ended.err).not.toContain('canary')
      }
      await fails('answered 503')
      answer = { status: 200, body: '<html>' }
      await fails('did not answer')
      answer = { status: 200, body: '{"version": "2.9.12"}' }
      await fails('$.version is below 2.10.0')
      answer = { status: 200, body: '{"version": "2.10.0-rc.1"}' }
      await fails('$.version is below 2.10.0')
      answer = { status: 200, body: '{}' }
      await fails('does not give a version as $.version')
      answer = { status: 200, body: '{"version": "v2.10.0"}' }
      done(await here.plan(...CONFIRM))
    } finally {
      web.closeAllConnections()
      await new Promise((resolve) => web.close(resolve))
    }
  })

  it('with a command that fails or prints something else is not confirmed', async () => {
    await using here = await verified(
      server,
      checkpoint('probes: [{ command: { run: ./pods.sh, equals: "0" } }]'),
    )
    refused(await here.start(...CONFIRM).ended, 4, 'PLAN_PROBE', './pods.sh failed with status 127')
    await here.write('pods.sh', 'exit 3')
    await chmod(join(here.dir, 'pods.sh'), 0o755)
    refused(await here.start(...CONFIRM).ended, 4, 'PLAN_PROBE', './pods.sh failed with status')
    await here.write('pods.sh', '#!/bin/sh\necho 2\n')
    refused(await here.start(...CONFIRM).ended, 4, 'PLAN_PROBE', './pods.sh did not print 0')
    await here.write('pods.sh', '#!/bin/sh\necho 0\n')
    done(await here.start(...CONFIRM).ended)
  })
})

describePostgres('contract', (server) => {
  it('is not run without --yes where nobody can be asked', async () => {
    await using here = await verified(server, rename())
    done(await here.plan(...CONFIRM))
    refused(await here.plan('advance'), 2, 'PLAN_USAGE', 'contract of rename was not approved', '--yes')
    expect(await here.database.query('SELECT last_name FROM users WHERE id = 1')).toHaveLength(1)
    done(await here.plan('advance', '--yes'))
    expect(done(await here.plan('advance', '--yes', 'rename')).err).toContain('rename is done already')
  })

  it('proves again, and drops nothing when a row no longer agrees', async () => {
    await using here = await verified(server, rename())
    done(await here.plan(...CONFIRM))
    await here.database.query('SET session_replication_role = replica')
    await here.database.query("UPDATE users SET family_name = 'other' WHERE id = 9")
    const ended = refused(
      await here.plan('advance', '--yes'),
      4,
      'PLAN_INVARIANT',
      'nothing was dropped',
      '(9)',
    )
    expect(ended.err).not.toContain("'other'")
    await here.database.query("UPDATE users SET family_name = 'name 9' WHERE id = 9")
    done(await here.plan('advance', '--yes'))
  })

  it('keeps the retired shape as long as asked, and says until when; the way back is open', async () => {
    await using here = await verified(server, rename('contract: { hold: 3h }\n'))
    done(await here.plan(...CONFIRM))
    for (const _ of [1, 2]) {
      const says = [/kept for another (3h|2h 59m)/, 'plan rollback']
      refused(await here.plan('advance', '--yes'), 3, 'PLAN_WAITING', ...says)
    }
    await expect(here.database.query('SELECT last_name FROM users')).rejects.toThrow('last_name')
    await here.database.query("UPDATE users SET family_name = 'new' WHERE id = 1")
    done(await here.plan('rollback', '--to', 'contract'))
    await here.database.query("UPDATE users SET last_name = 'older' WHERE id = 2")
    expect(
      await here.database.query('SELECT last_name, family_name FROM users WHERE id < 3 ORDER BY id'),
    ).toEqual([
      { last_name: 'new', family_name: 'new' },
      { last_name: 'older', family_name: 'older' },
    ])
    // Who went back confirms anew.
    refused(await here.plan('advance', '--yes'), 3, 'PLAN_WAITING', 'switch-app is not confirmed')
    done(await here.plan(...CONFIRM))
    refused(await here.plan('advance', '--yes'), 3, 'PLAN_WAITING', 'kept for another')
    await here.database.query("UPDATE plan.plans SET retired_at = retired_at - interval '4 hours'")
    done(await here.plan('advance', '--yes'))
  })
})

describePostgres('a phase', (server) => {
  it('is verified only after the start', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    refused(await here.plan('verify', PLAN), 3, 'PLAN_WAITING', 'rename has not started')
    done(await here.plan('advance', PLAN))
    refused(await here.plan('verify'), 4, 'PLAN_INVARIANT', 'the backfill is not done yet')
  })

  it('that the plan does not have is passed over', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--phase', 'enforce'))
    expect(await here.database.query('SELECT phase FROM plan.plans')).toEqual([{ phase: 'backfill' }])
  })
})
