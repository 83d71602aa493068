import { describe, expect, it } from 'vitest'
import type { Collection } from '../../src/schema/collection.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { collection, documents, indexOn, schemaOf, servers } from '../support/collections.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { queriesIn } from '../support/written.ts'

const FIELDS = { last_name: 'string', fax: 'string', age: 'string' }
const users = (more: Parameters<typeof collection>[2] = {}): Collection => collection('users', FIELDS, more)

const on = (more: Parameters<typeof collection>[2] = {}, server: Snapshot['server'] = servers.set) =>
  documents([users(more)], server)

const RENAME = 'rename_field: { collection: users, from: last_name, to: family_name }'
const ADD = 'add_field: { collection: users, field: role, fill: { literal: user } }'
const REQUIRE = ADD.replace('fill', 'required: true, fill')
const DROP = 'drop_field: { collection: users, field: fax }'
const RESTORE = DROP.replace('fax }', 'fax, restore: { literal: "" } }')
const CONVERT =
  'change_field_type: { collection: users, field: age, to: int, using: { cast: { column: age, to: int } }, back: { cast: { column: age, to: string } } }'
const INDEX = 'add_index: { collection: users, fields: [age], unique: true }'
const UNINDEX = 'drop_index: { collection: users, name: fax_1 }'
const VALIDATE = 'set_validator: { collection: users, schema: { required: [age] } }'
const MOVE = 'rename_collection: { from: users, to: people }'

const INDEXED = { indexes: [indexOn({ fax: 1 })] }
const ASKED = { validator: schemaOf({ required: ['fax'] }) }

/** `backfill: fill_fields`, a line for each step. */
const steps = (text: string, snapshot: Snapshot): string[] =>
  compiled(text, snapshot).phases.flatMap(({ phase, steps }) =>
    steps.map(({ parts }) => `${phase}: ${parts.map(({ action }) => said(action)).join(', ')}`),
  )

const said = (action: { readonly do: string; readonly purpose?: string }): string =>
  action.purpose ?? action.do

/** `dual-write < backfill`: the checkpoint stands before the phase. */
const checkpoints = (text: string, snapshot: Snapshot): string[] =>
  compiled(text, snapshot).checkpoints.map(({ id, before }) => `${id} < ${before}`)

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
