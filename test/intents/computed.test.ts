import { describe, expect, it } from 'vitest'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'

const users = table('users', [id(), column('name'), column('n', 'int')])
const servers = {
  postgres: snapshot({ tables: [users] }),
  postgres18: snapshot({ tables: [users], server: { number: 180000, version: '18.0' } }),
  mysql: snapshot({ dialect: 'mysql', server: { number: 90100, version: '9.1.0' }, tables: [users] }),
  mariadb: snapshot({ dialect: 'mariadb', server: { number: 101100, version: '10.11.0' }, tables: [users] }),
}
type Server = keyof typeof servers
const asked = (fields: string): string => planOf(`add_column: { table: users, column: made, ${fields} }`)
const whyNot = (fields: string, on: Server) => findingsOf(asked(fields), servers[on])
const VIRTUAL = 'type: int, generated: { sql: n * 2 }'
const STORED = 'type: int, generated: { sql: n * 2, stored: true }'

describe('a generated column', () => {
  it.each<[Server, string]>([
    ['postgres18', 'ADD COLUMN "made" int GENERATED ALWAYS AS (n * 2) VIRTUAL'],
    ['mysql', 'ADD COLUMN `made` int GENERATED ALWAYS AS (n * 2) VIRTUAL, ALGORITHM=INSTANT, LOCK=DEFAULT'],
    ['mariadb', 'ADD COLUMN `made` int GENERATED ALWAYS AS (n * 2) VIRTUAL, ALGORITHM=INSTANT, LOCK=NONE'],
  ])('is computed when it is read on %s, by one change of the catalogue', (on, sql) => {
    const { phases } = compiled(asked(VIRTUAL), servers[on])
    expect(phases.map(({ phase }) => phase)).toEqual(['expand'])
    expect(JSON.stringify(phases)).toContain(sql.replaceAll('"', '\\"'))
  })

  it.each<[Server, string, string]>([
    ['postgres', VIRTUAL, 'only PostgreSQL 18 and later'],
    ['postgres', STORED, 'write the table anew'],
    ['postgres18', STORED, 'write the table anew'],
    ['mysql', STORED, 'copy the table'],
    ['mariadb', STORED, 'copy the table'],
  ])('is refused on %s with a complete way out: %s', (on, fields, why) => {
    const [found] = whyNot(fields, on)
    expect(found?.message).toContain(why)
    expect(found?.hint).toContain('write fill: { sql: … }')
    expect(found?.hint).toContain('ADD COLUMN made int GENERATED ALWAYS AS (n * 2) STORED')
    expect(found?.hint.includes('write stored: false')).toBe(on !== 'postgres')
  })

  it.each([
    'default: 1',
    'fill: { literal: 1 }',
    'identity: true',
    'unique: true',
    'required: true',
    'check: made > 1',
  ])('is refused with %s', (more) => {
    expect(whyNot(`${VIRTUAL}, ${more}`, 'postgres18')).toMatchObject([
      { hint: expect.stringContaining('leave') },
    ])
  })

  it('cannot come from a value that changes each time', () => {
    expect(whyNot('type: float8, generated: { sql: random() }', 'postgres18')).toMatchObject([
      { code: 'PLAN_EXPRESSION' },
    ])
  })
})

describe('an identity', () => {
  it('is made of a sequence, batches and NOT NULL, and never by a rewrite', () => {
    for (const on of ['postgres', 'postgres18'] as const) {
      const { phases } = compiled(asked('type: bigint, identity: always, unique: true'), servers[on])
      const kinds = phases.flatMap(({ steps }) =>
        steps.flatMap(({ parts }) => parts.map(({ action }) => action.do)),
      )
      expect(kinds.slice(0, 4)).toEqual(['create_sequence', 'add_column', 'set_default', 'fill'])
      expect(kinds).toContain('make_identity')
    }
  })

  it.each<[Server, string, string]>([
    ['mysql', 'type: bigint, identity: true', 'AUTO_INCREMENT'],
    ['mariadb', 'type: bigint, identity: true', 'AUTO_INCREMENT'],
    ['postgres', 'type: text, identity: true', 'smallint, integer and bigint'],
  ])('is refused on %s: %s', (on, fields, why) => {
    expect(whyNot(fields, on)).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining(why) },
    ])
  })

  it.each(['default: 1', 'fill: { literal: 1 }'])('is refused with %s', (more) => {
    expect(whyNot(`type: int, identity: true, ${more}`, 'postgres')).toMatchObject([{ code: 'PLAN_INVALID' }])
  })
})
