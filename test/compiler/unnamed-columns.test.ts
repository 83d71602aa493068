import { expect, it } from 'vitest'
import type { Column } from '../../src/schema/snapshot.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'
import { asStatements } from '../support/written.ts'

const NUMBERS = { mysql: 90704, mariadb: 101118, postgres: 180004 }

const on = (dialect: keyof typeof NUMBERS, columns: readonly Column[], number = NUMBERS[dialect]) =>
  snapshot({
    dialect,
    server: { number, version: String(number) },
    tables: [table('t', [id(), ...columns])],
  })

const SEEN = planOf('rename_column: { table: t, from: a, to: b }')
const PLAN = SEEN.replace('version: 1\n', 'version: 1\ninvisible: true\n')
const a = column('a', 'varchar(9)', { definition: 'varchar(9) DEFAULT NULL' })
const required: Column = { ...a, notNull: true, definition: 'varchar(9) NOT NULL' }
const given: Column = { ...required, default: { sql: "'x'", volatile: false } }
const virtual = column('v', 'int', { generated: { kind: 'virtual', expression: 'id' } })
const stored = column('s', 'int', { generated: { kind: 'stored', expression: 'id' } })

const added = (program: ReturnType<typeof compiled>): string =>
  asStatements(program.phases[0]?.steps[0]?.parts[0]?.written).statements[0] ?? ''

it.each([
  ['an optional column', 'mysql', [a], undefined],
  ['an optional column', 'mariadb', [a], undefined],
  ['a required column', 'mysql', [required], undefined],
  ['a required column with a default', 'mariadb', [given], undefined],
  ['a column behind a virtual one', 'mariadb', [virtual, a], undefined],
  ['a column in front of a stored one', 'mariadb', [a, stored], undefined],
  ['a column in front of a virtual one', 'mysql', [a, virtual], undefined],
  ['a column of the first server that places one in an instant', 'mysql', [a], 80029],
] as const)(
  'the new name of %s on %s is hidden in the place of the old one',
  (_, dialect, columns, number) => {
    const program = compiled(PLAN, on(dialect, columns, number))
    expect(added(program)).toContain(' INVISIBLE AFTER `a`')
    expect(program.warnings.join()).toContain('b is invisible until contract')
    expect(program.warnings.join()).not.toContain('without names of columns fails')
  },
)

it.each([
  ['a required column', 'mariadb', [required], undefined, 'hides no required column that has no default'],
  [
    'a column in front of a virtual one',
    'mariadb',
    [a, virtual],
    undefined,
    'in front of v, which is virtual',
  ],
  ['a column of an old server', 'mysql', [a], 80028, 'only as the last one'],
] as const)('the new name of %s on %s is seen, and why', (_, dialect, columns, number, why) => {
  const program = compiled(PLAN, on(dialect, columns, number))
  expect(added(program)).not.toContain('INVISIBLE')
  expect(program.warnings.join()).toContain('INSERT INTO t without names of columns fails')
  expect(program.warnings.join()).toContain(why)
})

it('nothing is hidden beside a column that cannot be, and that is said once for the table', () => {
  const beside = PLAN.replace('contract:', '  - add_column: { table: t, column: c, type: int }\ncontract:')
  const program = compiled(beside, on('mysql', [a]))
  expect(added(program)).not.toContain('INVISIBLE')
  const said = program.warnings.filter((warning) => warning.includes('without names of columns'))
  expect(said).toEqual([expect.stringContaining('nothing tells when every version knows c')])
})

const hidden: Column = { ...given, invisible: true }
const drawn: Column = { ...hidden, default: { sql: 'uuid()', volatile: true } }

it.each([
  ['mysql', hidden],
  ['mariadb', hidden],
  ['mysql', drawn],
] as const)('the new name of a hidden column on %s is as hidden, to the end', (dialect, old) => {
  const program = compiled(PLAN, on(dialect, [old]))
  expect(added(program)).toMatch(/ INVISIBLE, ALGORITHM/)
  expect(program.warnings.join()).not.toContain('without names of columns')
  const all = JSON.stringify(program.phases.map(({ steps }) => steps.flatMap(({ parts }) => parts)))
  expect(all).not.toMatch(/SET VISIBLE|MODIFY COLUMN `b`(?![^"]*INVISIBLE)/)
})

it('the new name of a hidden column is seen where the server hides none that is required and has no default', () => {
  const program = compiled(PLAN, on('mariadb', [drawn]))
  expect(added(program)).not.toContain('INVISIBLE')
  expect(program.warnings.join()).toContain('a is invisible and the new column is not')
})

it('a column is hidden only where the plan says so, since a new version may take it from SELECT *', () => {
  const program = compiled(SEEN, on('mysql', [a]))
  expect(added(program)).not.toContain('INVISIBLE')
  expect(added(program)).not.toContain('AFTER')
  expect(program.warnings.join()).toContain('INSERT INTO t without names of columns fails')
  expect(program.warnings.join()).toContain('write invisible: true')
  const documents = snapshot({ dialect: 'mongodb', server: { number: 80000, version: '8.0.0' }, tables: [] })
  for (const database of [on('postgres', [a]), documents])
    expect(findingsOf(PLAN, database), database.dialect).toContainEqual(
      expect.objectContaining({
        code: 'PLAN_UNSUPPORTED',
        message: expect.stringContaining('invisible'),
        at: expect.objectContaining({ line: 2 }),
      }),
    )
})

it.each([
  ['an add_column, which has no contract', planOf('add_column: { table: t, column: c, type: int }'), [a]],
  ['a column in front of a virtual one', SEEN, [a, virtual]],
  ['sync: application', SEEN.replace('version: 1\n', 'version: 1\nsync: application\n'), [a]],
] as const)(
  'nobody is told to write invisible: true where that cannot be followed: %s',
  (_, plan, columns) => {
    const said = compiled(plan, on('mariadb', columns)).warnings.join()
    expect(said).toContain('INSERT INTO t without names of columns fails')
    expect(said).not.toContain('write invisible: true')
  },
)
