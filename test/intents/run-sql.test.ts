import { describe, expect, it } from 'vitest'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'

const users = table('users', [id(), column('name')])
const servers = {
  postgres: snapshot({ tables: [users] }),
  mysql: snapshot({ dialect: 'mysql', server: { number: 90100, version: '9.1.0' }, tables: [users] }),
}
type Dialect = keyof typeof servers
const asked = (fields: string): string => planOf(`run_sql: { ${fields} }`)
const whyNot = (fields: string, dialect: Dialect = 'postgres') => findingsOf(asked(fields), servers[dialect])
const one = (sql: string, dialect: Dialect) => whyNot(`contract: [${JSON.stringify(sql)}]`, dialect)
const writtenOf = (fields: string, dialect: Dialect = 'postgres') =>
  compiled(asked(fields), servers[dialect]).phases.flatMap(({ phase, steps }) =>
    steps.map(({ reversible, parts }) => ({ phase, reversible, ...parts[0]?.written })),
  )

describe('a statement of the author', () => {
  it.each<[Dialect, string, string]>([
    ['postgres', 'create tabel a (b int)', 'line 1, column 8'],
    ['postgres', 'create table a (\n  b int,,\n)', 'line 2, column 9'],
    ['postgres', 'delete from users; delete from users', 'more than one statement'],
    ['postgres', ';', 'no statement'],
    ['postgres', 'begin', 'begins or ends a transaction'],
    ['postgres', 'set lock_timeout = 0', 'changes a setting'],
    ['postgres', 'copy users from stdin', 'COPY'],
    ['postgres', 'delete from users where id = $1', 'parameters'],
    ['mysql', 'start transaction', 'begins with start'],
    ['mysql', 'SET foreign_key_checks = 0', 'begins with SET'],
    ['mysql', 'delete from users; delete from users', 'more than one statement'],
    ['mysql', 'delete from users where id = ?', 'cannot read ?'],
    ['mysql', "delete from users where name = 'a", "cannot read '"],
    ['mysql', '/*!50003 drop table users */', 'versioned comment'],
  ])('is refused on %s: %s', (dialect, sql, why) => {
    expect(one(sql, dialect)).toMatchObject([{ message: expect.stringContaining(why), at: { line: 4 } }])
  })

  it.each<[Dialect, string]>([
    ['postgres', 'create index concurrently a on users (name)'],
    ['postgres', 'drop index concurrently a'],
    ['postgres', 'reindex index concurrently a'],
    ['postgres', 'vacuum users'],
    ['postgres', 'alter system set work_mem = 1'],
    ['mysql', 'alter table users add index a (name)'],
    ['mysql', 'create trigger a before insert on users for each row begin set @a = 1; set @b = 2; end'],
    ['mysql', 'call mend()'],
  ])('needs a query done on %s where it cannot share a transaction: %s', (dialect, sql) => {
    expect(one(sql, dialect)).toMatchObject([
      { message: expect.stringContaining('cannot share a transaction') },
    ])
    expect(whyNot(`contract: [{ sql: ${JSON.stringify(sql)}, done: select true }]`, dialect)).toEqual([])
  })

  it('has as its query done one SELECT that changes nothing', () => {
    for (const dialect of ['postgres', 'mysql'] as const)
      expect(
        whyNot('contract: [{ sql: delete from users, done: delete from users }]', dialect),
      ).toMatchObject([{ hint: 'done is one SELECT of one boolean, which changes nothing' }])
  })

  it.each([
    ['no statement at all', 'undo: []', 'no statement to run'],
    [
      'no word about how expand is undone',
      'expand: [delete from users]',
      'expand has 1 statements and undo 0',
    ],
    [
      'more to undo than there is',
      'expand: [select 1], undo: [null, null]',
      'expand has 1 statements and undo 2',
    ],
    [
      'something to wait for and nothing that waits',
      'expand: [select 1], undo: [null], requires_checkpoint: a',
      'there are none',
    ],
  ])('is refused with %s', (_, fields, why) => {
    expect(whyNot(fields)).toMatchObject([{ code: 'PLAN_INVALID', message: expect.stringContaining(why) }])
  })

  it('is a step of its own, in its transaction where that can be, and final in contract', () => {
    const found = writtenOf(
      'expand: [select 1, { sql: create index concurrently a on users (name), done: select true }], undo: [select 2, null], contract: [select 3]',
    )
    expect(found).toMatchObject([
      {
        phase: 'expand',
        reversible: true,
        statements: expect.arrayContaining(['select 1']),
        undo: expect.arrayContaining(['select 2']),
        transaction: 'step',
      },
      {
        phase: 'expand',
        reversible: true,
        undo: [],
        transaction: 'unbounded',
        probe: 'SELECT COALESCE((select true), FALSE) AS done',
      },
      {
        phase: 'contract',
        reversible: false,
        statements: expect.arrayContaining(['select 3']),
        transaction: 'step',
      },
    ])
  })

  it('goes outside of a transaction where its undo has to', () => {
    const fields =
      'expand: [{ sql: create index a on users (name), done: select true }], undo: [drop index concurrently a]'
    expect(writtenOf(fields)).toMatchObject([{ transaction: 'unbounded' }])
    expect(
      whyNot('expand: [create index a on users (name)], undo: [drop index concurrently a]'),
    ).toHaveLength(1)
  })

  it('waits in contract for what must be deployed', () => {
    const { checkpoints } = compiled(
      asked('contract: [select 1], requires_checkpoint: api 2'),
      servers.postgres,
    )
    expect(checkpoints).toMatchObject([{ id: 'switch-app', before: 'contract', describe: 'Deploy api 2' }])
  })
})
