import { describe, expect, it } from 'vitest'
import { partsOf, typeName } from '../../../src/dialects/mysql/language/types.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { createMysqlDatabase } from '../../support/mysql-databases.ts'

const TYPES = [
  'text',
  'TEXT(100)',
  'varchar(50)',
  'VarChar(50) character set latin1 collate latin1_bin',
  'varchar(5) charset utf8mb4',
  'character varying(5)',
  'national varchar(5)',
  'nchar(3)',
  'char',
  'char(36)',
  'longtext collate utf8mb4_bin',
  'int',
  'integer',
  'int(11)',
  'int unsigned',
  'bigint(20) unsigned',
  'int(5) unsigned zerofill',
  'int4',
  'tinyint(1)',
  'boolean',
  'decimal',
  'decimal(10)',
  'numeric(10,2)',
  'dec(5, 2) unsigned',
  'float',
  'float(30)',
  'double precision',
  'real',
  'date',
  'datetime',
  'datetime(6)',
  'timestamp(3)',
  'time(0)',
  'year',
  'bit(8)',
  'binary(16)',
  'varbinary(5)',
  'blob',
  'json',
  "enum('a','b c','it''s, (no)')",
  "set('x')",
  'point',
  'geometrycollection',
]

describe('a type', () => {
  it.each(TYPES)('%s is one', (type) => {
    expect(typeName(type)).toBe(type)
  })

  it('loses nothing but the blanks around it', () => {
    expect(typeName(' int ')).toBe('int')
  })

  it.each([
    '',
    '5',
    "'text'",
    '`text`',
    'text) -- ',
    'text -- x',
    'text default 1',
    'int not null',
    'int, b int',
    'int primary key',
    'int auto_increment',
    'int generated always as (1)',
    'int comment "x"',
    'int /* x */',
    'int /*!80000 not null */',
    'int(11',
    'int 11',
    "varchar('5')",
    'varchar(5,5)',
    'enum(1)',
    "enum('a'",
    'date(3)',
    'text unsigned',
    'int collate utf8mb4_bin',
    'int ; drop table t',
    'int[]',
    'constructor',
  ])('%s is none', (type) => {
    expect(typeName(type)).toMatchObject({ refused: expect.anything() })
  })

  it.each([
    ['timestamptz', 'datetime(6)'],
    ['timestamp with time zone', 'datetime(6)'],
    ['jsonb', 'json'],
    ['uuid', 'char(36)'],
    ['bytea', 'varbinary(n) or blob'],
    ['serial', 'bigint'],
    ['text[]', 'json'],
    ['varchar', 'varchar(n)'],
    ['varchr(5)', 'varchar'],
    ['strin', 'text, varchar(50)'],
  ])('%s is known from elsewhere, or is nearly one', (type, hint) => {
    expect(typeName(type)).toMatchObject({ hint: expect.stringContaining(hint) })
  })

  it('of MariaDB alone is one there', () => {
    for (const type of ['uuid', 'inet4', 'inet6']) {
      expect(typeName(type, 'mariadb')).toBe(type)
      expect(typeName(type, 'mysql')).toMatchObject({ refused: `there is no type ${type}` })
    }
  })
})

describeEachMysql('the server', (server) => {
  it('takes every type that is one, and prints it as the same type', async () => {
    await using database = await createMysqlDatabase(server)
    const own = server.dialect === 'mariadb' ? ['uuid', 'inet6'] : []
    for (const type of [...TYPES, ...own]) {
      await database.query(`CREATE TABLE t (a ${type})`)
      const [row] = await database.query('SHOW COLUMNS FROM t')
      await database.query('DROP TABLE t')
      const printed = String(row?.['Type'])
      // MariaDB has no JSON of its own; a length makes the smallest TEXT that is long enough.
      const same =
        type === 'json' || type === 'TEXT(100)' ? { word: expect.stringMatching(/json|text/) } : partsOf(type)
      expect(partsOf(printed), `${type} is printed ${printed}`).toMatchObject(same)
    }
  })
})
