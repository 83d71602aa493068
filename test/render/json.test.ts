import { expect, it } from 'vitest'
import { PlanError } from '../../src/errors.ts'
import type { Progress } from '../../src/ledger/records.ts'
import { findingsJson, statusJson, verifyJson } from '../../src/render/json/documents.ts'
import { done, progressOf, rename, sample, slice } from './samples.ts'

const program = rename()
const running = { ...done('backfill.1'), state: 'running' as const, finishedAt: null }
const only = (progress: Progress) => statusJson([progress]).plans[0]

it('is the document that scripts read', () => {
  const nullable = sample('add-nullable-column')
  expect(
    statusJson([progressOf(nullable, { state: 'done', phase: 'expand' }, { steps: [done('expand.1')] })]),
  ).toEqual({
    plans: [
      {
        name: 'add-nullable-column',
        fingerprint: nullable.fingerprint,
        state: 'done',
        phase: 'expand',
        next: null,
        refusal: null,
        checkpoints: [],
        steps: [
          {
            id: 'expand.1',
            phase: 'expand',
            kind: 'add_column',
            state: 'done',
            attempts: 1,
            started_at: '2026-03-01T07:12:00.000Z',
            finished_at: '2026-03-01T07:12:03.000Z',
            error: null,
          },
        ],
        backfills: [],
        invariants: [],
        quarantine: [],
        paused: null,
        waiting: null,
        throttle: { batch_target_ms: null, max_lag_ms: null, workers: null, duty: null, on_error: null },
      },
    ],
  })
})

it('lists every step of the program, also those that are still to come', () => {
  const steps = only(progressOf(program))?.steps ?? []
  expect(steps.map(({ id, kind, state }) => `${id} ${kind} ${state}`)).toEqual([
    'expand.1 add_column+install_sync pending',
    'backfill.1 fill pending',
    'enforce.1 create_index pending',
    'enforce.2 add_not_null pending',
    'enforce.3 validate_constraint pending',
    'enforce.4 finish_not_null pending',
    'verify.1 prove_rows pending',
    'verify.2 prove_catalogue pending',
    'verify.3 prove_query pending',
    'contract.1 retire_column+replace_sync pending',
    'contract.2 remove_sync+drop_column+rename_index pending',
  ])
})

it('adds the slices of a backfill up', () => {
  const slices = [
    slice(),
    { ...slice(), number: 2, walked: 100, estimate: 100, batches: 1, rate: 5, state: 'done' as const },
  ]
  expect(only(progressOf(program, { phase: 'expand' }, { steps: [running], slices }))?.backfills).toEqual([
    {
      step: 'backfill.1',
      table: 'app.users',
      rows_done: 5_108_900,
      rows_estimate: 12_400_100,
      batches: 901,
      workers: 0,
      rate: 18_400,
      eta_seconds: 396,
      state: 'running',
    },
  ])
})

it.each([
  ['before one per cent', { walked: 100 }, null],
  ['when nothing moves', { rate: 0 }, null],
  ['when there are more rows than estimated', { walked: 13_000_000 }, null],
])('has an end in sight only when there is one: %s', (_, more, eta) => {
  const slices = [{ ...slice(), ...more }]
  expect(only(progressOf(program, {}, { steps: [running], slices }))?.backfills[0]?.eta_seconds).toBe(eta)
})

it.each([
  ['before the first phase', { phase: null, state: 'running' }, 'expand'],
  ['in the middle', { phase: 'expand', state: 'running' }, 'backfill'],
  ['at the checkpoint', { phase: 'verify', state: 'waiting' }, 'switch-app'],
  ['at the end', { phase: 'contract', state: 'done' }, null],
  ['after a rollback', { phase: null, state: 'rolled-back' }, null],
] as const)('names what is next: %s', (_, plan, next) => {
  expect(only(progressOf(program, plan))?.next).toBe(next)
})

it('goes on to contract once the checkpoint is confirmed', () => {
  const checkpoints = [
    { id: 'switch-app', by: 'ada', at: '2026-03-02T09:00:00.000Z', evidence: null, note: null },
  ]
  const plan = only(progressOf(program, { phase: 'verify', state: 'waiting' }, { checkpoints }))
  expect(plan).toMatchObject({
    next: 'contract',
    checkpoints: [{ id: 'switch-app', state: 'confirmed', by: 'ada' }],
  })
})

it('tells a checkpoint that is waited for from one that is far away', () => {
  const state = (phase: 'verify' | 'expand') => only(progressOf(program, { phase }))?.checkpoints[0]?.state
  expect([state('expand'), state('verify')]).toEqual(['pending', 'waiting'])
})

it('says whether all invariants hold', () => {
  const invariant = {
    name: 'a',
    holds: true,
    violations: 0,
    checked: 5,
    sample: [],
    checkedAt: '2026-03-02T09:00:00.000Z',
  }
  expect(verifyJson([invariant])).toEqual({
    holds: true,
    invariants: [
      { name: 'a', holds: true, violations: 0, sample: [], checked_at: '2026-03-02T09:00:00.000Z' },
    ],
  })
  expect(verifyJson([invariant, { ...invariant, holds: false }]).holds).toBe(false)
})

it('gives every finding with its place', () => {
  const at = { file: 'a.yaml', line: 1, column: 2 }
  const first = { code: 'PLAN_INVALID' as const, message: 'm', hint: 'h', at }
  const error = PlanError.of([first, { code: 'PLAN_USAGE', message: 'n', hint: 'i' }])
  const shown = { code: 'PLAN_INVALID', message: 'm', hint: 'h', file: 'a.yaml', line: 1, column: 2 }
  expect(findingsJson(error)).toEqual({
    error: shown,
    findings: [shown, { code: 'PLAN_USAGE', message: 'n', hint: 'i' }],
  })
})
