import { expect, it } from 'vitest'
import type { EventRecord } from '../../src/ledger/records.ts'
import { programText } from '../../src/render/program-text.ts'
import { statusText } from '../../src/render/status-text.ts'
import { findingsText, logText } from '../../src/render/terminal.ts'
import { done, progressOf, rename, sample, slice } from './samples.ts'

const plain = { color: false, width: 90 }
const program = rename()
const text = programText(program, plain).replace(/_[0-9a-f]{10}\b/g, '_#')

it('shows a program as a reviewer reads it', () => {
  expect(text.slice(text.indexOf('\n'))).toBe(`
users.last_name becomes users.family_name
app.users: 12,400,000 rows, 2.4 GB

expand
  expand.1    add users.family_name; keep both shapes of users in step by a trigger
              ACCESS EXCLUSIVE on app.users, a moment                   under a second

backfill
  backfill.1  fill family_name of users, batch by batch
              ROW EXCLUSIVE on app.users, per batch                     4m 8s to 20m 40s

enforce
  enforce.1   build index users_last_name_#
              SHARE UPDATE EXCLUSIVE on app.users, during the build     24s to 2m
  enforce.2   require users.family_name, not validated
              ACCESS EXCLUSIVE on app.users, a moment                   under a second
  enforce.3   validate constraint users_family_name_not_null_#
              SHARE UPDATE EXCLUSIVE on app.users, during the scan      6s to 24s
  enforce.4   make users.family_name NOT NULL
              ACCESS EXCLUSIVE on app.users, a moment                   under a second

verify
  verify.1    prove last_name-equals-family_name on all rows of users
              ACCESS SHARE on app.users, during the scan                6s to 24s
  verify.2    prove that users has its sync, indexes and constraints
              ACCESS SHARE on app.users, a moment                       under a second
  verify.3    prove no-empty-names
              ACCESS SHARE on the tables of the query, during the scan  unknown

── checkpoint switch-app: Deploy api 2.4.0 everywhere, then stop the last 2.3 process ────

contract
  contract.1  retire users.last_name under another name; let the sync of users follow
              ACCESS EXCLUSIVE on app.users, a moment                   under a second
━━ point of no return ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  contract.2  remove the sync trigger of users; drop users.plan_drop_last_name_#;
              index users_last_name gets its name
              ACCESS EXCLUSIVE on app.users, a moment                   under a second
`)
})

it('wraps within the width it is given', () => {
  for (const width of [60, 72, 100]) {
    const longest = Math.max(
      ...programText(program, { color: false, width })
        .split('\n')
        .map((line) => line.length),
    )
    expect(longest).toBeLessThanOrEqual(Math.max(width, 70))
  }
})

it('has colours only when asked', () => {
  expect(text).not.toContain('\u001b')
  expect(programText(program, { color: true, width: 90 })).toContain('\u001b[1mexpand')
})

it('ends with the warnings', () => {
  const warned = {
    ...program,
    warnings: ['view app.names uses last_name; contract will refuse while it does'],
  }
  expect(programText(warned, plain)).toMatch(
    /\n\nwarnings\n {2}! view app.names uses last_name; contract will refuse while it does\n$/,
  )
})

it('shows how far a plan is, and what to type next', () => {
  const running = { ...done('backfill.1'), state: 'running' as const, finishedAt: null }
  const runner = {
    by: 'ada',
    host: 'db1',
    backend: { pid: 1, started: '' },
    since: '2026-03-01T07:12:00.000Z',
  }
  const progress = progressOf(
    program,
    { phase: 'expand', runner },
    { steps: [done('expand.1'), running], slices: [slice()] },
  )
  expect(statusText(progress, plain)).toBe(`rename-last-name  running  ${program.fingerprint.slice(0, 12)}
users.last_name becomes users.family_name
runner ada on db1, since 2026-03-01 07:12:00Z

  ✓  expand      done 2026-03-01 07:12:03Z
  ▸  backfill    41.2 %, 5,108,800 of about 12,400,000 rows, 18,400 rows/s, ETA 6m 36s
  ·  enforce     4 steps
  ·  verify      3 steps
  ·  switch-app  Deploy api 2.4.0 everywhere, then stop the last 2.3 process
  ·  contract    2 steps

next: plan advance rename-last-name --phase backfill
`)
})

