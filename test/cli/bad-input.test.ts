import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { PLAN, planFile, rename, users } from '../support/users.ts'

const started = async (database: { query: (sql: string) => Promise<unknown[]> }) =>
  (await database.query("SELECT FROM pg_namespace WHERE nspname = 'plan'")).length > 0

describePostgres('a wrong plan', (server) => {
  const compiling = async (plan: string) => {
    await using at = await bench(server, users(), { [PLAN]: plan })
    const ended = await at.plan('compile', PLAN)
    expect(await started(at.database)).toBe(false)
    return ended
  }

  it('is refused with file, line and column, the line itself and a hint', async () => {
    const ended = await compiling(`${rename()}backfil: {}\n`)
    refused(ended, 2, 'PLAN_INVALID', `${PLAN}:5:1 `, '5 | backfil: {}', '| ^', 'did you mean backfill')
  })

  it('has all that is wrong with it reported at once', async () => {
    const ended = await compiling(`${rename('on_conflict: never\n')}owner: me\n`)
    refused(ended, 2, 'PLAN_INVALID', 'on_conflict', 'owner')
    expect(ended.err.match(/hint:/g)).toHaveLength(2)
  })

  it('that is not YAML is refused where it breaks', async () => {
    refused(await compiling('version: 1\nname: [a\n'), 2, 'PLAN_INVALID', /plans\/plan\.yaml:\d+:\d+/)
  })

  it('with a table the database does not have is told the near miss', async () => {
    const plan = planFile('t', ['rename_column: { table: user, from: last_name, to: family_name }'])
    refused(await compiling(plan), 2, 'PLAN_TABLE_MISSING', `${PLAN}:4:29`, 'did you mean users')
  })

  it('with a column the table does not have is told the near miss', async () => {
    const plan = planFile('t', ['rename_column: { table: users, from: lastname, to: family_name }'])
    refused(await compiling(plan), 2, 'PLAN_COLUMN_MISSING', `${PLAN}:4:42`, 'last_name')
  })

  it('that adds a column which is there already is refused', async () => {
    const plan = planFile('t', ['rename_column: { table: users, from: last_name, to: email }'])
    refused(await compiling(plan), 2, 'PLAN_COLUMN_EXISTS', 'email')
  })

  it('with an expression the database cannot read is refused before anything runs', async () => {
    const plan = planFile('t', [
      'add_column: { table: users, column: c, type: text, fill: { sql: "lower(" } }',
    ])
    refused(await compiling(plan), 2, 'PLAN_EXPRESSION', `${PLAN}:4:`)
  })

  it('that asks for what is not built yet is told so', async () => {
    refused(
      await compiling(rename('invariants: [{ name: a, sql: b, expect: some }]\n')),
      2,
      'PLAN_NOT_BUILT',
      'expect: some',
    )
  })

  it('is refused by advance as well, and nothing is begun', async () => {
    await using at = await bench(server, users(), { [PLAN]: `${rename()}backfil: {}\n` })
    refused(await at.plan('advance', PLAN), 2, 'PLAN_INVALID', 'backfil')
    expect(await started(at.database)).toBe(false)
  })
})

describePostgres('a wrong command line', (server) => {
  const saying = async (...args: string[]) => {
    await using at = await bench(server, users(), { [PLAN]: rename() })
    return await at.plan(...args)
  }

  it('with an unknown command is told the near miss', async () => {
    refused(await saying('compil'), 2, 'PLAN_USAGE', 'compil', /[Dd]id you mean compile\?/)
  })

  it("with another tool's command is told ours", async () => {
    refused(await saying('up'), 2, 'PLAN_USAGE', "unknown command 'up'", 'did you mean plan advance?')
    refused(await saying('version'), 2, 'PLAN_USAGE', 'did you mean plan --version?')
  })

  it('with a misspelt option is told the near miss', async () => {
    refused(await saying('advance', '--dry-rnu'), 2, 'PLAN_USAGE', '--dry-rnu', /[Dd]id you mean --dry-run\?/)
  })

  it('with a phase there is not is told which there are', async () => {
    refused(await saying('advance', '--phase', 'expnd'), 2, 'PLAN_USAGE', 'expnd', 'backfill')
  })

  it('without a needed argument is refused', async () => {
    refused(await saying('compile'), 2, 'PLAN_USAGE', 'file')
  })

  it('that is empty prints the help', async () => {
    expect(done(await saying()).out).toMatch(/^Usage: plan /)
  })

  it('with a plan that does not exist is refused', async () => {
    refused(await saying('advance', 'renam'), 2, 'PLAN_USAGE', 'renam')
    refused(await saying('compile', 'plans/none.yaml'), 2, 'PLAN_USAGE', 'plans/none.yaml')
  })

  it('with no plan, when there is none or several could be meant, is refused', async () => {
    await using at = await bench(server, users(), {
      'plans/a.yaml': rename(),
      'plans/b.yaml': planFile('second', ['add_column: { table: users, column: c, type: text }']),
    })
    refused(await at.plan('advance'), 2, 'PLAN_USAGE', 'none is compiled')
    done(await at.plan('compile', 'plans/a.yaml', 'plans/b.yaml'))
    refused(await at.plan('advance'), 2, 'PLAN_USAGE', 'rename, second')
    expect(await started(at.database)).toBe(false)
  })

  it('with a snapshot that is none is refused', async () => {
    await using at = await bench(server, [], { [PLAN]: rename(), 's.json': '{"format": 9, "tables": []}' })
    refused(await at.plan('compile', PLAN, '--snapshot', PLAN), 2, 'PLAN_USAGE', 'is not a snapshot')
    refused(await at.plan('compile', PLAN, '--snapshot', 's.json'), 2, 'PLAN_USAGE', 's.json')
  })

  it('with a command that is not built yet is told its name; the help does not list it', async () => {
    refused(await saying('init'), 2, 'PLAN_NOT_BUILT', 'plan init')
    const help = done(await saying('--help')).out
    for (const name of ['init', 'new', 'grants', 'completion'])
      expect(help).not.toMatch(new RegExp(`^ +${name}\\b`, 'm'))
    expect(help).toMatch(/^ +compile\b/m)
  })
})
