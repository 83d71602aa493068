import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, MAIN, refused } from '../support/command.ts'
import { addHandle, PLAN, rename, users } from '../support/users.ts'

const ESCAPE = '\u001b'
const keys = (value: unknown): string[] => Object.keys(value as object).sort()
const document = (text: string) => JSON.parse(text) as Record<string, never>

describePostgres('--json', (server) => {
  const ended = async (here: Bench, ...args: string[]) =>
    document(done(await here.plan(...args, '--json')).out)

  it('of status has the keys of the specification, and those only', async () => {
    await using here = await bench(server, users(), { [PLAN]: addHandle('', ', index: true') })
    expect(await ended(here, 'status')).toMatchObject({ format_version: '1.0', plan: null, plans: [] })
    await using there = await bench(server, users(), { [PLAN]: rename() })
    done(await there.plan('advance', PLAN, '--until-checkpoint'))
    done(await there.plan('confirm', 'switch-app', '--by', 'me', '--evidence', 'https://e.example.org'))
    const status = await ended(there, 'status')
    expect(keys(status)).toEqual(['format_version', 'plan', 'plans', 'time'])
    const [plan] = status['plans'] as unknown as Record<string, unknown[]>[]
    expect(keys(plan)).toEqual(
      'backfills checkpoints fingerprint invariants name next paused phase quarantine refusal state steps throttle waiting'.split(
        ' ',
      ),
    )
    expect(plan).toMatchObject({ name: 'rename', state: 'verified', phase: 'verify' })
    expect(plan?.['checkpoints']).toEqual([
      {
        id: 'switch-app',
        state: 'confirmed',
        by: 'me',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        evidence: 'https://e.example.org',
      },
    ])
    for (const step of plan?.['steps'] ?? [])
      expect(keys(step)).toEqual('attempts error finished_at id kind phase started_at state'.split(' '))
    for (const one of plan?.['backfills'] ?? [])
      expect(keys(one)).toEqual(
        'batches eta_seconds rate rows_done rows_estimate state step table workers'.split(' '),
      )
    for (const one of plan?.['invariants'] ?? [])
      expect(keys(one)).toEqual('checked_at holds name sample violations'.split(' '))
    for (const name of ['steps', 'backfills', 'invariants']) expect(plan?.[name]).not.toEqual([])
  })

  it('of the other commands is one document with a version', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    expect(keys(await ended(here, 'compile', PLAN))).toEqual(
      'checkpoints estimates files fingerprint folder format_version plan steps time warnings'.split(' '),
    )
    expect(keys(await ended(here, 'advance', '--dry-run'))).toEqual([
      'format_version',
      'plan',
      'steps',
      'time',
    ])
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    const verified = await ended(here, 'verify')
    expect(verified).toMatchObject({ format_version: '1.0', plan: 'rename', holds: true })
    expect(keys(verified)).toEqual(['format_version', 'holds', 'invariants', 'plan', 'time'])
    expect(keys(await ended(here, 'log'))).toEqual(['events', 'flaw', 'format_version', 'plan', 'time'])
    const doctor = await ended(here, 'doctor', PLAN)
    expect(keys(doctor)).toEqual(['checks', 'format_version', 'plan', 'time'])
    for (const one of doctor['checks'] as unknown as object[])
      expect(Object.keys(one)).toEqual(['name', 'outcome', 'says', 'hint'])
    const confirmed = await ended(here, 'confirm', 'switch-app', '--by', 'me')
    expect(confirmed).toMatchObject({ format_version: '1.0', plan: 'rename', checkpoint: { by: 'me' } })
    expect(await ended(here, 'unlock')).toMatchObject({ format_version: '1.0', plan: 'rename' })
    expect(document(done(await here.plan('schema')).out)).toHaveProperty('$schema')
  })

  it('of advance and rollback is one object a line, the last one being the outcome', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    const lines = (text: string) => text.trimEnd().split('\n').map(document)
    const advanced = lines(done(await here.plan('advance', PLAN, '--json', '--phase', 'verify')).out)
    expect(advanced.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['phase', 'step', 'progress', 'invariant']),
    )
    expect(advanced.at(-1)).toEqual({
      format_version: '1.0',
      time: expect.any(String),
      event: 'outcome',
      plan: 'rename',
      state: 'verified',
      phases: ['expand', 'backfill', 'verify'],
      reached: true,
      waiting: null,
      next: 'switch-app',
    })
    const waits = await here.plan('advance', '--json', '--yes')
    expect(waits.code).toBe(3)
    expect(lines(waits.out).map((line) => line['event'] ?? line['error']?.['code'])).toEqual([
      'waiting',
      'outcome',
      'PLAN_WAITING',
    ])
    const back = lines(done(await here.plan('rollback', '--json')).out)
    expect(back.at(-1)).toMatchObject({ event: 'outcome', plan: 'rename', complete: true })
  })

  it('of a failure is a document with every finding, its place and its hint', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename('on_conflict: never\nowner: me\n') })
    const { code, out } = await here.plan('compile', PLAN, '--json')
    expect(code).toBe(2)
    const found = document(out)
    expect(keys(found)).toEqual(['error', 'findings', 'format_version', 'plan', 'time'])
    expect(found['findings']).toHaveLength(2)
    expect(found['error']).toEqual({
      code: 'PLAN_INVALID',
      message: expect.any(String),
      hint: expect.any(String),
      file: PLAN,
      line: 5,
      column: expect.any(Number),
    })
  })
})

