import { expect, it } from 'vitest'
import { assumptions, estimateOf, totalOf } from '../../src/render/estimate.ts'
import { compiled, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'
import { rename, sample } from './samples.ts'

const program = rename()
const steps = program.phases.flatMap((phase) => phase.steps)
const of = (id: string, from = program) => {
  const step = from.phases.flatMap((phase) => phase.steps).find((one) => one.id === id)
  if (!step) throw new Error(`no step ${id}`)
  return estimateOf(step, from)
}

it.each([
  ['a moment under a lock', 'expand.1', 'under a second, plus up to lock_timeout per try'],
  ['batches, half of the time', 'backfill.1', '4m 8s to 20m 40s (from statistics: 12,400,000 rows)'],
  ['an index build', 'enforce.1', '24s to 2m (from statistics: 2.4 GB)'],
  ['a scan', 'verify.1', '6s to 24s (from statistics: 2.4 GB)'],
  ['a look into the catalogue', 'verify.2', 'under a second'],
  ["a query of the plan's own", 'verify.3', "unknown: it depends on the plan's own query"],
])('expects of %s a time that follows from the size', (_, id, text) => {
  expect(of(id).text).toBe(text)
})

it('gives milliseconds to compute with', () => {
  expect(of('backfill.1')).toMatchObject({ low: 248_000, high: 1_240_000 })
  expect(of('verify.3')).toMatchObject({ low: null, high: null })
})

it('does not guess without statistics', () => {
  expect(of('backfill.1', rename(undefined, { rows: -1 })).text).toBe(
    'unknown: the database has no statistics of this table',
  )
})

it('is short for a small table', () => {
  const small = rename(undefined, { rows: 10, bytes: 8192 })
  expect(of('backfill.1', small).text).toBe('under a second (from statistics: 10 rows)')
  expect(of('enforce.1', rename(undefined, { rows: 10, bytes: 80e6 })).short).toBe('up to 4s')
})

it('adds up what is known, and names what is not', () => {
  expect(totalOf(steps, program).text).toBe('4m 44s to 23m 34s, not counting verify.3')
})

it('states its assumptions once, and none where every step takes a moment', () => {
  expect(assumptions(program)).toBe(
    'Expected durations assume 20,000 to 100,000 rows/s for a backfill in the 50 % of the time that batches may run, 100 to 400 MB/s for a scan and 20 to 100 MB/s for an index build or rewrite, on the sizes when the plan was compiled.',
  )
  expect(assumptions(sample('add-nullable-column'))).toBeNull()
})

it.each(['postgres', 'mysql', 'mariadb'])(
  'says of rows that are tried on %s that it reads the table',
  (dialect) => {
    const given = snapshot({
      dialect,
      server: { number: dialect === 'postgres' ? 170_000 : 110_400, version: 'any' },
      tables: [table('users', [id(), column('note')])],
    })
    const fill = '{ cast: { column: note, to: int } }, unparsed: fail'
    const tried = compiled(planOf(`add_column: { table: users, column: c, type: int, fill: ${fill} }`), given)
    expect(of('expand.1', tried).text).toBe('6s to 24s (from statistics: 2.4 GB)')
  },
)
