import { describe, expect, it } from 'vitest'
import {
  mayBeCut,
  mayConcern,
  readDigest,
  sameSkeleton,
  skeleton,
} from '../../../src/dialects/mysql/observe/digest.ts'

const TABLE = { schema: 'app', name: 't' }
const read = (
  text: string,
  database: string | null = 'app',
  columns: readonly string[] = ['name', 'date'],
) => {
  const { names, star } = readDigest(text, database, TABLE, columns)
  return [names ? 'names' : '', star ? 'star' : ''].join('')
}

describe('the text of a digest', () => {
  it.each([
    ['SELECT `id` , NAME FROM `t` WHERE `id` = ?', 'names'],
    ['SELECT `Name` FROM `t`', 'names'],
    ['SELECT `NAME` FROM `app` . `t`', 'names'],
    ['EXECUTE SELECT NAME FROM `t` WHERE `id` = ?', 'names'],
    ['UPDATE `t` SET NAME = ? WHERE ID = ? ', 'names'],
    ['INSERT INTO `t` ( ID , NAME ) VALUES (...) ', 'names'],
    ['DELETE FROM `t` WHERE NAME = ?', 'names'],
    ['SET @? = ( SELECT MAX ( `name` ) FROM `t` )', 'names'],
    ['SELECT `x` . DATE FROM `t` AS `x`', 'names'],
    ['SELECT `id` FROM `t` JOIN `u` USING ( `name` )', 'names'],
    ['CREATE TABLE `copy` AS SELECT NAME FROM `t`', 'names'],
    ['CREATE TEMPORARY TABLE `copy` SELECT NAME FROM `t`', 'names'],
  ])('names a column: %s', (text, expected) => expect(read(text)).toBe(expected))

  it.each([
    ['SELECT * FROM `t`'],
    ['SELECT SQL_NO_CACHE * FROM `t` '],
    ['SELECT `t` . * FROM `t`'],
    ['SELECT `x` . * , `y` . `id` FROM `t` AS `x` JOIN `y` ON `y` . `id` = `x` . `id`'],
    ['SELECT `x` . * FROM `t` `x`'],
    ['SELECT `a` . `n` FROM ( SELECT * FROM `t` ) `a`'],
    ['SELECT * FROM `u` JOIN `t` ON `t` . `id` = `u` . `id` WHERE `u` . `id` = ?'],
    ['WITH `q` AS ( SELECT * FROM `t` ) SELECT `id` FROM `q`'],
    ['SELECT `id` , `t` . * FROM `t` LIMIT ?'],
    ['TABLE `t`'],
    ['TABLE `app` . `t`'],
    ['HANDLER `t` READ FIRST'],
    ['INSERT INTO `t` VALUES (...)'],
    ['INSERT `t` VALUES (...)'],
    ['INSERT IGNORE INTO `app` . `t` SELECT ?, ...'],
    ['INSERT INTO `t` ( SELECT `a` FROM `u` )'],
    ['REPLACE INTO `t` VALUES (...)'],
    ['LOAD DATA INFILE ? INTO TABLE `t`'],
  ])('takes all columns: %s', (text) => expect(read(text)).toBe('star'))

  it.each([
    ['SELECT `id` FROM `t`'],
    ['SELECT COUNT ( * ) FROM `t`'],
    ['SELECT `n` * `id` FROM `t`'],
    ['SELECT `n` * ? FROM `t`'],
    ['SELECT DATE ( `created` ) FROM `t`'],
    ['SELECT `y` . * FROM `t` JOIN `y` ON `y` . `id` = `t` . `id`'],
    ['SELECT * FROM `u` WHERE `id` IN ( SELECT `id` FROM `t` )'],
    ['SELECT NAME FROM `u`'],
    ['SELECT NAME FROM `other` . `t`'],
    ['INSERT INTO `t` ( `id` , `n` ) VALUES (...)'],
    ['INSERT INTO `t` ( ) VALUES ( )'],
    ['INSERT INTO `t` SET ID = ?'],
    ['INSERT INTO `u` VALUES (...)'],
    ['INSERT INTO `u` SELECT `id` FROM `t`'],
    ['ALTER TABLE `t` ADD NAME INTEGER'],
    ['CREATE TRIGGER `x` BEFORE UPDATE ON `t` FOR EACH ROW SET `new` . NAME = ?'],
    ['SHOW CREATE TABLE `t`'],
    ['EXPLAIN SELECT NAME FROM `t`'],
    ['LOCK TABLES `t` READ'],
    ['TRUNCATE `t`'],
  ])('is not about the column: %s', (text) => expect(read(text)).toBe(''))

  it('is looked up in the database of the connection', () => {
    expect(read('SELECT NAME FROM `t`', 'other')).toBe('')
    expect(read('SELECT NAME FROM `t`', null)).toBe('')
    expect(read('SELECT NAME FROM `app` . `t`', 'other')).toBe('names')
    expect(read('SELECT NAME FROM `app` . `t`', null)).toBe('names')
  })

  it('has reserved words that are names between backticks alone', () => {
    const desc = (text: string) => read(text, 'app', ['desc'])
    expect(desc('SELECT `id` FROM `t` ORDER BY `id` DESC')).toBe('')
    expect(desc('SELECT `id` , `desc` FROM `t`')).toBe('names')
  })

  it('may be cut when its names fill the space, which nothing marks', () => {
    const columns = (count: number) =>
      Array.from({ length: count }, (_, n) => `\`column_number_${n}\``).join(' , ')
    expect(mayBeCut(`SELECT ${columns(45)}`, 1024)).toBe(true)
    expect(mayBeCut(`SELECT ${columns(30)} FROM \`t\``, 1024)).toBe(false)
    expect(mayBeCut('INSERT INTO `t` SELECT ?, ...', 1024)).toBe(false)
  })

  it('concerns the table when it is cut, unless it only fills another one', () => {
    const concerns = (text: string) => mayConcern(text, 'app', TABLE)
    expect(concerns('SELECT `a` , `b`')).toBe(true)
    expect(concerns('INSERT INTO `t` ( `a` , `b`')).toBe(true)
    expect(concerns('INSERT INTO `u` ( `a` , `b`')).toBe(false)
    expect(concerns('INSERT INTO `u` ( `a` ) SELECT `b`')).toBe(true)
    expect(concerns('CREATE TABLE `u` ( `a` INTEGER')).toBe(false)
    expect(mayConcern('SELECT `a` , `b`', 'other', TABLE)).toBe(false)
  })
})