describePostgres('the built command', (server) => {
  it('prints data on stdout and messages on stderr, without colours when nobody looks', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    for (const args of [
      ['compile', PLAN],
      ['status'],
      ['advance', PLAN],
      ['advance'],
      ['verify'],
      ['log'],
      ['doctor'],
      ['runbook'],
      ['advance', '--dry-run'],
      ['nothing'],
    ]) {
      const { out, err } = await here.startWith({ env: { FORCE_COLOR: '1', TERM: 'xterm' } }, ...args).ended
      expect(out + err).not.toContain(ESCAPE)
      if (args[0] !== 'nothing') expect(err).toContain(`database ${here.database.name} on `)
      expect(out).not.toContain(`database ${here.database.name} on `)
      expect(out === '').toBe(
        (args[0] === 'advance' && args.length < 3 && args[1] !== '--dry-run') || args[0] === 'nothing',
      )
    }
  })

  it('says its version', async () => {
    await using here = await bench(server, [])
    for (const flag of ['--version', '-V'])
      expect(done(await here.start(flag).ended)).toMatchObject({
        out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
        err: '',
      })
  })

  it('says where a failure is to be found, without a stack, unless asked', async () => {
    await using here = await bench(server, [], { [PLAN]: rename() })
    refused(await here.start('advance', 'nothing').ended, 2, 'PLAN_USAGE', 'nothing')
    expect((await here.start('advance', 'nothing', '--verbose').ended).err).not.toContain('    at ')
  })

  const terminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0
  it.skipIf(!terminal)('colours for a terminal, and not with NO_COLOR or --no-color', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    const shown = (env: Record<string, string>, ...args: string[]) =>
      spawnSync('script', ['-qec', `"${process.execPath}" "${MAIN}" ${args.join(' ')}`, '/dev/null'], {
        cwd: here.dir,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], TERM: 'xterm', PLAN_DATABASE_URL: here.database.url, ...env },
      }).stdout
    expect(shown({}, 'compile', PLAN)).toContain(`${ESCAPE}[`)
    expect(shown({ NO_COLOR: '1' }, 'compile', PLAN)).not.toContain(ESCAPE)
    expect(shown({}, 'compile', PLAN, '--no-color')).not.toContain(ESCAPE)
    expect(shown({ TERM: 'dumb' }, 'compile', PLAN)).not.toContain(ESCAPE)
  })
})
