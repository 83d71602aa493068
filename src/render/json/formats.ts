import { z } from 'zod'
import { PHASES } from '../../program/step.ts'
import { application, errorCode, story } from './explain-formats.ts'
import { exported } from './export-format.ts'

/** The shapes of every JSON output. `schemas/` in the package holds the same as JSON Schemas. */

const count = z.number().int().min(0)
const measure = z.number().min(0)
const time = z.iso.datetime()
const phase = z.enum([...PHASES])
const state = z.enum([
  'compiled',
  'running',
  'waiting',
  'paused',
  'interrupted',
  'failed',
  'verified',
  'done',
  'rolled-back',
])
const stepState = z.enum(['pending', 'running', 'done', 'failed', 'undone'])

/** At the head of every document and of every line of a stream. `plan` is null when it is about several plans or none. */
const head = { format_version: z.literal('1.0'), time, plan: z.string().nullable() }

const finding = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  file: z.string().optional(),
  line: count.optional(),
  column: count.optional(),
  sqlstate: z.string().optional(),
  /** Of rows or documents that cannot be converted or lack a value: some keys, and a query that shows them. */
  keys: z.array(z.string()).optional(),
  query: z.string().nullable().optional(),
})
const failure = { error: finding, findings: z.array(finding) }

/** A document; one that ends in a failure says so, too, and may then have nothing else to say. */
const document = (shape: z.ZodRawShape) =>
  z.union([
    z.strictObject({ ...head, ...shape }),
    z.strictObject({ ...head, ...shape, ...failure }),
    z.strictObject({ ...head, ...failure }),
  ])

const invariant = z.strictObject({
  name: z.string(),
  holds: z.boolean(),
  violations: count,
  sample: z.array(z.string()),
  checked_at: time,
})

const controls = {
  paused: z.strictObject({ by: z.string(), at: time, note: z.string().nullable() }).nullable(),
  waiting: z.strictObject({ step: z.string(), reason: z.string(), since: time }).nullable(),
  throttle: z.strictObject({
    batch_target_ms: measure.nullable(),
    max_lag_ms: measure.nullable(),
    workers: count.nullable(),
    duty: measure.nullable(),
    on_error: z.enum(['stop', 'quarantine']).nullable(),
  }),
}

const refusal = z.strictObject({
  code: z.string(),
  sqlstate: z.string().nullable(),
  back: z.boolean(),
  step: z.string().nullable(),
  tables: z.array(z.string()),
  message: z.string(),
  hint: z.string(),
  keys: z.array(z.string()),
  query: z.string().nullable(),
  at: time,
})

const standing = z.strictObject({
  name: z.string(),
  fingerprint: z.string(),
  state,
  phase: phase.nullable(),
  next: z.string().nullable(),
  refusal: refusal.nullable(),
  checkpoints: z.array(
    z.strictObject({
      id: z.string(),
      state: z.enum(['confirmed', 'waiting', 'pending']),
      by: z.string().nullable(),
      at: time.nullable(),
      evidence: z.string().nullable(),
    }),
  ),
  steps: z.array(
    z.strictObject({
      id: z.string(),
      phase,
      kind: z.string(),
      state: stepState,
      attempts: count,
      started_at: time.nullable(),
      finished_at: time.nullable(),
      error: z.string().nullable(),
    }),
  ),
  backfills: z.array(
    z.strictObject({
      step: z.string(),
      table: z.string(),
      rows_done: count,
      rows_estimate: count.nullable(),
      batches: count,
      workers: count,
      rate: measure,
      eta_seconds: measure.nullable(),
      state: stepState,
    }),
  ),
  invariants: z.array(invariant),
  quarantine: z.array(z.strictObject({ step: z.string(), row: z.string(), code: z.string(), at: time })),
  ...controls,
})

const compiled = {
  fingerprint: z.string(),
  checkpoints: z.array(
    z.strictObject({ id: z.string(), before: z.string(), describe: z.string(), soak_seconds: measure }),
  ),
  steps: z.array(
    z.strictObject({
      id: z.string(),
      phase,
      kind: z.string(),
      title: z.string(),
      reversible: z.boolean(),
      locks: z.array(
        z.strictObject({ on: z.string(), mode: z.string(), blocks: z.string(), during: z.string() }),
      ),
      estimate: z.strictObject({ low_seconds: measure.nullable(), high_seconds: measure.nullable() }),
    }),
  ),
  estimates: z.array(z.strictObject({ table: z.string(), rows: count.nullable(), bytes: z.number() })),
  folder: z.string(),
  files: z.array(z.string()),
  warnings: z.array(z.string()),
  differing: z.array(z.string()).optional(),
}

