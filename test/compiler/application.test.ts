import { describe, expect, it } from 'vitest'
import type { ForeignKey, Snapshot, Table } from '../../src/schema/snapshot.ts'
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

const mysql = (
  rule: string,
  team = column('team', 'int'),
  constraints: Table['constraints'] = [],
): Snapshot =>
  snapshot({
    dialect: 'mysql',
    server: { number: 90704, version: '9.7.4' },
    tables: [
      table('users', [id(), team], {
        engine: 'InnoDB',
        constraints,
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
      ['stop-writes', 'retire'],
    ])
    expect(program.checkpoints.map(({ describe }) => describe)).toEqual([
      'Deploy the version that writes users.team and users.team_id together, in one statement',
      'Deploy the version that writes users.team and users.team_id together, in one statement, and reads users.team_id alone',
      'Deploy the version that reads and writes users.team_id and nothing that still names users.team',
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
  const cascading = mysql(' ON DELETE SET NULL')

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

  it('whoever writes the old column alone is refused from before the last proof until it has another name', () => {
    const postgres = snapshot({ tables: [table('users', [id(), column('team', 'integer')])] })
    expect(actions(text, postgres, 'contract')).toEqual([
      ...['install_seal', 'remove_seal', 'retire_column', 'drop_column'],
    ])
    // Each of these commits by itself, so the column has to go first.
    expect(actions(text, mysql('none'), 'contract').slice(0, 3)).toEqual([
      ...['install_seal', 'retire_column', 'remove_seal'],
    ])
    expect(actions(planOf(RENAME), postgres, 'contract')).not.toContain('install_seal')
  })

  it('the old column goes under another name on every database, or whoever writes it would not be refused', () => {
    const postgres = snapshot({ tables: [table('users', [id(), column('team', 'integer')])] })
    for (const on of [postgres, mysql('none'), cascading]) {
      const [{ tombstones } = { tombstones: [] }] = compiled(text, on).retires
      expect(tombstones).toEqual([expect.stringContaining('plan_drop_team')])
      const clears = compiled(text, on)
        .phases.flatMap(({ steps }) => steps.flatMap(({ parts }) => parts.map(({ action }) => action)))
        .flatMap((action) =>
          action.do === 'drop_constraint' || action.do === 'drop_index' ? action.column : [],
        )
      expect(clears.every((one) => one === tombstones[0])).toBe(true)
    }
  })

  it('a check that keeps the column from that is named', () => {
    const check = {
      ...{ name: 'positive', kind: 'check' as const, columns: ['team'], definition: 'CHECK (`team` > 0)' },
      ...{ validated: true, deferrable: false, deferred: false, index: null, comment: null },
    }
    const findings = findingsOf(text, mysql('none', column('team', 'int'), [check]))
    expect(findings).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('positive'), at: { line: 4 } },
    ])
  })

  it('stop-writes is refused where nothing stops to be written', () => {
    const asks = (more: string) => planOf(RENAME, `${more}checkpoints: { stop-writes: { soak: 1h } }\n`)
    expect(compiled(asks('sync: application\n'), mysql('none')).checkpoints.at(-1)).toMatchObject({
      soak: 3_600_000,
    })
    expect(findingsOf(asks(''), mysql('none'))).toMatchObject([
      { code: 'PLAN_INVALID', message: expect.stringContaining('stop-writes') },
    ])
  })

  it('a required column has a temporary default from the beginning, for versions that no longer write it', () => {
    const required = mysql('none', column('team', 'int', { notNull: true }))
    expect(actions(text, required, 'expand')).toEqual(['add_column', 'set_temporary_default'])
  })

  it('a required column for which no temporary default is possible is refused', () => {
    const postgres = snapshot({
      tables: [table('users', [id(), column('team', 'integer', { notNull: true })])],
    })
    expect(findingsOf(text, postgres)).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('users.team is required') },
    ])
  })
})
