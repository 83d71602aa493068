import pg from 'pg'
import { expect, it } from 'vitest'
import { openDialect } from '../../../src/dialects/registry.ts'
import { bench, describePostgres, done, refused } from '../../support/command.ts'
import { createDatabase } from '../../support/databases.ts'
import { startPooler } from '../../support/pooler.ts'
import { PLAN, rename, users } from '../../support/users.ts'

const at = (url: string) => ({ env: { PLAN_DATABASE_URL: url } })

describePostgres('a pooler', (server) => {
  it.each(['transaction', 'statement'] as const)('in %s mode is refused by every command', async (mode) => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    await using pooler = await startPooler(here.database.url, mode)
    for (const command of [['advance', 'rename'], ['doctor'], ['status']])
      refused(
        await here.planWith(at(pooler.url), ...command),
        8,
        'PLAN_CONNECT',
        'another session',
        'session mode',
      )
    expect(await here.database.query("SELECT 1 FROM pg_namespace WHERE nspname = 'plan'")).toEqual([])
  })

  it('that shares sessions keeps none of our settings for others', async () => {
    await using database = await createDatabase(server)
    await using pooler = await startPooler(database.url, 'transaction')
    const attempt = openDialect({ url: pooler.url, application: 'plan test', tls: null, schema: null })
    await expect(attempt).rejects.toThrow('another session')
    const opened = pooler.sessions()
    const application = new pg.Client({ connectionString: pooler.url })
    await application.connect()
    const { rows } = await application.query(
      "SELECT current_setting('search_path') AS path, current_setting('idle_in_transaction_session_timeout') AS idle",
    )
    await application.end()
    expect(pooler.sessions()).toBe(opened)
    expect(rows).toEqual([{ path: '"$user", public', idle: '0' }])
  })

  it('in session mode is only warned of, by doctor, and a plan goes through', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    await using pooler = await startPooler(here.database.url, 'session')
    const doctor = done(await here.planWith(at(pooler.url), 'doctor', PLAN))
    expect(doctor.out).toMatch(/^! direct connection +a pooler stands between/m)
    const advanced = done(await here.planWith(at(pooler.url), 'advance', PLAN, '--phase', 'verify'))
    expect(advanced.err).not.toContain('pooler')
    expect(done(await here.plan('doctor', PLAN)).out).toMatch(/^✓ direct connection +one session/m)
  })
})
