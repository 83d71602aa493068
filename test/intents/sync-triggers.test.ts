import { describe, expect, it } from 'vitest'
import type { Trigger } from '../../src/schema/snapshot.ts'
import { findingsOf, planOf } from '../support/programs.ts'
import { column, id, primaryKey, snapshot, table } from '../support/snapshots.ts'

const RENAME = 'rename_column: { table: users, from: last_name, to: family_name }'
const SPLIT = `split_column: { table: users, from: last_name, into: { one: { type: text, value: { lower: { column: last_name } } } }, back: { column: one } }`
const trigger = (more: Partial<Trigger>): Trigger => ({
  name: 'tidy',
  definition: '',
  timing: 'before',
  events: ['insert', 'update'],
  level: 'row',
  columns: [],
  updateOf: [],
  enabled: 'O',
  function: 'app.tidy',
  functionHash: '',
  ...more,
})
const beside = (more: Partial<Trigger>, intent = RENAME, plan = '') =>
  findingsOf(
    `${planOf(intent)}\n${plan}`,
    snapshot({
      tables: [
        table('users', [id(), column('last_name')], { ...primaryKey('users'), triggers: [trigger(more)] }),
      ],
    }),
  )
const OF = { columns: ['last_name'], updateOf: ['last_name'] } as const

describe('beside a trigger', () => {
  it.each([
    ['a rename', RENAME, 'before'],
    ['a split', SPLIT, 'before'],
    ['a rename', RENAME, 'after'],
  ] as const)(
    'that fires on UPDATE OF the column, %s is refused (%s, %s) with the way out',
    (_, intent, timing) => {
      expect(beside({ ...OF, timing }, intent)).toMatchObject([
        {
          code: 'PLAN_UNSUPPORTED',
          message:
            'the trigger tidy of app.users fires on UPDATE OF last_name, so an UPDATE that names only the new shape passes it by',
          hint: expect.stringContaining('WHEN (OLD.last_name IS DISTINCT FROM NEW.last_name)'),
        },
      ])
    },
  )

  it('that fires on UPDATE OF the column a rename passes when the trigger is off, or the application writes both', () => {
    expect(beside({ ...OF, enabled: 'D' })).toEqual([])
    expect(beside(OF, RENAME, 'sync: application')).toEqual([])
  })

  it('that has the column in its condition, or fires on UPDATE OF another one, a rename passes', () => {
    expect(beside({ columns: ['last_name'] })).toEqual([])
    expect(beside({ columns: ['id'], updateOf: ['id'] })).toEqual([])
  })

  it.each([
    ['zzz', 'behind'],
    [' first', 'before'],
  ])(
    'whose name sorts outside of those of the sync a rename is refused with the way out: %j',
    (name, where) => {
      expect(beside({ name })).toMatchObject([
        {
          code: 'PLAN_UNSUPPORTED',
          message: expect.stringContaining(`has a name that sorts ${where} those of the sync`),
          hint: expect.stringMatching(
            /^rename the trigger to a name between !!_plan_sync_users_\w+ and zz_plan_sync_users_\w+/,
          ),
        },
      ])
      expect(beside({ name, timing: 'after' })).toEqual([])
    },
  )
})
