import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sqlFiles } from '../../src/render/sql.ts'
import { compiled, galleryText } from '../support/programs.ts'
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

const servers = [
  ['postgres-14', 140023],
  ['postgres-18', 180004],
] as const

describe.each(servers)('on %s', (name, number) => {
  it.each(plans)('%s compiles to the statements that were reviewed', async (plan) => {
    const program = compiled(
      galleryText(plan),
      snapshot({ tables: tables(plan), server: { number, version: name } }),
    )
    const text = Object.entries(sqlFiles(program))
      .map(([file, sql]) => `======== ${file}\n${sql}`)
      .join('\n')
    await expect(text).toMatchFileSnapshot(`${name}/${plan}.sql`)
  })

  it.each(plans)('%s compiles to the same bytes again, and survives JSON', (plan) => {
    const on = snapshot({ tables: tables(plan), server: { number, version: name } })
    const program = compiled(galleryText(plan), on)
    expect(JSON.stringify(compiled(galleryText(plan), JSON.parse(JSON.stringify(on))))).toBe(
      JSON.stringify(program),
    )
    expect(JSON.parse(JSON.stringify(program))).toEqual(program)
  })

  it.each(plans)('every step of %s says its lock, its undo and how to see that it is done', (plan) => {
    const { phases } = compiled(
      galleryText(plan),
      snapshot({ tables: tables(plan), server: { number, version: name } }),
    )
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
