import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { indexOn } from '../support/collections.ts'
import { compiled, planOf } from '../support/programs.ts'
import {
  ADD,
  ASKED,
  CONVERT,
  DROP,
  INDEX,
  INDEXED,
  MOVE,
  on,
  RENAME,
  RESTORE,
  UNINDEX,
  VALIDATE,
} from './document-plans.ts'

/** `dual-write < backfill`: the checkpoint stands before the phase. */
const checkpoints = (text: string, snapshot: Snapshot): string[] =>
  compiled(text, snapshot).checkpoints.map(({ id, before }) => `${id} < ${before}`)

describe('the checkpoints of', () => {
  const tail = 'sync: tail\n'
  it.each<[string, string, Snapshot, string[], string?]>([
    ['a rename', RENAME, on(), ['dual-write < backfill', 'switch-app < contract', 'stop-writes < drop']],
    [
      'a rename that plan sync follows',
      RENAME,
      on(),
      ['dual-write < enforce', 'switch-app < contract', 'stop-writes < drop'],
      tail,
    ],
    [
      'a rename that plan sync only watches over',
      RENAME,
      on(),
      ['dual-write < backfill', 'switch-app < contract', 'stop-writes < drop'],
      'sync: both\n',
    ],
    ['a field with a value', ADD, on(), ['dual-write < backfill']],
    // Nothing is retired before it is dropped, so nothing could be stopped in between.
    ['a field that goes', DROP, on(), ['switch-app < contract', 'stop-writes < contract']],
    ['a field that goes, and can come back', RESTORE, on(), ['switch-app < contract', 'stop-writes < drop']],
    ['a field that goes with its index', DROP, on(INDEXED), ['switch-app < contract', 'stop-writes < drop']],
    [
      'a field that goes, for which the validator asks',
      DROP,
      on(ASKED),
      ['switch-app < contract', 'stop-writes < drop'],
    ],
    [
      // Without the field the second document would be a duplicate, so the index goes before anybody stops writing it.
      'a field that goes with its unique index',
      DROP,
      on({ indexes: [indexOn({ fax: 1 }, { unique: true })] }),
      ['switch-app < contract', 'stop-writes < drop'],
    ],
    ['a conversion in place', CONVERT, on(), ['dual-write < backfill']],
    [
      // Its readers have to bear both types before the first document changes, whoever follows the rest.
      'a conversion in place beside a rename that plan sync follows',
      `${CONVERT}\n  - ${RENAME}`,
      on(),
      ['dual-write < backfill', 'switch-app < contract', 'stop-writes < drop'],
      tail,
    ],
    ['a unique index', INDEX, on(), []],
    ['an index that goes', UNINDEX, on(INDEXED), ['switch-app < contract']],
    ['a validator', VALIDATE, on(), ['dual-write < enforce']],
    ['a validator that only warns', VALIDATE.replace('schema', 'action: warn, schema'), on(), []],
    ['a new name', MOVE, on(), ['dual-write < enforce', 'switch-app < contract']],
  ])('%s', (_, intent, snapshot, expected, more = '') => {
    expect(checkpoints(planOf(intent, more), snapshot)).toEqual(expected)
  })

  it('a plan that names one which is never reached are told so', () => {
    const text = planOf(INDEX, 'checkpoints: { stop-writes: { soak: 1h } }\n')
    expect(compiled(text, on()).warnings.join()).toContain('the checkpoint stop-writes of this plan')
    expect(compiled(text.replace(INDEX, RENAME), on()).warnings.join()).not.toContain('never reached')
  })

  it('a rename have the code for it, and say what to deploy', () => {
    const [both, , stop] = compiled(planOf(RENAME), on()).checkpoints
    expect(both).toMatchObject({
      describe: expect.stringMatching(/^Deploy .* sets last_name and family_name together, in one update$/),
      code: [{ title: 'driver' }, { title: 'mongoose' }],
    })
    expect(stop?.code?.[0]?.text).toContain('Only family_name is written')
  })
})
