import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, type Ended } from '../support/command.ts'
import { other } from '../support/sessions.ts'
import { addHandle, PLAN, planFile, rename, users } from '../support/users.ts'

/** Columns of the ledger that hold the plan's own text. */
const PLANS_OWN = ['plans.source', 'plans.program']

/** A bench whose password and values all say `canary`, and all that its commands have printed. */
async function watched(server: { url: string }, plan: string, more: readonly string[] = []) {
  const here = await bench(
    server,
    [
      ...users(40),
      "UPDATE users SET last_name = 'canary ' || id, email = 'canary' || id || '@example.org'",
      ...more,
    ],
    { [PLAN]: plan, 'plan.config.yaml': 'defaults: { retries: 1, lock_timeout: 50ms }\n' },
  )
  const url = new URL(here.database.url)
  url.password = 'canary-password'
  const printed: string[] = []
  const run = async (...args: string[]): Promise<Ended> => {
    const ended = await here.planWith({ env: { PLAN_DATABASE_URL: url.href } }, ...args)
    printed.push(`$ plan ${args.join(' ')}\n${ended.out}${ended.err}`)
    return ended
  }
  return { here, run, printed }
}

async function ledger({ database: { query } }: Bench): Promise<string[]> {
  const columns = await query(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'plan' AND data_type IN ('text', 'jsonb')",
  )
  const texts: string[] = []
  for (const { table_name: table, column_name: column } of columns) {
    if (PLANS_OWN.includes(`${table}.${column}`)) continue
    for (const row of await query(`SELECT ${column}::text AS text FROM plan.${table}`))
      texts.push(`${table}.${column}: ${row['text']}`)
  }
  return texts
}

const clean = async (here: Bench, printed: readonly string[]) => {
  const kept = await ledger(here)
  expect(kept.length).toBeGreaterThan(20)
  for (const text of [...printed, ...kept]) expect(text).not.toContain('canary')
}

const LOOKING = [
  ['status'],
  ['status', '--json'],
  ['verify'],
  ['verify', '--json'],
  ['log'],
  ['log', '--json'],
  ['doctor'],
  ['runbook'],
  ['snapshot'],
  ['advance', '--dry-run'],
]

describePostgres('passwords and values of rows', (server) => {
  it('appear nowhere in a good run, neither on the screen nor in the ledger', async () => {
    const { here: opened, run, printed } = await watched(server, rename())
    await using here = opened
    await run('compile', PLAN)
    await run('advance', PLAN, '--json', '--verbose')
    for (const args of LOOKING) await run(...args)
    await run('advance', '--until-checkpoint', '--verbose')
    await run('confirm', 'switch-app', '--by', 'me')
    for (const args of LOOKING) await run(...args)
    expect((await run('advance', '--yes')).code).toBe(0)
    await clean(here, printed)
  })

  it('appear nowhere when a value cannot be converted, is missing or is there twice', async () => {
    const plan = planFile('bad', [
      'add_column: { table: users, column: age, type: int, fill: { sql: "substr(last_name, 8)::int" } }',
      'add_column: { table: users, column: name, type: text, required: true, fill: { sql: "nullif(id::text, \'4\')" } }',
      'add_column: { table: users, column: handle, type: text, fill: { lower: { column: email } }, unique: true }',
      'add_column: { table: users, column: half, type: int, fill: { sql: "100 / (id - 7)" }, check: "half <> 3" }',
    ])
    const {
      here: opened,
      run,
      printed,
    } = await watched(server, plan, [
      "UPDATE users SET last_name = 'canary poison' WHERE id = 9",
      "UPDATE users SET email = 'canary@example.org' WHERE id IN (3, 5)",
    ])
    await using here = opened
    const codes: string[] = []
    for (const mend of [
      'SELECT',
      'UPDATE users SET half = 0 WHERE id = 7',
      "UPDATE users SET last_name = 'canary 9' WHERE id = 9",
      "UPDATE users SET name = 'x' WHERE id = 4",
      "UPDATE users SET handle = 'canary y' WHERE id = 5",
    ]) {
      await here.database.query(mend)
      const ended = await run('advance', PLAN, '--phase', 'enforce', '--verbose')
      codes.push(/PLAN_\w+/.exec(ended.err)?.[0] ?? `${ended.code}`)
      for (const args of LOOKING) await run(...args)
    }
    expect(codes).toEqual(['PLAN_POISON', 'PLAN_POISON', 'PLAN_NULL', 'PLAN_DUPLICATE', 'PLAN_INVARIANT'])
    await run('rollback', '--json')
    await run('rollback')
    await run('rollback', '--yes')
    await clean(here, printed)
  })

  it('appear nowhere when the proof fails, the schema drifts or a lock is held', async () => {
    const { here: opened, run, printed } = await watched(server, addHandle('', ', index: true'))
    await using here = opened
    {
      await using _ = await other(here.database, "SELECT FROM users WHERE last_name = 'canary 1'")
      expect((await run('advance', PLAN)).code).toBe(75)
    }
    await run('advance', PLAN, '--phase', 'backfill')
    await here.database.query("ALTER TABLE users ALTER email SET DEFAULT 'nobody'")
    expect((await run('advance', PLAN, '--verbose')).code).toBe(5)
    for (const args of LOOKING) await run(...args)
    await clean(here, printed)
  })

  it('appear nowhere when the two shapes disagree', async () => {
    const { here: opened, run, printed } = await watched(server, rename())
    await using here = opened
    await run('advance', PLAN, '--phase', 'backfill')
    await here.database.query('SET session_replication_role = replica')
    await here.database.query("UPDATE users SET family_name = 'canary other' WHERE id = 9")
    expect((await run('advance', '--verbose')).code).toBe(4)
    for (const args of LOOKING) await run(...args)
    await run('rollback')
    await clean(here, printed)
  })
})
