import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { servers } from '../support/collections.ts'
import { ADD, findings, RENAME, refused } from './said.ts'

describe('what a database of documents has not is refused', () => {
  const plan = (keys: string, server?: Snapshot['server'], intent = RENAME) =>
    findings(intent, {}, server, `${keys}\n`)

  it.each<[string, string, Snapshot['server'], string, string]>([
    ['triggers', 'sync: triggers', servers.set, 'has no triggers', 'sync: application'],
    [
      'a probe in SQL',
      'checkpoints: { switch-app: { probes: [{ sql: { query: select 1, equals: 1 } }] } }',
      servers.set,
      'knows no SQL',
      'http and command',
    ],
    [
      'an invariant in SQL',
      'invariants: [{ name: a, sql: select 1 }]',
      servers.set,
      'knows no SQL',
      'set_validator',
    ],
    [
      'old row versions',
      'backfill: { throttle: { max_history: 5 } }',
      servers.set,
      'row versions',
      'leave max_history',
    ],
    [
      'who waits for whom',
      'backfill: { throttle: { max_blocked: 0 } }',
      servers.set,
      'who waits for whom',
      'leave max_blocked',
    ],
    [
      'a stream of changes on a single server',
      'sync: tail',
      servers.alone,
      'single server, whose changes cannot be followed',
      'write sync: application',
    ],
    [
      'a stream of changes where nobody may open one',
      'sync: both',
      { ...servers.set, can: [] },
      'does not let its changes be followed',
      'write sync: application',
    ],
    [
      'lag of a single server',
      'backfill: { throttle: { max_lag: 2s } }',
      servers.alone,
      'behind cannot',
      'leave max_lag',
    ],
    [
      'lag of a cluster',
      'backfill: { throttle: { max_lag: 2s } }',
      servers.sharded,
      'behind cannot',
      'leave max_lag',
    ],
  ])('%s', (_, keys, server, message, hint) => {
    expect(plan(keys, server)).toMatchObject([
      {
        code: 'PLAN_UNSUPPORTED',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
        at: { line: 5 },
      },
    ])
  })

  it('the probe unused', () => {
    expect(plan('checkpoints: { switch-app: { probes: [{ unused: { for: 30m } }] } }')).toMatchObject(
      refused('unused', 'http and command', 'PLAN_NOT_BUILT'),
    )
  })

  it('a replica set can be followed, and asked for its lag', () => {
    expect(plan('sync: tail\nbackfill: { throttle: { max_lag: 2s } }', servers.set)).toEqual([])
  })

  it('nothing is followed where there is no old shape, and then never backwards', () => {
    expect(plan('sync: tail', servers.set, ADD)).toMatchObject([
      { code: 'PLAN_INVALID', message: expect.stringContaining('this plan has none') },
    ])
    expect(plan('sync: tail\non_conflict: new', servers.set)).toMatchObject([
      { code: 'PLAN_INVALID', message: expect.stringContaining('one way'), at: { line: 6 } },
    ])
  })

  it('expressions in SQL', () => {
    expect(findings(ADD.replace('literal: user', 'sql: now()'))).toMatchObject(
      refused('knows no SQL', 'pipeline', 'PLAN_EXPRESSION'),
    )
  })
})
