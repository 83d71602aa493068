import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { indexOn, schemaOf, servers } from '../support/collections.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { queriesIn } from '../support/written.ts'
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
  REQUIRE,
  RESTORE,
  steps,
  UNINDEX,
  VALIDATE,
} from './document-plans.ts'

describe('the steps of', () => {
  it.each<[string, string, Snapshot, string[]]>([
    [
      'a rename',
      RENAME,
      on(),
      [
        'expand: dry_run_conversion',
        'backfill: fill_fields',
        'enforce: await_quiescence',
        'enforce: seal',
        'verify: prove_documents',
        'verify: prove_collection',
        'contract: relax',
        'contract: unset_fields',
      ],
    ],
    [
      'a rename with a unique index and a validator that closes the collection',
      RENAME,
      on({
        indexes: [indexOn({ last_name: 1 }, { unique: true })],
        validator: schemaOf({ properties: { _id: {}, last_name: {} }, additionalProperties: false }),
      }),
      [
        'expand: dry_run_conversion',
        'expand: permit',
        'backfill: fill_fields',
        'enforce: build_index',
        'enforce: prepare_unique',
        'enforce: make_unique',
        'enforce: await_quiescence',
        'enforce: seal',
        'verify: prove_documents',
        'verify: prove_collection',
        // It would refuse the second document without the old field.
        'contract: remove_index, relax',
        'contract: unset_fields',
        'contract: final',
      ],
    ],
    ['a field that may be there', ADD.replace(', fill: { literal: user }', ''), on(), []],
    [
      'a field with a value',
      ADD,
      on(),
      ['expand: dry_run_conversion', 'backfill: fill_fields', 'enforce: await_quiescence'],
    ],
    [
      'a required field',
      REQUIRE,
      on(),
      [
        'expand: dry_run_conversion',
        'backfill: fill_fields',
        'enforce: await_quiescence',
        'enforce: seal',
        'verify: prove_documents',
        'verify: prove_collection',
      ],
    ],
    ['a field that goes', DROP, on(), ['contract: unset_fields']],
    ['a field that goes, and can come back', RESTORE, on(), ['contract: relax', 'contract: unset_fields']],
    [
      'a field that goes with its index',
      DROP,
      on(INDEXED),
      ['contract: hide_index', 'contract: remove_index', 'contract: unset_fields'],
    ],
    [
      'a field that goes, for which the validator asks',
      DROP,
      on(ASKED),
      ['contract: relax', 'contract: unset_fields'],
    ],
    [
      'a conversion in place',
      CONVERT,
      on(),
      [
        'expand: dry_run_conversion',
        'backfill: fill_fields',
        'enforce: await_quiescence',
        'enforce: seal',
        'verify: prove_documents',
        'verify: prove_collection',
        'contract: drop_kept',
      ],
    ],
    [
      'a unique index',
      INDEX,
      on(),
      [
        'expand: dry_run_conversion',
        'enforce: build_index',
        'enforce: prepare_unique',
        'enforce: make_unique',
        'verify: prove_collection',
      ],
    ],
    [
      'a unique index where the server cannot make one unique',
      INDEX,
      on({}, servers.alone),
      ['expand: dry_run_conversion', 'enforce: build_index', 'verify: prove_collection'],
    ],
    ['an index that goes', UNINDEX, on(INDEXED), ['contract: hide_index', 'contract: remove_index']],
    [
      'a unique index that goes where only plain ones can be hidden',
      UNINDEX,
      on(
        { indexes: [indexOn({ fax: 1 }, { unique: true })] },
        { ...servers.set, can: ['hidden plain indexes'] },
      ),
      ['contract: remove_index'],
    ],
    [
      'a plain index that goes where only plain ones can be hidden',
      UNINDEX,
      on(INDEXED, { ...servers.set, can: ['hidden plain indexes'] }),
      ['contract: hide_index', 'contract: remove_index'],
    ],
    [
      'an index that goes where none can be hidden',
      UNINDEX,
      on(INDEXED, { ...servers.alone, can: [] }),
      ['contract: remove_index'],
    ],
    ['a validator', VALIDATE, on(), ['enforce: wish', 'verify: prove_documents', 'verify: prove_collection']],
    ['a new name', MOVE, on(), ['enforce: rename_collection, create_view', 'contract: drop_view']],
  ])('%s', (_, intent, snapshot, expected) => {
    expect(steps(planOf(intent), snapshot)).toEqual(expected)
  })
})

describe('what contract does is set by the plan', () => {
  const unset = (more: string) =>
    compiled(planOf(DROP, more), on())
      .phases.flatMap(({ steps }) => steps.flatMap(({ parts }) => parts))
      .find(({ action }) => action.do === 'unset_fields')

  it('archive: true copies each page before it is taken away', () => {
    expect(unset('')?.action).toMatchObject({ archive: null })
    expect(Object.keys(queriesIn(unset('')?.written))).not.toContain('batch.1')
    const { action, written } = unset('contract: { archive: true }\n') ?? {}
    expect(action).toMatchObject({ archive: expect.stringMatching(/^plan_backup_users_/) })
    expect(queriesIn(written)['batch']).toContain('"$merge":{"into":"plan_backup_users_')
  })

  it('archive: true leaves what a conversion kept aside', () => {
    expect(steps(planOf(CONVERT, 'contract: { archive: true }\n'), on())).not.toContain('contract: drop_kept')
  })

  it('quiet is how long sweeps must find nothing, ten minutes when it is left out', () => {
    const quiet = (more: string) =>
      compiled(planOf(ADD, more), on())
        .phases.flatMap(({ steps }) => steps.flatMap(({ parts }) => parts.map(({ action }) => action)))
        .flatMap((action) => (action.do === 'await_quiescence' ? [action.quiet] : []))
    expect(quiet('')).toEqual([600_000])
    expect(quiet('backfill: { quiet: 1h }\n')).toEqual([3_600_000])
  })
})

it('a collection that two intents change gets one walk, one seal and one removal', () => {
  const both = `${RENAME}\n  - ${CONVERT}\n  - ${DROP}`
  expect(findingsOf(planOf(both), on())).toEqual([])
  expect(steps(planOf(both), on())).toEqual([
    'expand: dry_run_conversion',
    'backfill: fill_fields',
    'enforce: await_quiescence',
    'enforce: seal',
    'verify: prove_documents',
    'verify: prove_collection',
    'contract: relax',
    'contract: unset_fields',
    'contract: drop_kept',
  ])
})

describe('a rename of a field with a unique index', () => {
  const warnings = (unique: boolean): string =>
    compiled(planOf(RENAME), on({ indexes: [indexOn({ last_name: 1 }, { unique })] })).warnings.join('\n')

  it('says when an upsert has to be run again', () => {
    expect(warnings(true)).toMatch(
      /both last_name_1 and family_name_1 are unique: .* can fail with 11000.* run the upsert, or its transaction, again/,
    )
    expect(warnings(false)).not.toContain('11000')
  })
})
