import { expect, it } from 'vitest'
import { describeEachMysql } from '../../support/databases.ts'
import { inspected, named } from '../../support/mysql-inspected.ts'

describeEachMysql('inspected columns', (server) => {
  const mariadb = server.dialect === 'mariadb'
  const rich = inspected(server)
  const { only, table } = rich

  const column = (name: string) => named(table('users').columns, name)

  it('are those that were not dropped, without gaps', () => {
    expect(table('users').columns.map(({ position }) => position)).toEqual(
      table('users').columns.map((_, i) => i + 1),
    )
    expect(table('users').columns.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['id', 'last_name', 'tick`s', 'ä.ö', 'hidden']),
    )
    expect(column('gone')).toBeUndefined()
  })

  it('have all that was set on them', () => {
    expect(column('last_name')).toEqual({
      name: 'last_name',
      position: 2,
      type: 'varchar(80)',
      collation: 'latin1_bin',
      default: { sql: `'it''s rand() \\\\ "x"'`, volatile: false },
      identity: null,
      generated: null,
      notNull: true,
      comment: "a, b) 'c' \n`order` CHECK (1)",
      statisticsTarget: null,
      storage: null,
      compression: null,
      options: [],
      grants: [],
      definition: `varchar(80) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s rand() \\\\ "x"' COMMENT 'a, b) ''c'' \\n\`order\` CHECK (1)'`,
      sequences: [],
    })
  })

  it.each([
    ['id', mariadb ? 'bigint(20) unsigned' : 'bigint unsigned', null],
    // They have that of their table.
    ['mood', "enum('sad','b''c')", null],
    ['story', 'text', null],
    ['bytes', 'varbinary(10)', null],
    ['doc', 'json', null],
    ['doc_set', 'json', null],
  ])('%s has the type %s and the collation %s', (name, type, collation) => {
    expect(column(name)).toMatchObject({ type, collation })
  })

  it('know what numbers them, what computes them, and what writes them with each update', () => {
    expect(column('id')).toMatchObject({ identity: 'by default', default: null, notNull: true })
    expect(column('next_order')).toMatchObject({
      identity: null,
      default: null,
      generated: { kind: 'virtual' },
    })
    expect(column('shout')?.generated).toEqual({
      kind: 'stored',
      expression: mariadb
        ? "concat(ucase(`last_name`),'`order`','it\\'s')"
        : "concat(upper(`last_name`),_latin1'`order`',_latin1'it\\'s')",
    })
    expect(column('happened')?.onUpdate).toMatch(/^current_timestamp\(6\)$/i)
    expect(column('stamped')).not.toHaveProperty('onUpdate')
  })

  it('say that they are invisible only when they are', () => {
    expect(column('hidden')).toMatchObject({ invisible: true, comment: 'x' })
    expect(column('words')).not.toHaveProperty('invisible')
  })

  const inParentheses = (sql: string) => (mariadb ? sql.replace(/^\((.*)\)$/, '$1') : sql)

  it.each([
    ['order', '5', false],
    ['tick`s', null, null],
    ['price', '1.50', false],
    ['ratio', '-1e20', false],
    ['happened', mariadb ? 'current_timestamp(6)' : 'CURRENT_TIMESTAMP(6)', true],
    ['stamped', "'2020-01-01 00:00:00'", false],
    ['day', "'2020-01-02'", false],
    ['since', '2020', false],
    ['flags', "b'101'", false],
    ['bytes', "'ab'", false],
    ['zero', "'a\\0b'", false],
    ['doc', null, null],
    ['doc_set', mariadb ? `'{"a": 1}'` : `(_utf8mb4'{"a": 1}')`, false],
    ['mood', "'b''c'", false],
    ['tags', "'x,y'", false],
    ['story', mariadb ? "'once'" : "(_utf8mb4'once')", false],
    ['code', inParentheses('(uuid())'), true],
    ['two', inParentheses('((1 + 1))'), false],
    ['null_word', "'NULL'", false],
    ['blank', "''", false],
    ['nothing', null, null],
    ['hidden', '3', false],
  ])('%s has the default %s, volatile: %s', (name, sql, volatile) => {
    expect(column(name)?.default).toEqual(sql === null ? null : { sql, volatile })
  })

  it('have defaults that the server takes again, and in a trigger', async () => {
    // What refers to a column needs that column.
    const columns = table('users').columns.filter(({ name, default: value }) => value && name !== 'greeting')
    const lines = columns.map(({ type, default: value }, i) => `c${i} ${type} DEFAULT ${value?.sql}`)
    await rich.database.query(`CREATE TABLE again (${lines.join(', ')})`)
    const sets = columns.map(({ default: value }, i) => `NEW.c${i} = ${value?.sql}`)
    await rich.database.query(
      `CREATE TRIGGER again BEFORE INSERT ON again FOR EACH ROW SET ${sets.join(', ')}`,
    )
    await rich.database.query('INSERT INTO again () VALUES ()')
    const [again] = await only('again')
    expect(again?.columns.map(({ default: value }) => value)).toEqual(
      columns.map(({ default: value }) => value),
    )
    await rich.database.query('DROP TABLE again')
  })

  it.runIf(mariadb)('of MariaDB are json only with the check that JSON makes', () => {
    expect(column('checked_doc')).toMatchObject({ type: 'longtext', collation: 'utf8mb4_bin' })
    expect(column('loose')).toMatchObject({ type: 'longtext', collation: null })
    expect(column('word')).toMatchObject({
      type: 'varchar(9)',
      compression: 'COMPRESSED',
      definition: expect.stringContaining('COMPRESSED'),
    })
  })
})
