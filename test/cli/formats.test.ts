import { expect, it } from 'vitest'
import { formats } from '../../src/render/json/formats.ts'
import { type Bench, bench, describePostgres, type Ended } from '../support/command.ts'
import { PLAN, planFile, rename, users } from '../support/users.ts'

type Command = keyof typeof formats

/** The output fits the format, as one document or line by line. */
function fits(command: Command, { out, code }: Ended, status = 0): Record<string, unknown> {
  expect(code).toBe(status)
  const stream = ['advance', 'rollback', 'join', 'sync'].includes(command)
  const documents = (stream ? out.trimEnd().split('\n') : [out]).map((text) => JSON.parse(text))
  for (const one of documents) {
    const { error } = formats[command].safeParse(one)
    expect(error && `${command}: ${error.message}\n${JSON.stringify(one, null, 2)}`).toBeUndefined()
  }
  return documents.at(-1)
}

describePostgres('the JSON of every command', (server) => {
  const second = planFile('seconds', ['add_column: { table: users, column: second, type: text }'])
  const begin = () => bench(server, users(), { [PLAN]: rename(), 'plans/second.yaml': second })
  const json = (here: Bench, ...args: string[]) => here.plan(...args, '--json')

  it('fits its schema before a plan begins, one document also for several plans', async () => {
    await using here = await begin()
    const one = fits('compile', await json(here, 'compile', PLAN))
    expect(one).toMatchObject({ plan: 'rename', steps: expect.arrayContaining([expect.anything()]) })
    const two = fits('compile', await json(here, 'compile', PLAN, 'plans/second.yaml'))
    expect(two).toMatchObject({ plan: null, plans: [{ plan: 'rename' }, { plan: 'seconds' }] })
    expect(fits('compile', await json(here, 'compile', PLAN, '--check'))).toMatchObject({ differing: [] })
    await here.write('plans/rename/expand.sql', 'nothing')
    expect(fits('compile', await json(here, 'compile', PLAN, '--check'), 5)).toMatchObject({
      differing: ['expand.sql'],
      error: { code: 'PLAN_STALE' },
    })
    fits('compile', await json(here, 'compile', 'nowhere.yaml'), 2)
    fits('status', await json(here, 'status'))
    fits('snapshot', await json(here, 'snapshot'))
    expect(fits('snapshot', await json(here, 'snapshot', '--out', 'snap.json'))).toMatchObject({ tables: 1 })
    fits('explain', await json(here, 'explain', PLAN))
    fits('explain', await json(here, 'explain', PLAN, '--app'))
    expect(fits('explain', await json(here, 'explain', 'PLAN_NULL'))).toMatchObject({ plan: null, exit: 4 })
    fits('explain', await json(here, 'explain', 'PLAN_NUL'), 2)
    fits('advance-dry-run', await json(here, 'advance', PLAN, '--dry-run'))
    await here.write('migrations/package.json', '{}')
    expect(fits('export', await json(here, 'export', PLAN, '--to', 'knex'))).toMatchObject({ tool: 'knex' })
    fits('export', await json(here, 'export', PLAN, '--to', 'knox'), 2)
    fits('doctor', await json(here, 'doctor', PLAN))
    fits('runbook', await json(here, 'runbook', PLAN))
    fits('runbook', await json(here, 'runbook', PLAN, '--out', 'R.md'))
    await here.write('R.md', 'nothing')
    expect(fits('runbook', await json(here, 'runbook', PLAN, '--out', 'R.md', '--check'), 5)).toMatchObject({
      plan: 'rename',
      differs: true,
      error: { code: 'PLAN_STALE' },
    })
  })

  it('fits its schema while a plan is carried through, and when it is refused', async () => {
    await using here = await begin()
    fits('advance', await json(here, 'advance', PLAN, '--phase', 'backfill'))
    fits('adopt', await json(here, 'adopt'))
    fits('throttle', await json(here, 'throttle', '--duty', '0.5'))
    fits('pause', await json(here, 'pause', '--note', 'later'))
    fits('advance', await json(here, 'advance', PLAN, '--max-wait', '1s'), 7)
    fits('resume', await json(here, 'resume'))
    fits('join', await json(here, 'join'), 3)
    fits('sync', await json(here, 'sync'), 2)
    fits('verify', await json(here, 'verify'))
    fits('advance', await json(here, 'advance', PLAN))
    fits('advance', await json(here, 'advance', PLAN), 3)
    fits('confirm', await json(here, 'confirm', 'switch-app', '--by', 'me'))
    fits('unlock', await json(here, 'unlock', '--yes'))
    expect(fits('status', await json(here, 'status'))).toMatchObject({
      plan: null,
      plans: [{ name: 'rename' }],
    })
    await here.database.query(
      "ALTER TABLE users DISABLE TRIGGER ALL; UPDATE users SET last_name = 'x' WHERE id = 1; ALTER TABLE users ENABLE TRIGGER ALL",
    )
    const broken = fits('verify', await json(here, 'verify'), 4)
    expect(broken).toMatchObject({ plan: 'rename', holds: false, error: { code: 'PLAN_INVARIANT' } })
    fits('rollback', await json(here, 'rollback', '--yes'))
    expect(fits('log', await json(here, 'log'))).toMatchObject({ plan: null, flaw: null })
    fits('log', await json(here, 'log', 'rename'))
  })
})
