import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused, until } from '../support/command.ts'
import { ledger, number } from '../support/sessions.ts'
import { pastTheSync } from '../support/unseen.ts'
import { PLAN, planFile, rename, SLOW, users } from '../support/users.ts'

const shares = planFile('shares', [
  `add_column: { table: users, column: share, type: int, fill: { sql: "100 / (CASE WHEN last_name = 'poison' THEN 0 ELSE 1 END)" }, unparsed: fail }`,
])

type Status = { readonly state: string; readonly next: string; readonly refusal: { code: string } | null }

const status = async (here: Bench): Promise<Status> =>
  JSON.parse(done(await here.plan('status', '--json')).out).plans[0]

/** The plan with three rows that cannot be converted since the expand. */
async function poisoned(server: { readonly url: string }): Promise<Bench> {
  const here = await bench(server, users(), { [PLAN]: shares })
  done(await here.plan('advance', PLAN))
  await pastTheSync(here.database, "UPDATE users SET last_name = 'poison' WHERE id IN (3, 7, 12)")
  return here
}

describePostgres('what a run was refused', (server) => {
  it('is an event of the trail, leads the status with code, step and what to do, and is gone with the next run', async () => {
    await using here = await poisoned(server)
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON')
    const { events } = JSON.parse(done(await here.plan('log', '--json')).out)
    expect(events.at(-1)).toMatchObject({
      kind: 'refused',
      data: {
        ...{ code: 'PLAN_POISON', sqlstate: '22012', step: 'backfill.1', tables: ['public.users'] },
        message: expect.stringContaining('the row with id 3 cannot be converted'),
        hint: expect.stringContaining('plan throttle shares --on-error quarantine'),
      },
    })
    const { out } = done(await here.plan('status'))
    expect(out).toMatch(/^shares {2}failed.*\n\nrefused {2}PLAN_POISON, SQLSTATE 22012, backfill\.1, /)
    expect(out).toMatch(/\n {5}fix fix this row of users/)
    expect(out).toContain('(once what was refused is put right)')
    expect(await status(here)).toMatchObject({ state: 'failed', refusal: { code: 'PLAN_POISON' } })
    refused(await here.plan('status', '--exit-code'), 4, 'PLAN_INVARIANT', /PLAN_POISON/, /--on-error/)
    await here.database.query("UPDATE users SET last_name = 'well' WHERE last_name = 'poison'")
    done(await here.plan('advance', PLAN))
    expect(await status(here)).toMatchObject({ refusal: null })
  })

  it('is kept, too, when the runner was turned away before it began', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN))
    await here.write(PLAN, rename('on_conflict: new\n'))
    refused(await here.plan('advance', PLAN), 5, 'PLAN_CHANGED')
    const { out } = done(await here.plan('status', 'rename'))
    expect(out).toMatch(/refused {2}PLAN_CHANGED, /)
    expect(await status(here)).toMatchObject({ state: 'waiting', refusal: { code: 'PLAN_CHANGED' } })
    const events = async () => JSON.parse(done(await here.plan('log', '--json')).out).events.length
    const before = await events()
    refused(await here.plan('advance', PLAN), 5, 'PLAN_CHANGED')
    expect(await events()).toBe(before)
  })

  it('is the rollback where that was refused, and status offers it again', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN))
    await here.database.query('CREATE VIEW names AS SELECT family_name FROM users')
    refused(await here.plan('rollback', 'rename', '--yes'), 4, 'PLAN_DEPENDENT')
    expect(await status(here)).toMatchObject({ next: null, refusal: { code: 'PLAN_DEPENDENT', back: true } })
    expect(done(await here.plan('status', 'rename')).out).toContain('\nnext: plan rollback rename  (once ')
    await here.database.query('DROP VIEW names')
    done(await here.plan('rollback', 'rename', '--yes'))
  })
})

describePostgres('rows at fault', (server) => {
  it('are passed over as soon as somebody asks for it, without another plan file, and stop the plan again', async () => {
    await using here = await poisoned(server)
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', /plan throttle shares --on-error quarantine/)
    expect(done(await here.plan('throttle', '--on-error', 'quarantine')).out).toContain('passes over')
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', /3 rows of users cannot be converted/)
    expect(await number(here.database, 'SELECT count(*) FROM users WHERE share = 100')).toBe(17)
    done(await here.plan('throttle', '--on-error', 'stop'))
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', /the row with id 3 cannot be converted/)
    await here.database.query("UPDATE users SET last_name = 'well' WHERE last_name = 'poison'")
    done(await here.plan('advance', PLAN))
  })
})

describePostgres('the state of a plan', (server) => {
  it('says that a runner is at work, and that it was interrupted once it was killed or stopped', async () => {
    await using here = await bench(server, users(2_000), { [PLAN]: rename(SLOW) })
    const running = here.start('advance', PLAN, '--phase', 'backfill')
    const slices = `SELECT coalesce(sum(batches), 0) FROM ${ledger(here.database, 'slices')}`
    await until('a batch is done', async () => (await number(here.database, slices).catch(() => 0)) > 0)
    expect(done(await here.plan('status')).out).toMatch(/next: plan status rename {2}\(a runner is at work/)
    expect(await status(here)).toMatchObject({ state: 'running' })
    running.child.kill('SIGKILL')
    await running.ended
    await until('its session is gone', async () => (await status(here)).state !== 'running')
    expect(await status(here)).toMatchObject({ state: 'interrupted', next: 'backfill' })
    expect(done(await here.plan('status')).out).toMatch(/^rename {2}interrupted/)
    const stop = new AbortController()
    const again = here.planWith({ signal: stop.signal }, 'advance', PLAN, '--phase', 'backfill')
    await until('it is at work again', async () => (await status(here)).state === 'running')
    stop.abort()
    expect((await again).code).toBe(130)
    expect(await status(here)).toMatchObject({ state: 'interrupted', refusal: null })
  })

  it('is one line for each of several plans, with those that are done together at the end', async () => {
    const second = planFile('seconds', ['add_column: { table: users, column: second, type: text }'])
    await using here = await bench(server, users(), { [PLAN]: rename(), 'plans/second.yaml': second })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    const said = await here.plan('advance', PLAN, '--phase', 'verify')
    expect(done(said).err).toContain('next: plan confirm switch-app --plan rename')
    done(await here.plan('advance', 'plans/second.yaml', '--phase', 'contract', '--yes'))
    expect(
      done(await here.plan('status'))
        .out.trimEnd()
        .split('\n'),
    ).toEqual([
      expect.stringMatching(
        /^rename {2}verified {2}verify done .*next: plan confirm switch-app --plan rename/,
      ),
      '',
      'done (1)  seconds',
    ])
    refused(await here.plan('status', '--exit-code'), 3, 'PLAN_WAITING', /plan confirm switch-app/)
  })
})
