import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { createDatabase } from '../support/databases.ts'
import { PLAN, planFile, rename, users } from '../support/users.ts'

const NO_URL = { PLAN_DATABASE_URL: '' }

/** How a configuration refers to what stands elsewhere: `env:NAME` or `file:PATH`. */
const ref = (to: string) => `$\{${to}}`

describePostgres('plan.config.yaml', (server) => {
  it('is found upward of where one stands; its folders count from where it is', async () => {
    await using here = await bench(server, users(), {
      'plan.config.yaml': `plans: changes\ndatabases: { main: { url: "${ref('env:MY_URL')}" } }\n`,
      'changes/rename.yaml': rename(),
      'some/where/deep/file': '',
    })
    const cwd = `${here.dir}/some/where/deep`
    const env = { ...NO_URL, MY_URL: here.database.url }
    const ended = done(await here.planWith({ env, cwd }, 'advance', 'rename'))
    expect(ended.err).toContain(`database ${here.database.name} on `)
    refused(await here.planWith({ env: NO_URL, cwd }, 'status'), 2, 'PLAN_CONFIG', 'MY_URL', 'set MY_URL')
  })

  it('is the one that --config names', async () => {
    await using here = await bench(server, users(), {
      'plan.config.yaml': 'databases: { main: { url: "postgres://nobody@nowhere.invalid/x" } }\n',
      'other/mine.yaml': `databases: { main: { url: "${ref('file:url.txt')}" } }\n`,
    })
    await here.write('other/url.txt', `${here.database.url}\n`)
    const status = (...args: string[]) => here.planWith({ env: NO_URL }, 'status', ...args)
    done(await status('--config', 'other/mine.yaml'))
    refused(await status(), 8, 'PLAN_CONNECT', 'nowhere.invalid')
    refused(await status('--config', 'no.yaml'), 2, 'PLAN_CONFIG', 'no.yaml')
  })

  it('has environments that lie over it: by --env or PLAN_ENV', async () => {
    await using staging = await createDatabase(server)
    await using here = await bench(server, users(), {
      'plan.config.yaml': [
        `databases: { main: { url: "${ref('env:MAIN_URL')}", schema: public } }`,
        'environments:',
        `  staging: { databases: { main: { url: "${ref('env:STAGING_URL')}" } } }`,
        '',
      ].join('\n'),
    })
    const env = { ...NO_URL, MAIN_URL: here.database.url, STAGING_URL: staging.url }
    const plain = done(await here.planWith({ env }, 'status'))
    expect(plain.err).toContain(`database ${here.database.name} on 127.0.0.1:`)
    expect(plain.err).not.toContain('environment')
    const by = `environment staging, database ${staging.name} on 127.0.0.1:`
    expect(done(await here.planWith({ env }, 'status', '--env', 'staging')).err).toContain(by)
    expect(done(await here.planWith({ env: { ...env, PLAN_ENV: 'staging' } }, 'status')).err).toContain(by)
    const near = await here.planWith({ env }, 'status', '--env', 'stagin')
    refused(near, 2, 'PLAN_CONFIG', 'there is no environment stagin', 'did you mean staging?')
    // The other database's secret is not even asked for.
    done(await here.planWith({ env: { ...NO_URL, STAGING_URL: staging.url } }, 'status', '--env', 'staging'))
  })

  it('with several databases: the plan names its own', async () => {
    await using second = await createDatabase(server)
    await second.query('CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, last_name text)')
    const add = 'add_column: { table: users, column: c, type: text }'
    await using here = await bench(server, users(), {
      'plan.config.yaml': `databases: { main: { url: "${ref('env:ONE')}" }, other: { url: "${ref('env:TWO')}" } }\n`,
      'plans/first.yaml': planFile('first', [add], 'database: main\n'),
      'plans/second.yaml': planFile('second', [add], 'database: other\n'),
      'plans/third.yaml': planFile('third', [add], 'database: othr\n'),
      'plans/fourth.yaml': planFile('fourth', [add]),
    })
    const env = { ...NO_URL, ONE: here.database.url, TWO: second.url }
    const plan = (...args: string[]) => here.planWith({ env }, ...args)
    expect(done(await plan('compile', 'plans/first.yaml')).err).toContain(here.database.name)
    expect(done(await plan('compile', 'plans/second.yaml')).err).toContain(second.name)
    refused(await plan('compile', 'plans/third.yaml'), 2, 'PLAN_CONFIG', 'othr', 'did you mean other?')
    refused(
      await plan('compile', 'plans/fourth.yaml'),
      2,
      'PLAN_CONFIG',
      'several databases',
      'main or other',
    )
    expect(done(await plan('advance', 'plans/second.yaml')).err).toContain(`database ${second.name} on`)
    expect(done(await plan('advance', 'second')).err).toContain(`database ${second.name} on`)
    expect(done(await plan('advance', 'first')).err).toContain(`database ${here.database.name} on`)
    for (const args of [
      ['status'],
      ['log'],
      ['verify'],
      ['runbook'],
      ['rollback'],
      ['advance', '--dry-run'],
    ]) {
      const ended = await plan(args[0] ?? '', 'second', ...args.slice(1))
      expect(ended.err).toContain(`database ${second.name} on`)
    }
    refused(await plan('status'), 2, 'PLAN_CONFIG', 'several databases', '--database')
    expect(done(await plan('status', '--database', 'other')).out).toContain('second')
    refused(await plan('status', '--database', 'mian'), 2, 'PLAN_CONFIG', 'did you mean main?')
    expect(await second.query('SELECT name FROM plan.plans')).toEqual([{ name: 'second' }])
    expect(await here.database.query('SELECT name FROM plan.plans')).toEqual([{ name: 'first' }])
  })

  it('that does not fit is refused with what is wrong, where, and no secret of it', async () => {
    await using here = await bench(server, [], { 'some/where/file': '' })
    const CASES: readonly (readonly [string, ...(string | RegExp)[]])[] = [
      ['databse: {}\n', 'plan.config.yaml:1:1 ', 'unknown key "databse"', 'did you mean databases?'],
      [
        'databases: { main: { url: "postgres://me:canary@h/x", scheme: x } }\n',
        'plan.config.yaml:1:55 ',
        'did you mean schema?',
      ],
      ['databases: { main: { tls: "postgres://me:canary@h/x" } }\n', ':1:27 ', 'found "an address"'],
      ['defaults: { lock_timeout: soon }\n', ':1:27 ', 'expected a duration, found "soon"'],
      ['defaults: { retries: 0 }\n', ':1:22 ', 'a whole number from 1 to 1000'],
      ['databases: { main: { ledger_schema: "Plan; DROP" } }\n', ':1:37 ', 'name of a ledger'],
      ['plans: a\nplans: b\n', ':2:1 ', 'duplicate key "plans"'],
      [`databases: { main: { url: "${ref('file:none.txt')}" } }\n`, 'none.txt'],
      ['databases: [\n', /plan\.config\.yaml:\d+:\d+ /],
      ['- main\n', ':1:1 ', 'expected a map'],
    ]
    for (const [text, ...says] of CASES) {
      await here.write('plan.config.yaml', text)
      const ended = refused(await here.planWith({ env: NO_URL }, 'status'), 2, 'PLAN_CONFIG', ...says)
      expect(ended.out + ended.err).not.toContain('canary')
    }
    await here.write('plan.config.yaml', 'databse: {}\ndefaults:\n  retires: 3\n  lock_timeout: soon\n')
    const all = await here.planWith({ env: NO_URL, cwd: `${here.dir}/some/where` }, 'status')
    refused(all, 2, 'PLAN_CONFIG', '../../plan.config.yaml:1:1 ', ':3:3 ', ':4:17 ', 'did you mean retries?')
    const json = await here.planWith({ env: NO_URL }, 'status', '--json')
    expect(JSON.parse(json.out)).toMatchObject({
      error: { code: 'PLAN_CONFIG', file: 'plan.config.yaml', line: 1, column: 1 },
      findings: [{ line: 1 }, { line: 3 }, { line: 4 }],
    })
    await here.write('plan.config.yaml', '# nothing yet\n')
    done(await here.plan('status'))
  })

  it('gives schema and ledger their places, and is overruled by --url', async () => {
    await using here = await bench(server, ['CREATE SCHEMA app', 'SET search_path = app', ...users()], {
      'plan.config.yaml':
        'databases: { main: { url: "postgres://x@nowhere.invalid/x", schema: app, ledger_schema: changes } }\n',
      [PLAN]: rename(),
    })
    done(await here.planWith({ env: NO_URL }, 'advance', PLAN, '--url', here.database.url))
    expect(await here.database.query('SELECT name FROM changes.plans')).toEqual([{ name: 'rename' }])
    expect(await here.database.query('SELECT family_name FROM app.users LIMIT 1')).toHaveLength(1)
  })

  it('and its secrets stay unseen, whatever is printed', async () => {
    await using here = await bench(server, users(), {
      'plan.config.yaml': `databases: { main: { url: "${ref('env:MY_URL')}" } }\n`,
      [PLAN]: rename(),
    })
    const url = new URL(here.database.url)
    url.password = 'canary'
    const env = { ...NO_URL, MY_URL: url.href }
    for (const args of [
      ['compile', PLAN],
      ['advance'],
      ['status'],
      ['doctor'],
      ['runbook'],
      ['log'],
      ['nothing'],
    ]) {
      const { out, err } = await here.planWith({ env }, ...args, '--verbose')
      expect(out + err).not.toContain('canary')
    }
    url.port = '1'
    const gone = await here.planWith({ env: { ...NO_URL, MY_URL: url.href } }, 'status', '--verbose')
    expect(refused(gone, 8, 'PLAN_CONNECT').err).not.toContain('canary')
  })
})
