import { readFileSync } from 'node:fs'
import { compile } from '../../src/compiler/compile.ts'
import { language } from '../../src/dialects/postgres/language.ts'
import { parsePlan } from '../../src/intents/plans.ts'
import { NO_CONTROLS, type Progress, type StepRecord } from '../../src/ledger/records.ts'
import type { Program } from '../../src/program/program.ts'
import type { Table } from '../../src/schema/snapshot.ts'
import { column, id, index, primaryKey, snapshot, table } from '../support/snapshots.ts'

const postgres = await language()

/** The program of a plan's text, on a database with these tables. */
export function programOf(text: string, tables: readonly Table[]): Program {
  const parsed = parsePlan('plan.yaml', text)
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings))
  return compile(parsed.plan, parsed.source, snapshot({ tables }), postgres)
}

const gallery = (name: string): string =>
  readFileSync(new URL(`../../plans/${name}.yaml`, import.meta.url), 'utf8')

/** The rename of the gallery, on a table with an index, which takes all five phases. */
export const rename = (
  text: (plan: string) => string = (plan) => plan,
  more: Partial<Table> = {},
): Program => {
  const { indexes, constraints } = primaryKey('users')
  const named = { indexes: [...indexes, index('users', 'users_last_name', ['last_name'])], constraints }
  return programOf(text(gallery('rename-last-name')), [
    table('users', [id(), column('last_name', 'text', { notNull: true })], { ...named, ...more }),
  ])
}

/** A plan of the gallery on a plain `users` table. */
export const sample = (name: string): Program =>
  programOf(gallery(name), [
    table('users', [id(), column('full_name'), column('email', 'text', { notNull: true })]),
  ])

/** The ledger just after the first `advance`, but for what is given. */
export const progressOf = (
  program: Program,
  more: Partial<Progress['plan']> = {},
  rest: Partial<Progress> = {},
): Progress => ({
  plan: {
    name: program.plan.name,
    run: 1,
    state: 'running',
    phase: null,
    epoch: 1,
    program,
    source: '',
    objects: {},
    runner: null,
    pinnedAt: '2026-03-01T07:00:00.000Z',
    retiredAt: null,
    ...more,
  },
  steps: [],
  slices: [],
  checkpoints: [],
  invariants: [],
  controls: NO_CONTROLS,
  quarantine: [],
  ...rest,
})

/** A step that was done at the first try. */
export const done = (step: string, finishedAt = '2026-03-01T07:12:03.000Z'): StepRecord => ({
  id: step,
  state: 'done',
  attempts: 1,
  startedAt: '2026-03-01T07:12:00.000Z',
  finishedAt,
  error: null,
})

/** A backfill on its way: 41.2 % of the rows. */
export const slice = (): Progress['slices'][number] => ({
  step: 'backfill.1',
  number: 1,
  end: ['12400000'],
  cursor: ['5108800'],
  state: 'open',
  walked: 5_108_800,
  written: 5_100_000,
  batches: 900,
  estimate: 12_400_000,
  rate: 18_400,
  batchRows: 5000,
  startedAt: '2026-03-01T07:12:03.000Z',
  updatedAt: '2026-03-01T07:16:40.000Z',
})
