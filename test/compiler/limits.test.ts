import { expect, it } from 'vitest'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'
import { asStatements } from '../support/written.ts'

const LIMITED = 'backfill: { throttle: { max_lag: 2s, max_running: 20, max_blocked: 0 } }\n'
const ASKED = 'checkpoints: { switch-app: { probes: [{ unused: { for: 30m } }] } }\n'
const plan = (more: string) => planOf('rename_column: { table: users, from: last, to: family }', more)

const on = (dialect: string, number: number) =>
  snapshot({
    dialect,
    server: { number, version: String(number) },
    tables: [table('users', [id(), column('last', 'varchar(80)', { notNull: true })])],
  })
const postgres = on('postgres', 180004)
const mysql = on('mysql', 90704)
const mariadb = on('mariadb', 101118)

it('what PostgreSQL is not asked yet is refused by name', () => {
  expect(findingsOf(plan(ASKED), postgres)).toMatchObject([{ code: 'PLAN_NOT_BUILT', at: { line: 5 } }])
})

it('the probe unused is refused where old and new versions use the same name', () => {
  const retyped = planOf('change_type: { table: users, column: last, to: int, unparsed: fail }', ASKED)
  expect(findingsOf(retyped, mysql)).toMatchObject([
    {
      code: 'PLAN_UNSUPPORTED',
      message: expect.stringContaining('takes the name of the old one'),
      at: { line: 5 },
    },
  ])
})

it('a limit of old row versions is refused by name where nobody counts them', () => {
  const limited = plan('backfill: { throttle: { max_history: 100 } }\n')
  expect(findingsOf(limited, postgres)).toMatchObject([
    { code: 'PLAN_UNSUPPORTED', at: { line: 5 }, hint: expect.stringContaining('leave max_history out') },
  ])
  expect(compiled(limited, mysql).backfill.limits.maxHistory).toBe(100)
})

it.each([postgres, mysql, mariadb])('limits are part of the program on $dialect', (database) => {
  expect(compiled(plan(LIMITED), database).backfill.limits).toEqual({
    maxLag: 2000,
    maxRunning: 20,
    maxHistory: null,
    maxBlocked: 0,
  })
})

it('MariaDB can find a use, but never say that there is none, and the plan is told so', () => {
  expect(compiled(plan(ASKED), mariadb).warnings.join()).toContain('never say that there is none')
  expect(compiled(plan(ASKED), mysql).warnings.join()).not.toContain('never say')
})

it('MariaDB refuses statements that leave out a required column before a trigger can fill it, and the plan says so', () => {
  expect(compiled(plan(''), mariadb).warnings.join()).toMatch(/INSERT … SELECT.*have to name last and family/)
  expect(compiled(plan(''), mysql).warnings.join()).not.toContain('INSERT … SELECT')
})

it('an old server that cannot drop a column at once is told to write the table anew beside the running writes', () => {
  const drops = (number: number) =>
    compiled(plan(''), on('mysql', number))
      .phases.flatMap(({ steps }) => steps.flatMap(({ parts }) => parts))
      .filter(({ action }) => action.do === 'drop_column')
      .flatMap(({ written }) => asStatements(written).statements)
  expect(drops(80028)).toEqual(['ALTER TABLE `app`.`users` DROP COLUMN `last`, ALGORITHM=INPLACE, LOCK=NONE'])
  expect(drops(80029)).toEqual([
    'ALTER TABLE `app`.`users` DROP COLUMN `last`, ALGORITHM=INSTANT, LOCK=DEFAULT',
  ])
})