const event = (name: string, shape: z.ZodRawShape) =>
  z.strictObject({ ...head, event: z.literal(name), ...shape })

/** A stream: one object a line. It ends with an outcome, or with a failure. */
const stream = (outcome: z.ZodRawShape) =>
  z.union([
    event('phase', { phase, state: z.enum(['started', 'done', 'undone']) }),
    event('step', {
      step: z.string(),
      title: z.string(),
      state: z.enum(['started', 'done', 'skipped', 'undone']),
    }),
    event('progress', {
      step: z.string(),
      table: z.string(),
      rows_done: count,
      rows_estimate: z.number().int(),
      batches: count,
      rows_per_second: count,
      eta_seconds: measure.nullable(),
    }),
    event('blocked', {
      step: z.string(),
      attempt: count,
      of: count,
      blockers: z.array(
        z.strictObject({
          pid: z.number(),
          application: z.string(),
          user: z.string(),
          state: z.string(),
          holds: z.string(),
          age_seconds: z.number(),
        }),
      ),
    }),
    event('throttled', { step: z.string(), reason: z.string().nullable() }),
    event('invariant', {
      found: z.strictObject({
        name: z.string(),
        holds: z.boolean(),
        violations: count,
        checked: count.nullable(),
        sample: z.array(z.string()),
      }),
    }),
    event('note', { text: z.string() }),
    event('waiting', { kind: z.enum(['checkpoint', 'soak', 'hold']), for: z.string(), text: z.string() }),
    event('sync', {
      table: z.string(),
      events: count,
      repairs: count,
      gaps: count,
      lag_ms: measure.nullable(),
    }),
    event('outcome', outcome),
    z.strictObject({ ...head, ...failure }),
  ])

const waiting = z
  .strictObject({ kind: z.enum(['checkpoint', 'soak', 'hold']), id: z.string(), text: z.string() })
  .nullable()

/** The format of each command's `--json`, by the command's name. Those of `advance`, `rollback`, `join`, `sync` are streams. */
export const formats = {
  compile: z.union([
    document(compiled),
    document({ plans: z.array(z.strictObject({ plan: z.string(), ...compiled })) }),
  ]),
  explain: z.union([document(story), document(application), document(errorCode)]),
  advance: stream({
    state,
    phases: z.array(phase),
    reached: z.boolean(),
    waiting,
    next: z.string().nullable(),
  }),
  'advance-dry-run': document({
    steps: z.array(z.strictObject({ id: z.string(), title: z.string(), statements: z.array(z.string()) })),
  }),
  export: document(exported),
  adopt: document({
    steps: z.array(z.string()),
    state: state.nullable(),
    next: z.string().nullable(),
  }),
  confirm: document({
    checkpoint: z.strictObject({
      id: z.string(),
      by: z.string(),
      evidence: z.string().nullable(),
      note: z.string().nullable(),
    }),
  }),
  verify: document({ holds: z.boolean(), invariants: z.array(invariant) }),
  status: document({ plans: z.array(standing) }),
  rollback: stream({ undone: z.array(z.string()), complete: z.boolean() }),
  join: stream({ slices: count }),
  sync: stream({ reason: z.string() }),
  pause: document(controls),
  resume: document(controls),
  throttle: document(controls),
  runbook: z.union([document({ text: z.string() }), document({ file: z.string(), differs: z.boolean() })]),
  log: document({
    events: z.array(
      z.strictObject({
        number: count,
        plan: z.string(),
        run: count,
        epoch: count,
        at: z.string(),
        actor: z.string(),
        kind: z.string(),
        data: z.record(z.string(), z.unknown()),
        previous: z.string(),
        hash: z.string(),
      }),
    ),
    flaw: z.string().nullable(),
  }),
  snapshot: z.union([
    document({ snapshot: z.looseObject({ format: z.literal(1), dialect: z.string() }) }),
    document({ file: z.string(), tables: count }),
  ]),
  doctor: document({
    checks: z.array(
      z.strictObject({
        name: z.string(),
        outcome: z.enum(['ok', 'warning', 'failed']),
        says: z.string(),
        hint: z.string(),
      }),
    ),
  }),
  unlock: document({
    taken_from: z.looseObject({ by: z.string(), host: z.string(), since: z.string() }).nullable(),
  }),
} as const

/** One of them as a JSON Schema (draft 2020-12). */
export const jsonSchemaOf = (command: keyof typeof formats): object => ({
  title: `What plan ${command.replaceAll('-dry-run', ' --dry-run')} --json prints`,
  ...z.toJSONSchema(formats[command], { io: 'output' }),
})
