import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  helperName,
  literal,
  nameProblem,
  quote,
  quoteTable,
} from '../../../src/dialects/mysql/language/quote.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { createMysqlDatabase } from '../../support/mysql-databases.ts'
import { seeded } from '../../support/seed.ts'

it('refuses what cannot be a name', () => {
  expect(nameProblem('')).toContain('empty')
  expect(nameProblem('a\nb')).toContain('control')
  expect(nameProblem('a ')).toContain('blank')
  expect(nameProblem('a😀')).toContain('U+FFFF')
  expect(nameProblem('ä'.repeat(64))).toBeNull()
  expect(nameProblem('ä'.repeat(65))).toBe('a name can have 64 characters, this one has 65')
  expect(() => quote('a\0')).toThrow('control')
})

it('doubles the backticks in a name', () => {
  expect(quoteTable({ schema: 'a`b', name: 'select' })).toBe('`a``b`.`select`')
})

it('makes helper names that leave room for a suffix, differ and stay the same', () => {
  const long = 'ü'.repeat(64)
  expect(nameProblem(`${helperName(long, 'a')}_after`)).toBeNull()
  expect(helperName(long, 'a')).not.toBe(helperName(long, 'b'))
  expect(helperName(long, 'a')).toBe(helperName(long, 'a'))
  expect(helperName('a', 'b', 'c')).not.toBe(helperName('a', 'bc'))
  expect(helperName('users', 'plan')).toMatch(/^users_[\da-f]{10}$/)
})

describeEachMysql('the server', (server) => {
  it('makes a table of every name that is none to refuse, and finds it again', async () => {
    await using database = await createMysqlDatabase(server)
    const names = fc
      .string({ minLength: 1, maxLength: 64, unit: 'grapheme' })
      .filter((name) => nameProblem(name) === null)
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        await database.query(`CREATE TEMPORARY TABLE t (${quote(name)} int)`)
        const [column] = await database.query('SHOW COLUMNS FROM t')
        await database.query('DROP TEMPORARY TABLE t')
        expect(column).toMatchObject({ Field: name })
      }),
      {
        ...seeded(),
        numRuns: 50,
        examples: [['ä'.repeat(64)], ['a`b'], ['\uffee'], ['1'], ['a.b'], ['a"b\'c']],
      },
    )
  })

  it('reads every text back as it was, whatever is in it', async () => {
    await using database = await createMysqlDatabase(server)
    const texts = fc.string({ unit: 'binary' }).filter((text) => !/\p{Cs}/u.test(text))
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const [row] = await database.query(`SELECT ${literal(text)} AS value`)
        expect(row).toEqual({ value: text })
      }),
      {
        ...seeded(),
        numRuns: 200,
        examples: [['\0\b\t\n\r\u001a\\\'"%_'], ['\\n'], ['😀'], ["\\'; drop table t -- "]],
      },
    )
  })

  it('keeps the meaning of a text in a trigger, whatever the session that fires it', async () => {
    await using database = await createMysqlDatabase(server)
    const text = 'a\\b\'c"d\n😀'
    await database.query('CREATE TABLE t (a int, b text)')
    await database.query(`CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.b = ${literal(text)}`)
    await database.query("SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,ANSI_QUOTES'")
    await database.query('SET NAMES latin1')
    await database.query('INSERT INTO t (a) VALUES (1)')
    await database.query('SET NAMES utf8mb4')
    expect(await database.query('SELECT b FROM t')).toEqual([{ b: text }])
  })
})
