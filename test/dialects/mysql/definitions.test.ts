import { describe, expect, it } from 'vitest'
import { columnsIn, renameColumn, renameObject } from '../../../src/dialects/mysql/language/definitions.ts'

describe('a definition with another column', () => {
  it.each([
    ['plain', 'KEY `i` (`last_name`)', 'KEY `i` (`family`)'],
    [
      'prefix, order, and an index of the same name',
      "UNIQUE KEY `last_name` (`last_name`(10) DESC,`id`) USING BTREE COMMENT '`last_name`'",
      "UNIQUE KEY `last_name` (`family`(10) DESC,`id`) USING BTREE COMMENT '`last_name`'",
    ],
    [
      'expressions, with a function and a string of the same name',
      "KEY `i` ((last_name(`last_name`)),(concat(`last_name`,_utf8mb4'`last_name`'))) /*!80000 INVISIBLE */",
      "KEY `i` ((last_name(`family`)),(concat(`family`,_utf8mb4'`last_name`'))) /*!80000 INVISIBLE */",
    ],
    ['any case', 'PRIMARY KEY (`Last_Name`,`id`)', 'PRIMARY KEY (`family`,`id`)'],
    [
      'a longer name that holds it',
      'KEY `i` (`last_name_old`,`last_name`)',
      'KEY `i` (`last_name_old`,`family`)',
    ],
    [
      'a parser of the same name',
      'FULLTEXT KEY `i` (`last_name`) /*!50100 WITH PARSER `last_name` */',
      'FULLTEXT KEY `i` (`family`) /*!50100 WITH PARSER `last_name` */',
    ],
    [
      'a foreign key, on its own side only',
      'FOREIGN KEY (`team`, `last_name`) REFERENCES `last_name`.`last_name` (`team`, `last_name`) ON DELETE CASCADE',
      'FOREIGN KEY (`team`, `family`) REFERENCES `last_name`.`last_name` (`team`, `last_name`) ON DELETE CASCADE',
    ],
    [
      'a check beside umlauts',
      "CHECK (((`last_name` <> _utf8mb4'ÄÖ)') and (`last_name` <> _utf8mb4'it\\'s'))) NOT ENFORCED",
      "CHECK (((`family` <> _utf8mb4'ÄÖ)') and (`family` <> _utf8mb4'it\\'s'))) NOT ENFORCED",
    ],
    [
      'what follows the name of a column',
      'longtext DEFAULT nextval(`app`.`last_name`) CHECK (json_valid(`last_name`))',
      'longtext DEFAULT nextval(`app`.`last_name`) CHECK (json_valid(`family`))',
    ],
  ])('%s', (_, before, after) => {
    expect(renameColumn(before, 'last_name', 'family')).toBe(after)
  })

  it('finds and writes names that need doubled backticks', () => {
    expect(renameColumn('KEY `a``b` (`a``b`)', 'a`b', 'order`s ü.')).toBe('KEY `a``b` (`order``s ü.`)')
  })

  it('takes a name in another case, or with other accents, for the same one, as the servers do', () => {
    expect(renameColumn('KEY `i` (`Ü`,`v`)', 'ü', 'x')).toBe('KEY `i` (`x`,`v`)')
    expect(renameColumn('KEY `i` (`Ü`,`v`)', 'u', 'x')).toBe('KEY `i` (`x`,`v`)')
  })

  it('is an error rather than a guess when it cannot be read', () => {
    expect(() => renameColumn('KEY `i` (`last_name`', 'last_name', 'x')).toThrow('cannot read')
    expect(() => renameColumn("CHECK (`last_name` <> 'a)", 'last_name', 'x')).toThrow('cannot read')
  })
})

describe('an index under another name', () => {
  it.each([
    ['KEY `a` (`a`)', 'KEY `c``d` (`a`)'],
    ["UNIQUE KEY `a``b` (`a``b`) COMMENT '`a``b`'", "UNIQUE KEY `c``d` (`a``b`) COMMENT '`a``b`'"],
    ['FULLTEXT KEY `KEY` (`KEY`)', 'FULLTEXT KEY `c``d` (`KEY`)'],
  ])('%s', (before, after) => {
    expect(renameObject(before, 'c`d')).toBe(after)
  })

  it('is an error where there is none', () => {
    expect(() => renameObject('PRIMARY KEY (`id`)', 'c')).toThrow('not a definition')
    expect(() => renameObject('CHECK (`KEY` > 1)', 'c')).toThrow('not a definition')
  })
})

it('names the columns of an expression in the order of the table', () => {
  const columns = ['id', 'Name', 'a`b']
  expect(columnsIn("concat(`a``b`,`name`,`other`,_utf8mb4'`id`',id(1))", columns)).toEqual(['Name', 'a`b'])
  expect(columnsIn('nextval(`id`.`name`)', columns)).toEqual([])
})