it('shows a failure, its reason, and the invariant that does not hold', () => {
  const failed = {
    ...done('verify.1'),
    state: 'failed' as const,
    attempts: 2,
    error: 'an invariant\u001b[31m does not hold',
  }
  const invariants = [
    {
      name: 'no-empty-names',
      holds: false,
      violations: 2,
      checked: 10,
      sample: ['7', '9'],
      checkedAt: '2026-03-01T08:00:00.000Z',
    },
    {
      name: 'users-catalogue',
      holds: true,
      violations: 0,
      checked: null,
      sample: [],
      checkedAt: '2026-03-01T08:00:00.000Z',
    },
  ]
  const shown = statusText(
    progressOf(program, { phase: 'enforce', state: 'failed' }, { steps: [failed], invariants }),
    plain,
  )
  expect(shown).toContain('\n  ✗  verify      0 of 3 steps\n')
  expect(shown).toContain('\nverify.1  failed at try 2: an invariant\\u001b[31m does not hold\n')
  expect(shown).toContain('\n  ✗  no-empty-names   2 violations, for example 7, 9  2026-03-01 08:00:00Z\n')
  expect(shown).toContain('\n  ✓  users-catalogue  holds                           2026-03-01 08:00:00Z\n')
})

it('waits at a checkpoint with the command that confirms it', () => {
  const shown = statusText(progressOf(program, { phase: 'verify', state: 'waiting' }), plain)
  expect(shown).toContain('  ▸  switch-app  waiting: Deploy api 2.4.0 everywhere')
  expect(shown).toMatch(/\nnext: plan confirm switch-app --plan rename-last-name --by "\$USER"\n$/)
})

it('offers the rollback again that was refused, not the way on', () => {
  const failed = progressOf(program, { phase: 'verify', state: 'failed' })
  const refusal = {
    ...{ code: 'PLAN_DEPENDENT', sqlstate: null, back: true, step: null, tables: [] },
    ...{ message: 'a view needs it', hint: 'drop it', keys: [], query: null, at: '2026-03-02T09:00:00.000Z' },
  }
  const [back, on] = [true, false].map((rollback) =>
    statusText({ ...failed, refusal: { ...refusal, back: rollback } }, plain),
  )
  expect(back).toMatch(/\nnext: plan rollback rename-last-name {2}\(once what was refused is put right\)\n$/)
  expect(on).toContain('\nnext: plan confirm switch-app ')
})

it('says from when on a soaking plan goes on', () => {
  const soaking = rename((plan) => plan.replace('soak: 0s', 'soak: 24h'))
  const checkpoints = [
    { id: 'switch-app', by: 'ada', at: '2026-03-02T09:00:00.000Z', evidence: null, note: null },
  ]
  const shown = statusText(progressOf(soaking, { phase: 'verify', state: 'waiting' }, { checkpoints }), plain)
  expect(shown).toContain(
    '  ✓  switch-app  confirmed by ada, 2026-03-02 09:00:00Z, soak until 2026-03-03 09:00:00Z\n',
  )
  expect(shown).toContain(
    "next: plan advance rename-last-name --phase contract  (runs from 2026-03-03 09:00:00Z on; asks for the plan's name; without a terminal it needs --yes)",
  )
})

it('has nothing left to do in the end', () => {
  const nullable = sample('add-nullable-column')
  expect(statusText(progressOf(nullable, { phase: 'expand', state: 'done' }), plain)).toMatch(
    /\n\nnothing left to do\n$/,
  )
})

const event = (number: number, more: Partial<EventRecord> = {}): EventRecord => ({
  number,
  plan: 'rename-last-name',
  run: 1,
  epoch: 2,
  at: '2026-03-01T07:12:03.123Z',
  actor: 'ada',
  kind: 'step done',
  data: { step: 'expand.1' },
  previous: '',
  hash: '',
  ...more,
})

it('shows one event a line, aligned', () => {
  expect(
    logText([
      event(9, { kind: 'pinned', data: {} }),
      event(10, { data: { step: 'expand.1', note: 'a\nb', rows: [1] } }),
    ]),
  ).toBe(
    `9   2026-03-01 07:12:03Z  run 1  epoch 2  ada  pinned
10  2026-03-01 07:12:03Z  run 1  epoch 2  ada  step done  step=expand.1 note=a b rows=[1]
`,
  )
})

it('names the plan of an event when there are several', () => {
  expect(logText([event(1), event(2, { plan: 'other' })])).toContain(
    '2026-03-01 07:12:03Z  other             run 1',
  )
})

it('shows a finding at its line', () => {
  const finding = {
    code: 'PLAN_COLUMN_MISSING' as const,
    message: 'app.users has no column lst_name',
    hint: 'did you mean last_name?',
    at: { file: 'plans/a.yaml', line: 2, column: 9 },
  }
  expect(
    findingsText(
      [finding, { code: 'PLAN_USAGE', message: 'no', hint: 'yes' }],
      'version: 1\n  from: lst_name\n',
    ),
  ).toBe(
    `plans/a.yaml:2:9  app.users has no column lst_name  PLAN_COLUMN_MISSING
  2 |   from: lst_name
    |         ^
  hint: did you mean last_name?

no  PLAN_USAGE
  hint: yes
`,
  )
})
