import { describe, expect, it } from 'vitest'
import { tokens } from '../../../src/dialects/mysql/language/tokens.ts'

const read = (sql: string) => tokens(sql).map(({ kind, text }) => `${kind} ${text}`)

describe('a word of SQL', () => {
  it.each([
    ['a name in backticks', '`a``b`', ['name `a``b`']],
    ['a name without', 'ünder_score$', ['word ünder_score$']],
    ['a name that begins with digits', '1st', ['word 1st']],
    ['a chain of names', '`db`.`t`.c', ['name `db`', 'symbol .', 'name `t`', 'symbol .', 'word c']],
    ['a string with doubled and escaped quotes', `'it''s \\' "x"'`, [`text 'it''s \\' "x"'`]],
    ['a string in double quotes', `"a'b""c"`, [`text "a'b""c"`]],
    ['a string with an introducer', "_utf8mb4'x'", ['word _utf8mb4', "text 'x'"]],
    ['numbers', '1 1.5 .5 1e-9 0xFF', ['number 1', 'number 1.5', 'number .5', 'number 1e-9', 'number 0xFF']],
    ['bits', "b'101'", ['word b', "text '101'"]],
    [
      'variables',
      '@a @@session.sql_mode @`x y`',
      ['variable @a', 'variable @@session.sql_mode', 'variable @`x y`'],
    ],
    ['comments', 'a /* b */ -- c\n# d\n', ['word a', 'comment /* b */', 'comment -- c', 'comment # d']],
    ['a minus that is no comment', '1--1', ['number 1', 'symbol -', 'symbol -', 'number 1']],
    ['long symbols', 'a<=>b->>c', ['word a', 'symbol <=>', 'word b', 'symbol ->>', 'word c']],
    ['a parameter', '= ?', ['symbol =', 'parameter ?']],
    ['a quote that nobody closes', "'a", ["other '", 'word a']],
  ])('is %s', (_, sql, words) => {
    expect(read(sql)).toEqual(words)
  })

  it('means the name without its backticks', () => {
    expect(tokens('`a``b` `c`').map(({ means }) => means)).toEqual(['a`b', 'c'])
  })

  it('stands where it says', () => {
    const sql = " SELECT `a``b`,\n'ü' "
    for (const { text, start, end } of tokens(sql)) expect(sql.slice(start, end)).toBe(text)
  })
})
