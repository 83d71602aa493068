import type { Constraint, Snapshot } from '../../src/schema/snapshot.ts'
import { column, id, index, primaryKey, snapshot, table } from './snapshots.ts'

/** What some plans need instead of a last name: columns, and whether they are required. */
const OWN: Readonly<Record<string, readonly (readonly [name: string, notNull: boolean])[]>> = {
  'split-name': [],
  'drop-column': [['legacy_code', true]],
  'recode-status': [['status', true]],
  'drop-column-archived': [['legacy_code', true]],
  'merge-names': [
    ['first_name', true],
    ['last_name', false],
  ],
}

/** What a plan that is about an index or a constraint finds on full_name. */
const ON_FULL_NAME: Readonly<
  Record<string, { readonly indexes?: readonly string[]; readonly checks?: readonly string[] }>
> = {
  'drop-index': { indexes: ['users_full_name'] },
  'rename-index': { indexes: ['users_full_name'] },
  'drop-constraint': { checks: ['users_named'] },
  'rename-constraint': { checks: ['users_named'] },
}

/** The list of words that one plan is about: a type of its own on PostgreSQL, and part of the column elsewhere. */
const WORDS = ['active', 'blocked']
const TYPES: Readonly<Record<string, Pick<Snapshot, 'types'>>> = {
  'add-words': { types: [{ schema: 'app', name: 'user_status', ordered: true, words: WORDS }] },
}
const listOf = (plan: string, type: string) =>
  plan === 'add-words' ? [column('status', type, { definition: `${type} DEFAULT NULL` })] : []

const named = (name: string): Constraint => ({
  ...{ name, kind: 'check', definition: `CHECK ((full_name <> ''::text))`, columns: ['full_name'] },
  ...{ validated: true, deferrable: false, deferred: false, index: null, comment: null },
})

/** The documents that one plan is about. */
const documents = (plan: string, type: string) =>
  plan === 'rename-json-key' ? [column('profile', type)] : []

/** A table that every plan of the gallery fits, before its change. */
const tables = (plan: string) => {
  const key = primaryKey('users')
  const more = ON_FULL_NAME[plan] ?? {}
  const indexes = [...key.indexes, ...(more.indexes ?? []).map((one) => index('users', one, ['full_name']))]
  const constraints = [...key.constraints, ...(more.checks ?? []).map(named)]
  const own = OWN[plan]
  const last =
    own !== undefined
      ? own.map(([name, notNull]) => column(name, 'character varying(80)', { notNull }))
      : [
          column('last_name', 'character varying(80)', {
            notNull: true,
            default: { sql: "'unknown'::character varying", volatile: false },
            comment: 'as in the passport',
          }),
        ]
  const on =
    own !== undefined
      ? []
      : [
          index('users', 'users_lower_last_name', ['last_name'], {
            definition:
              'CREATE INDEX users_lower_last_name ON app.users USING btree (lower((last_name)::text)) WHERE (last_name IS NOT NULL)',
            key: null,
            partial: true,
          }),
        ]
  return [
    table(
      'users',
      [
        id(),
        ...last,
        ...documents(plan, 'jsonb'),
        ...listOf(plan, 'app.user_status'),
        column('full_name'),
        column('email', 'text', { notNull: true }),
      ],
      {
        indexes: [...indexes, ...on],
        constraints,
      },
    ),
  ]
}

/** The same as MySQL and MariaDB print it. */
function mysqlTables(plan: string, dialect: string) {
  const text = { collation: 'utf8mb4_general_ci' }
  const key = index('users', 'PRIMARY', ['id'], {
    definition: 'PRIMARY KEY (`id`)',
    unique: true,
    primary: true,
    constraint: 'PRIMARY',
  })
  const last = column('last_name', 'varchar(80)', {
    ...text,
    notNull: true,
    default: { sql: "'unknown'", volatile: false },
    comment: 'as in the passport',
    definition: "varchar(80) NOT NULL DEFAULT 'unknown' COMMENT 'as in the passport'",
  })
  const byName = index('users', 'by_name', ['last_name', 'email'], {
    definition: 'KEY `by_name` (`last_name`,`email`)',
  })
  const own = OWN[plan]
  const { indexes = [], checks = [] } = ON_FULL_NAME[plan] ?? {}
  const onFullName = (name: string) =>
    index('users', name, ['full_name'], { definition: `KEY \`${name}\` (\`full_name\`)` })
  const given = (own ?? []).map(([name, notNull]) =>
    column(name, 'varchar(80)', {
      ...text,
      notNull,
      definition: `varchar(80) ${notNull ? 'NOT NULL' : 'DEFAULT NULL'}`,
    }),
  )
  return [
    table(
      'users',
      [
        id(),
        ...(own ? given : [last]),
        ...documents(plan, dialect === 'mysql' ? 'json' : 'longtext'),
        ...listOf(plan, `enum(${WORDS.map((one) => `'${one}'`).join(',')})`),
        column('full_name', 'varchar(200)', {
          ...text,
          ...(plan === 'set-comment' && { definition: 'varchar(200) DEFAULT NULL' }),
        }),
        column('email', 'varchar(100)', { ...text, notNull: true }),
        column('changed_at', 'datetime', { onUpdate: 'CURRENT_TIMESTAMP' }),
      ],
      {
        engine: 'InnoDB',
        indexes: [key, ...(own ? [] : [byName]), ...indexes.map(onFullName)],
        constraints: checks.map((name) => ({ ...named(name), definition: "CHECK (`full_name` <> '')" })),
      },
    ),
  ]
}

const shapes = { postgres: tables, mysql: mysqlTables, mariadb: mysqlTables }

/** What a plan of the gallery is compiled against. */
export function snapshotOn(server: string, number: number, plan: string): Snapshot {
  const dialect = server.split('-')[0] as keyof typeof shapes
  const types = dialect === 'postgres' ? TYPES[plan] : {}
  return snapshot({
    ...{ dialect, tables: shapes[dialect](plan, dialect), server: { number, version: server } },
    ...types,
  })
}

const COPIES = {
  'add-checked-column': /copies the whole table for a CHECK/,
  'add-check': /copies the whole table for a CHECK/,
  'rename-constraint': /for which it copies the table/,
  'add-volatile-default': /uuid/,
  'add-identity': /AUTO_INCREMENT/,
}

/** What cannot be done on a database, and why not. */
export const REFUSED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  postgres: { 'rename-with-care': /does not count the old row versions/ },
  'postgres-14': { 'add-generated-column': /only PostgreSQL 18/ },
  mysql: COPIES,
  mariadb: {
    ...COPIES,
    'rename-json-key': /MariaDB keeps each document/,
  },
}
