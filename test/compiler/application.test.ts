import { describe, expect, it } from 'vitest'
import type { ForeignKey, Snapshot } from '../../src/schema/snapshot.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, index, primaryKey, snapshot, table } from '../support/snapshots.ts'

const RENAME = 'rename_column: { table: users, from: team, to: team_id }'

const key = (rule: string): ForeignKey => ({
  name: 'users_team',
  from: { schema: 'app', table: 'users', columns: ['team'] },
  to: { schema: 'app', table: 'teams', columns: ['id'] },
  definition: `FOREIGN KEY (\`team\`) REFERENCES \`app\`.\`teams\` (\`id\`)${rule}`,
  validated: true,
  comment: null,
})

const mysql = (rule: string, team = column('team', 'int')): Snapshot =>
  snapshot({
    dialect: 'mysql',
    server: { number: 90704, version: '9.7.4' },
    tables: [
      table('users', [id(), team], {
        engine: 'InnoDB',
        foreignKeys: rule === 'none' ? [] : [key(rule)],
        indexes: [
          ...primaryKey('users').indexes,
          index('users', 'by_team', ['team'], { definition: 'KEY `by_team` (`team`)' }),
        ],
      }),
      table('teams', [id()]),
    ],
  })

const actions = (text: string, on: Snapshot, phase: string) =>
  compiled(text, on)
    .phases.filter((one) => one.phase === phase)
    .flatMap(({ steps }) => steps.flatMap(({ parts }) => parts.map(({ action }) => action.do)))

describe('a column that a foreign key writes by itself', () => {
  const cascading = mysql(' ON DELETE SET NULL')

  it('is left to the application, which is said, and waits for its deploy before the backfill', () => {
    const program = compiled(planOf(RENAME), cascading)
    expect(program.checkpoints.map(({ id, before }) => [id, before])).toEqual([
      ['dual-write', 'backfill'],
      ['switch-app', 'contract'],
    ])
    expect(program.warnings[0]).toMatch(/sync: application.*users_team.*runs no trigger/)
    expect(actions(planOf(RENAME), cascading, 'expand')).toEqual([
      ...['add_column', 'create_index', 'add_constraint'],
    ])
  })

  it('is not synced by triggers, also where the plan asks for them', () => {
    expect(findingsOf(planOf(RENAME, 'sync: triggers\n'), cascading)).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('users_team'), at: { line: 4 } },
    ])
  })

  it.each(['', ' ON DELETE CASCADE', ' ON DELETE RESTRICT', ' ON UPDATE NO ACTION'])(
    'is synced by triggers where the foreign key says%s',
    (rule) => {
      expect(actions(planOf(RENAME), mysql(rule), 'expand')).toEqual(['add_column', 'install_sync'])
    },
  )

  it.each([' ON UPDATE CASCADE', ' ON UPDATE SET NULL'])('is left to the application with%s too', (rule) => {
    expect(actions(planOf(RENAME), mysql(rule), 'expand')).not.toContain('install_sync')
  })
})

describe('with sync: application', () => {
  const text = planOf(RENAME, 'sync: application\n')

  it('there is no trigger on any database, and the deploy comes before the backfill', () => {
    const postgres = snapshot({ tables: [table('users', [id(), column('team', 'integer')])] })
    for (const on of [postgres, mysql('none')]) {
      expect(actions(text, on, 'expand')).toEqual(['add_column'])
      expect(actions(text, on, 'contract')).not.toContain('remove_sync')
      const [first] = compiled(text, on).checkpoints
      expect(first).toMatchObject({ id: 'dual-write', before: 'backfill' })
      expect(first?.describe).toContain('writes users.team and users.team_id together')
    }
  })

  it('a required column is lent a default from the beginning, for versions that no longer write it', () => {
    const required = mysql('none', column('team', 'int', { notNull: true }))
    expect(actions(text, required, 'expand')).toEqual(['add_column', 'lend_default'])
  })

  it('a required column to which nothing can be lent is refused', () => {
    const postgres = snapshot({
      tables: [table('users', [id(), column('team', 'integer', { notNull: true })])],
    })
    expect(findingsOf(text, postgres)).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('users.team is required') },
    ])
  })
})