describe('a statement of ours', () => {
  const same = (own: string, digest: string, cut = false) =>
    sameSkeleton(skeleton(digest), skeleton(own), cut)

  it('is known by its words, whatever stands for its values', () => {
    const own =
      "UPDATE `app`.`t` FORCE INDEX (`PRIMARY`) SET `b` = (SUBSTR(`a`, 1, 2)) /* fill */ WHERE (`b` IS NULL AND (`a` IS NOT NULL)) AND `id` <= $1 AND `id` > $2 AND _utf8mb4'x' <> `a`"
    const mysqls =
      'UPDATE `app` . `t` FORCE INDEX ( PRIMARY ) SET `b` = ( `SUBSTR` ( `a` , ... ) ) WHERE ( `b` IS NULL AND ( `a` IS NOT NULL ) ) AND `id` <= ? AND `id` > ? AND ? <> `a`'
    const mariadbs =
      'UPDATE `app` . `t` FORCE INDEX ( `PRIMARY` ) SET `b` = ( SUBSTRING ( `a` , ... ) ) WHERE ( `b` IS NULL AND ( `a` IS NOT NULL ) ) AND ID <= ? AND ID > - ? AND ? <> `a` '
    expect(same(own, mysqls.replace('`SUBSTR`', 'SUBSTR'))).toBe(true)
    expect(same(own, mariadbs)).toBe(true)
  })

  it('is not another one that begins alike, unless the digest was cut', () => {
    const own = 'SELECT `a`, `b` FROM `t` WHERE `c` = $1'
    expect(same(own, 'SELECT `a` , `b` FROM `t`')).toBe(false)
    expect(same(own, 'SELECT `a` , `b` FROM `t`', true)).toBe(true)
    expect(same(own, 'SELECT `a` , `b` FROM `t` WHERE `c` = ? AND `d` = ?', true)).toBe(false)
    expect(same(own, 'SELECT `a` , `d` FROM `t` WHERE `c` = ?')).toBe(false)
  })
})
