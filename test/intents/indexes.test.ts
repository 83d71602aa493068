import { describe, expect, it } from 'vitest'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'

const users = () =>
  table('users', [id(), column('email', 'varchar(80)', { notNull: true }), column('doc', 'json')])
const on = (dialect = 'postgres') => {
  const number = { postgres: 180000, mysql: 90704, mariadb: 101119 }[dialect] ?? 0
  const engine = dialect === 'postgres' ? {} : { engine: 'InnoDB' }
  return snapshot({ dialect, tables: [{ ...users(), ...engine }], server: { number, version: '' } })
}
const refusal = (fields: string, dialect?: string) =>
  findingsOf(planOf(`add_index: { table: users, ${fields} }`), on(dialect))
const says = (message: string, hint = '') => [
  { message: expect.stringContaining(message), hint: expect.stringContaining(hint) },
]

describe('an index is refused before anything is done', () => {
  it.each([
    ['columns: [mail]', 'has no column mail', 'did you mean email?'],
    ['name: a', 'expected either columns or expression, found none', 'columns: [email]'],
    ['columns: [email], expression: lower(email)', 'found both', 'columns: [email]'],
    ['columns: [email], name: users_pkey', 'the name users_pkey is taken', 'choose another name'],
    [`columns: [email], name: ${'n'.repeat(64)}`, '63 bytes', 'choose another name'],
    ['columns: [email], method: gin, unique: true', 'cannot be unique', 'leave method out'],
    ['columns: [email], where: random() > 0', 'does not always give the same', 'columns of the row'],
    ['expression: lower(mail)', 'mail', ''],
  ])('on PostgreSQL: %s', (fields, message, hint) => {
    expect(refusal(fields)).toMatchObject(says(message, hint))
  })

  it.each([
    ['mysql', 'columns: [email], where: id > 3', 'over a part of the rows', 'leave where out'],
    ['mysql', 'columns: [email], include: [id]', 'stores no other columns', 'columns: [email, id]'],
    ['mysql', 'expression: lower(email)', 'blocks every write', 'pt-online-schema-change --alter'],
    ['mariadb', 'expression: lower(email)', 'no indexes on expressions', 'VIRTUAL, ALGORITHM=INSTANT'],
    ['mariadb', 'columns: [email], method: fulltext', 'blocks every write', 'ADD FULLTEXT INDEX'],
    ['mysql', 'columns: [email], method: hash', 'no indexes of the kind hash', 'leave method out'],
    ['mysql', 'columns: [doc]', 'only with a part of its length', 'varchar(255)'],
    ['mysql', 'columns: [email], name: USERS_pkey', 'the name USERS_pkey is taken', 'choose another name'],
  ])('on %s: %s, with a way out', (dialect, fields, message, hint) => {
    expect(refusal(fields, dialect)).toMatchObject(says(message, hint))
  })

  it('when another intent of the plan takes its column away', () => {
    const both = planOf(
      'add_index: { table: users, columns: [email] }',
      '  - rename_column: { table: users, from: email, to: mail }\n',
    )
    expect(findingsOf(both, on())).toMatchObject(says('is changed by two intents', 'a second plan'))
  })
})

it('rows that share a value are counted before a unique index is built, and the error has a query that shows them', () => {
  const text = planOf('add_index: { table: users, columns: [email], unique: true }')
  for (const dialect of ['postgres', 'mysql', 'mariadb']) {
    const [step] = compiled(text, on(dialect)).phases[0]?.steps ?? []
    expect(step?.parts[0]?.written, dialect).toMatchObject({
      requires: {
        code: 'PLAN_DUPLICATE',
        query: expect.stringMatching(/GROUP BY .email. HAVING COUNT\(\*\) > 1/),
        hint: expect.stringMatching(/look at them: SELECT .email., COUNT\(\*\) FROM/),
      },
    })
  }
})
