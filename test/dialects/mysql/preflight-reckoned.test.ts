import { describe, expect, it } from 'vitest'
import { privileges } from '../../../src/dialects/mysql/inspect/privileges.ts'
import { type Known, type TableFacts, tableChecks } from '../../../src/dialects/mysql/preflight/tables.ts'
import { notOk } from './checked.ts'

describe('what SHOW GRANTS says', () => {
  const app = { schema: 'my_db', name: 'a' }

  it.each([
    ['GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION', true],
    ['GRANT SELECT, ALTER ON *.* TO `u`@`%`', true],
    ['GRANT ALTER ON `my\\_db`.* TO `u`@`%`', true],
    ['GRANT ALTER ON `my_db`.* TO `u`@`%`', true],
    ['GRANT ALTER ON `my%`.* TO `u`@`%`', true],
    ['GRANT ALTER ON `m_`.* TO `u`@`%`', false],
    ['GRANT ALTER ON `my\\%`.* TO `u`@`%`', false],
    ['GRANT ALTER ON `myXdb`.* TO `u`@`%`', false],
    ['GRANT ALTER ON `my_db`.`a` TO `u`@`%`', true],
    ['GRANT ALTER ON `my_db`.`b` TO `u`@`%`', false],
    ['GRANT ALTER ON `my%`.`a` TO `u`@`%`', false],
    ['GRANT ALTER ROUTINE ON `my_db`.* TO `u`@`%`', false],
    ['GRANT UPDATE (`n`), ALTER ON `my_db`.`a` TO `u`@`%`', true],
    ['GRANT UPDATE (`ALTER`, ` ALTER`) ON `my_db`.`a` TO `u`@`%`', false],
    ['GRANT ALTER ON PROCEDURE `my_db`.`a` TO `u`@`%`', false],
    ["GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*ALTER'", false],
    ['GRANT `alter`@`%` TO `u`@`%`', false],
    ["GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION", false],
    ['SET DEFAULT ROLE `r` FOR `u`@`%`', false],
  ])('is read: %s', (line, may) => {
    const { has, unread } = privileges([line])
    expect([has('ALTER', app), unread]).toEqual([may, 0])
  })

  it.each([
    ['GRANT SELECT ON `my_db`.`a` TO `u`@`%` WITH GRANT OPTION', true],
    ['GRANT ALL PRIVILEGES ON *.* TO `u`@`%`', false],
    ['GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION', true],
    ['GRANT SELECT (`a_b`) ON `my_db`.`a` TO `u`@`%` WITH GRANT OPTION', true],
    ['GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.* TO `u`@`%` WITH GRANT OPTION', false],
    ['GRANT SELECT ON `my_db`.`a` TO `with grant option`@`%`', false],
    ['GRANT USAGE ON *.* TO `u`@`%` REQUIRE SSL WITH GRANT OPTION MAX_QUERIES_PER_HOUR 5', true],
  ])('say at their end whether they can be passed on: %s', (line, may) => {
    expect(privileges([line]).has('GRANT OPTION', app)).toBe(may)
  })

  it('can take a global privilege back for one database', () => {
    const { has } = privileges([
      'GRANT ALTER ON *.* TO `u`@`%`',
      'REVOKE ALTER ON `my_db`.* FROM `u`@`%`',
      'GRANT ALTER ON `my_db`.`b` TO `u`@`%`',
    ])
    expect(has('ALTER', app)).toBe(false)
    expect(has('ALTER', { schema: 'my_db', name: 'b' })).toBe(true)
    expect(has('ALTER', { schema: 'other', name: 'a' })).toBe(true)
  })

  it('may hold a line of a later version, which makes a missing privilege uncertain', () => {
    expect(privileges(['PERMIT ALTER ON `my_db`.* TO `u`@`%`']).unread).toBe(1)
  })
})

describe('a large table', () => {
  const facts: TableFacts = {
    table: { schema: 'app', name: 'a' },
    engine: 'InnoDB',
    view: false,
    bytes: 11 * 2 ** 30,
    rowBytes: 8 * 2 ** 30,
    keyed: true,
    rowVersions: 60,
    parents: [],
  }
  const known = (over: Partial<Known>): Known => ({
    dialect: 'mysql',
    version: 90700,
    user: 'u@%',
    privileges: privileges(['GRANT ALL PRIVILEGES ON *.* TO `u`@`%`']),
    variable: () => String(128 * 2 ** 20),
    ...over,
  })

  it('needs more room for what is written while an index is built', () => {
    const [found] = tableChecks(facts, known({})).filter(({ name }) => name === 'online log')
    expect(found).toMatchObject({
      outcome: 'warning',
      says: expect.stringContaining('has 12 GB, and an index build may log 134 MB'),
    })
    expect(notOk(tableChecks({ ...facts, bytes: 9 * 2 ** 30 }, known({})))).toEqual([])
    expect(notOk(tableChecks(facts, known({ variable: () => String(2 ** 31) })))).toEqual([])
  })

  it('had fewer instant changes before MySQL 9.1', () => {
    const small = { ...facts, bytes: 0 }
    expect(notOk(tableChecks(small, known({ version: 90000 })))).toEqual(['row versions warning'])
    expect(notOk(tableChecks(small, known({ version: 90100 })))).toEqual([])
  })

  it('is not refused for a privilege that may stand in a line nobody could read', () => {
    const unsure = { has: () => false, unread: 1 }
    expect(notOk(tableChecks({ ...facts, bytes: 0 }, known({ privileges: unsure })))).toEqual([
      'privileges warning',
      'lock tables warning',
      'temporary tables warning',
    ])
  })
})
