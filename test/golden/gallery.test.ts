import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scriptFiles } from '../../src/render/scripts.ts'
import { compiled, findingsOf, galleryText } from '../support/programs.ts'
import { column, id, index, primaryKey, snapshot, table } from '../support/snapshots.ts'

const plans = readdirSync(new URL('../../plans', import.meta.url))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))

/** A table that every plan of the gallery fits, before its change. */
const tables = (plan: string) => {
  const { indexes, constraints } = primaryKey('users')
  const last =
    plan === 'split-name'
      ? []
      : [
          column('last_name', 'character varying(80)', {
            notNull: true,
            default: { sql: "'unknown'::character varying", volatile: false },
            comment: 'as in the passport',
          }),
        ]
  const on =
    plan === 'split-name'
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
    table('users', [id(), ...last, column('full_name'), column('email', 'text', { notNull: true })], {
      indexes: [...indexes, ...on],
      constraints,
    }),
  ]
}

/** The same as MySQL and MariaDB print it. */
function mysqlTables(plan: string) {
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
  const split = plan === 'split-name'
  return [
    table(
      'users',
      [
        id(),
        ...(split ? [] : [last]),
        column('full_name', 'varchar(200)', text),
        column('email', 'varchar(100)', { ...text, notNull: true }),
        column('changed_at', 'datetime', { onUpdate: 'CURRENT_TIMESTAMP' }),
      ],
      { engine: 'InnoDB', indexes: [key, ...(split ? [] : [byName])], constraints: [] },
    ),
  ]
}

const servers = [
  ['postgres-14', 140023, tables],
  ['postgres-18', 180004, tables],
  ['mysql-9', 90704, mysqlTables],
  ['mariadb-10.11', 101118, mysqlTables],
] as const

/** What cannot be done on a database, and why not. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  postgres: { 'rename-with-care': /limit of lag or load is not built yet/ },
  mysql: { 'add-checked-column': /copies the whole table for a CHECK/, 'add-volatile-default': /uuid/ },
  mariadb: {
    'add-checked-column': /copies the whole table for a CHECK/,
    'add-volatile-default': /uuid/,
  },
}

describe.each(servers)('on %s', (name, number, shape) => {
  const [dialect = ''] = name.split('-')
  const refused = REFUSED[dialect] ?? {}
  const fitting = plans.filter((plan) => refused[plan] === undefined)
  const on = (plan: string) => snapshot({ dialect, tables: shape(plan), server: { number, version: name } })

  it.each(Object.keys(refused))('%s is refused, with the reason and what to do', (plan) => {
    const [finding] = findingsOf(galleryText(plan), on(plan))
    expect(finding?.message).toMatch(refused[plan] ?? /^$/)
    expect(finding?.hint).toMatch(/\w+/)
  })

  it.each(fitting)('%s compiles to the statements that were reviewed', async (plan) => {
    const program = compiled(galleryText(plan), on(plan))
    const text = Object.entries(scriptFiles(program))
      .map(([file, sql]) => `======== ${file}\n${sql}`)
      .join('\n')
    await expect(text).toMatchFileSnapshot(`${name}/${plan}.sql`)
  })

  it.each(fitting)('%s compiles to the same bytes again, and survives JSON', (plan) => {
    const program = compiled(galleryText(plan), on(plan))
    expect(JSON.stringify(compiled(galleryText(plan), JSON.parse(JSON.stringify(on(plan)))))).toBe(
      JSON.stringify(program),
    )
    expect(JSON.parse(JSON.stringify(program))).toEqual(program)
  })

  it.each(fitting)('every step of %s says its lock, its undo and how to see that it is done', (plan) => {
    const { phases } = compiled(galleryText(plan), on(plan))
    const steps = phases.flatMap((phase) => phase.steps)
    const parts = steps.flatMap((step) =>
      step.parts.map((part) => ({ ...part, step, is: `${step.id} ${part.action.do}` })),
    )
    const changing = parts.filter(({ written }) => written.statements.length > 0)
    const without = (found: typeof parts) => found.map(({ is }) => is)
    expect(steps.filter(({ reason }) => reason === '')).toEqual([])
    expect(without(changing.filter(({ written }) => written.probe === null))).toEqual([])
    expect(
      without(
        changing.filter(
          ({ step, written, action }) =>
            step.reversible && written.undo.length === 0 && action.do !== 'validate_constraint',
        ),
      ),
    ).toEqual([])
    expect(
      without(
        changing.filter(
          ({ written, action }) => written.locks.length === 0 && !LOCKS_NO_TABLE.includes(action.do),
        ),
      ),
    ).toEqual([])
  })
})

const LOCKS_NO_TABLE = ['replace_sync', 'rename_index', 'rename_statistics']
