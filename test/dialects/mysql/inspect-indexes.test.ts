import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renameColumn, renameObject } from '../../../src/dialects/mysql/language/definitions.ts'
import type { Column, Table } from '../../../src/schema/snapshot.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { inspected, named } from '../../support/mysql-inspected.ts'

type Named = { readonly columns: readonly string[] }

describeEachMysql('inspected indexes and constraints', (server) => {
  const mariadb = server.dialect === 'mariadb'
  const rich = inspected(server)
  const { only, table } = rich

  describe('indexes', () => {
    const index = (name: string) => named(table('users').indexes, name)

    it('need the columns of their expressions too', () => {
      const lines = table('users').indexes.map(({ name, columns, key, method }) => [
        name,
        columns,
        key,
        method,
      ])
      expect(lines).toEqual(
        [
          ['PRIMARY', ['id'], ['id'], 'btree'],
          ['f`k', ['tick`s', 'ä.ö'], ['tick`s', 'ä.ö'], 'btree'],
          !mariadb && ['lower', ['upper', 'order', 'day'], null, 'btree'],
          !mariadb && ['members', ['doc'], null, 'btree'],
          ['order', ['order'], ['order'], 'btree'],
          ['place', ['place'], ['place'], 'spatial'],
          mariadb && ['story', ['story'], ['story'], 'hash'],
          ['tick`s', ['tick`s'], ['tick`s'], 'btree'],
          ['unseen', ['price'], ['price'], 'btree'],
          ['upper', ['upper', 'order'], null, 'btree'],
          ['words', ['words'], ['words'], 'fulltext'],
          ['ä.ö', ['last_name', 'ä.ö'], ['ä.ö', 'last_name'], 'btree'],
        ].filter(Boolean),
      )
    })

    it('have their definition and what it does not say', () => {
      expect(index('upper')).toEqual({
        name: 'upper',
        place: 2,
        definition: "UNIQUE KEY `upper` (`upper`(10) DESC,`order`) COMMENT 'it''s'",
        columns: ['upper', 'order'],
        key: null,
        unique: true,
        primary: false,
        method: 'btree',
        valid: true,
        partial: false,
        clustered: false,
        constraint: null,
        comment: "it's",
      })
      expect(index('PRIMARY')).toMatchObject({
        unique: true,
        primary: true,
        constraint: 'PRIMARY',
        comment: null,
      })
      expect(index('unseen')?.definition).toBe(
        mariadb ? 'KEY `unseen` (`price`) IGNORED' : 'KEY `unseen` (`price`) /*!80000 INVISIBLE */',
      )
      expect(index('tick`s')).toMatchObject({ unique: false, primary: false, constraint: null })
      expect(table('heap').indexes).toMatchObject([{ method: 'hash' }, { method: 'btree' }])
    })

    it.runIf(mariadb)('of a period have no key that could be compared', () => {
      expect(table('periods').indexes).toMatchObject([
        { name: 'at_once', columns: ['id'], key: null, unique: true },
      ])
    })
  })

  it('reads the primary key and checks as constraints', () => {
    const lines = table('users').constraints.map(({ name, kind, columns, validated }) => [
      name,
      kind,
      columns,
      validated,
    ])
    expect(lines).toEqual(
      [
        ['PRIMARY', 'primary', ['id'], true],
        mariadb && ['age', 'check', ['age'], true],
        mariadb && ['checked_doc', 'check', ['checked_doc'], true],
        ['day', 'check', ['order'], true],
        !mariadb && ['lax', 'check', ['ratio'], false],
        mariadb && ['loose', 'check', ['loose'], true],
        ['old_enough', 'check', ['last_name', 'upper', 'price'], true],
        !mariadb && ['users_chk_1', 'check', ['age'], true],
      ].filter(Boolean),
    )
    const definition = (name: string) => named(table('users').constraints, name)?.definition
    expect(definition('PRIMARY')).toBe('PRIMARY KEY (`id`)')
    expect(definition('day')).toBe(mariadb ? 'CHECK (`order` > 0)' : 'CHECK ((`order` > 0))')
    if (mariadb) expect(definition('age')).toBe('CHECK (`age` > 3)')
    else expect(definition('lax')).toBe('CHECK ((`ratio` > 1)) NOT ENFORCED')
  })

  it('reads foreign keys from both ends, also from another database', () => {
    const teams = {
      name: 'teams',
      from: { schema: rich.app, table: 'users', columns: ['order'] },
      to: { schema: rich.app, table: 'teams', columns: ['id'] },
      definition: `FOREIGN KEY (\`order\`) REFERENCES \`${rich.app}\`.\`teams\` (\`id\`) ON DELETE CASCADE${mariadb ? ' ON UPDATE NO ACTION' : ''}`,
      validated: true,
      comment: null,
    }
    const pair = {
      ...teams,
      name: 'f`k',
      from: { ...teams.from, columns: ['tick`s', 'ä.ö'] },
      to: { ...teams.to, columns: ['a`b', 'id'] },
      definition: `FOREIGN KEY (\`tick\`\`s\`, \`ä.ö\`) REFERENCES \`${rich.app}\`.\`teams\` (\`a\`\`b\`, \`id\`) ON DELETE SET NULL${mariadb ? '' : ' ON UPDATE RESTRICT'}`,
    }
    expect(table('users').foreignKeys).toEqual([pair, teams])
    expect(table('teams').referencedBy).toEqual([pair, teams])
    const [user, parent] = table('kü.k` x', rich.other).foreignKeys
    expect(table('users').referencedBy).toEqual([user])
    expect(table('kü.k` x', rich.other).referencedBy).toEqual([parent])
    expect(table('users').referencedBy).toMatchObject([
      { name: 'Order`User', from: { schema: rich.other, table: 'kü.k` x', columns: ['User'] } },
    ])
    expect(table('self').referencedBy).toEqual(table('self').foreignKeys)
    expect(table('self').foreignKeys).toHaveLength(1)
  })

  it('reads definitions that the server takes again, and prints the same', async () => {
    await rich.database.query('CREATE TABLE copy LIKE users')
    const users = table('users')
    const again = async (sql: string) => {
      await rich.database.query(`ALTER TABLE copy ADD ${sql}`)
      return (await only('copy'))[0] as Table
    }
    for (const { name, definition, primary } of users.indexes) {
      if (primary) continue
      const found = named((await again(renameObject(definition, 'a`gain'))).indexes, 'a`gain')
      expect(renameObject(found?.definition ?? '', name)).toBe(definition)
      await rich.database.query('ALTER TABLE copy DROP KEY `a``gain`')
    }
    for (const { kind, definition } of users.constraints) {
      if (kind !== 'check') continue
      const found = named((await again(`CONSTRAINT \`a\`\`gain\` ${definition}`)).constraints, 'a`gain')
      expect(found?.definition).toBe(definition)
      await rich.database.query('ALTER TABLE copy DROP CONSTRAINT `a``gain`')
    }
    for (const { definition } of users.foreignKeys) {
      const found = named((await again(`CONSTRAINT \`a\`\`gain\` ${definition}`)).foreignKeys, 'a`gain')
      expect(found?.definition).toBe(definition)
      await rich.database.query('ALTER TABLE copy DROP FOREIGN KEY `a``gain`')
    }
    await rich.database.query('DROP TABLE copy')
  })

  describe('reads definitions that can be made for another column', () => {
    const users = () => table('users')
    const copy = async () => (await only('copy'))[0] as Table
    const twinOf = ({ type, collation }: Column): string => {
      // A spatial key asks for it.
      const rest = type.startsWith('point') ? 'NOT NULL' : ''
      const charset = collation ? `CHARACTER SET ${collation.split('_')[0]} COLLATE ${collation}` : ''
      return `twin ${type} ${charset} ${rest}`
    }
    const each = async <T extends Named>(
      objects: readonly T[],
      make: (object: T, column: string) => Promise<Named | undefined>,
    ) => {
      for (const column of users().columns) {
        const needing = objects.filter(({ columns }) => columns.includes(column.name))
        if (needing.length > 0) await rich.database.query(`ALTER TABLE copy ADD COLUMN ${twinOf(column)}`)
        for (const object of needing) {
          const expected = [...object.columns.filter((name) => name !== column.name), 'twin']
          expect((await make(object, column.name))?.columns).toEqual(expected)
        }
        if (needing.length > 0) await rich.database.query('ALTER TABLE copy DROP COLUMN twin')
      }
    }
    beforeAll(() => rich.database.query('CREATE TABLE copy LIKE users'))
    afterAll(() => rich.database.query('DROP TABLE copy'))

    it('of indexes', () =>
      each(
        users().indexes.filter(({ primary }) => !primary),
        async ({ definition }, column) => {
          await rich.database.query(
            `ALTER TABLE copy ADD ${renameColumn(renameObject(definition, 'again'), column, 'twin')}`,
          )
          const found = named((await copy()).indexes, 'again')
          await rich.database.query('ALTER TABLE copy DROP KEY again')
          return found
        },
      ))

    it('and of checks', () =>
      each(
        users().constraints.filter(({ kind }) => kind === 'check'),
        async ({ definition }, column) => {
          await rich.database.query(
            `ALTER TABLE copy ADD CONSTRAINT again ${renameColumn(definition, column, 'twin')}`,
          )
          const found = named((await copy()).constraints, 'again')
          await rich.database.query('ALTER TABLE copy DROP CONSTRAINT again')
          return found
        },
      ))
  })
})
