import { describe, expect, it } from 'vitest'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'

const made = column('made', 'text', { generated: { kind: 'stored', expression: 'lower(name)' } })
const users = table('users', [
  id(),
  column('name', 'text', { notNull: true }),
  column('nick'),
  column('n', 'int'),
  made,
])
const loose = table('loose', [column('a'), column('b')])
const servers = {
  postgres: snapshot({ tables: [users, loose] }),
  mysql: snapshot({ dialect: 'mysql', server: { number: 90100, version: '9.1.0' }, tables: [users] }),
}
const on = (fields: string, dialect: keyof typeof servers = 'postgres', more = '') =>
  findingsOf(planOf(`backfill: { ${fields} }`, more), servers[dialect])
const programOf = (fields: string, dialect: keyof typeof servers = 'postgres', more = '') =>
  compiled(planOf(`backfill: { table: users, ${fields} }`, more), servers[dialect])
const stepsOf = (fields: string) =>
  programOf(fields).phases.flatMap(({ steps }) =>
    steps.flatMap(({ parts }) => parts.map(({ action }) => action.do)),
  )

describe('a backfill of rows that are there', () => {
  it.each<[string, string, string]>([
    ['a generated column', 'table: users, set: { made: { literal: a } }', 'is a generated column'],
    ['a column that is not there', 'table: users, set: { nck: { literal: a } }', 'has no column nck'],
    ['NULL for what may not be empty', 'table: users, set: { name: { literal: null } }', 'is NOT NULL'],
    ['a value of another type', 'table: users, set: { n: { literal: many } }', 'is no int'],
    [
      'a condition that cannot be read',
      'table: users, set: { n: { literal: 1 } }, where: nick ==',
      'PostgreSQL can read',
    ],
    [
      'a condition on other tables',
      'table: users, set: { n: { literal: 1 } }, where: exists (select 1)',
      'subquery',
    ],
    ['a table without a key', 'table: loose, set: { a: { column: b } }', 'no unique key without NULLs'],
    [
      'the key that it walks along',
      'table: users, set: { id: { sql: id + 1 } }',
      'no unique key without NULLs',
    ],
  ])('is refused for %s', (_, fields, why) => {
    expect(on(fields)).toMatchObject([{ message: expect.stringContaining(why), hint: expect.any(String) }])
  })

  it('keeps what rows had in a table of the ledger where the plan asks for that', () => {
    const { phases, warnings } = programOf(
      'set: { n: { literal: 1 } }',
      'postgres',
      'contract: { archive: true }\n',
    )
    const [create, fill] = phases.flatMap(({ phase, steps }) =>
      phase === 'backfill' ? steps.flatMap(({ parts }) => parts) : [],
    )
    expect(create?.action).toMatchObject({ do: 'create_archive', archive: { schema: 'plan' } })
    expect(fill?.written).toMatchObject({ keep: { old: {}, new: {} }, undoWalk: {} })
    expect(warnings.join()).toContain('had before is kept')
  })

  it('tries the values, writes them and proves them, and changes nothing else', () => {
    expect(stepsOf('set: { nick: { lower: { column: name } } }, where: nick is null')).toEqual([
      'try_rows',
      'fill',
      'prove_rows',
    ])
  })

  it.each([
    ['computed from the column itself', 'set: { n: { sql: n + 1 } }', 'computed again they would be others'],
    ['of chance', 'set: { nick: { uuid: true } }', 'computed again they would be others'],
    [
      'under a condition of the clock',
      "set: { nick: { literal: a } }, where: now() > '2030-01-01'",
      'at another time',
    ],
  ])('says that nothing proves a value %s', (_, fields, why) => {
    expect(stepsOf(fields)).not.toContain('prove_rows')
    expect(programOf(fields).warnings.join()).toContain(why)
  })

  it('says that the old values are not kept, when it is compiled and when it goes back', () => {
    for (const dialect of ['postgres', 'mysql'] as const) {
      const { warnings, phases } = programOf('set: { nick: { column: name } }', dialect)
      expect(warnings.join()).toContain('what nick of users had before is not kept')
      const losses = phases.flatMap(({ steps }) =>
        steps.flatMap(({ parts }) => parts.flatMap(({ written }) => written.losses ?? [])),
      )
      expect(losses).toMatchObject([{ what: expect.stringContaining('nick') }])
    }
  })

  it('computes each value from the row as it was, also where assignments see each other', () => {
    const text = JSON.stringify(
      programOf('set: { n: { literal: 1 }, nick: { cast: { column: n, to: text } } }', 'mysql'),
    )
    expect(text.indexOf('`nick` = (`n`)')).toBeLessThan(text.indexOf('`n` = (1)'))
    const swap = 'table: users, set: { name: { column: nick }, nick: { column: name } }'
    expect(on(swap, 'mysql')).toMatchObject([{ message: expect.stringContaining('computed from the other') }])
    expect(on(swap)).toEqual([])
  })
})
