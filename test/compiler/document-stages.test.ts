import { describe, expect, it } from 'vitest'
import type { Collection } from '../../src/schema/collection.ts'
import { collection, documents, schemaOf } from '../support/collections.ts'
import { compiled, planOf } from '../support/programs.ts'

const FIELDS = { last_name: 'string', full: 'string', age: 'string' }

/** What the collection's validator is told to be, by purpose; in the order of the steps. */
const stages = (intent: string, validator: Collection['validator']) =>
  compiled(planOf(intent), documents([collection('users', FIELDS, { validator })]))
    .phases.flatMap(({ steps }) => steps.flatMap(({ parts }) => parts.map(({ action }) => action)))
    .flatMap((action) =>
      action.do === 'set_validator'
        ? [
            {
              purpose: action.purpose,
              from: action.from && JSON.parse(action.from.rule),
              to: action.to && JSON.parse(action.to.rule),
              level: action.to?.level,
              action: action.to?.action,
            },
          ]
        : [],
    )

const purposes = (...given: Parameters<typeof stages>) => stages(...given).map(({ purpose }) => purpose)

const RENAME = 'rename_field: { collection: users, from: last_name, to: family_name }'
const SPLIT = (more = '') =>
  `split_field: { collection: users, from: full, into: { first: { value: { column: full } } }, back: { column: first }${more} }`

const closed = (properties: object, required: readonly string[]) => ({
  bsonType: 'object',
  required,
  properties,
  additionalProperties: false,
})
const NAME = { bsonType: 'string', maxLength: 80 }

const SAME = {
  $and: [
    { $eq: [{ $type: '$last_name' }, { $type: '$family_name' }] },
    { $eq: ['$last_name', '$family_name'] },
  ],
}

describe('a rename, where the old field is required and no other is let in', () => {
  const before = closed({ _id: {}, last_name: NAME }, ['last_name'])
  const permitted = closed({ _id: {}, last_name: NAME, family_name: {} }, ['last_name'])
  const relaxed = closed({ _id: {}, family_name: NAME, last_name: {} }, ['family_name'])
  const final = closed({ _id: {}, family_name: NAME }, ['family_name'])
  const sealed = { $and: [{ $jsonSchema: permitted }, { $expr: SAME }] }
  const schema = (of: object) => ({ $jsonSchema: of })

  it('lets the new one in, holds both together, lets go of the old one, and forgets it', () => {
    expect(stages(RENAME, schemaOf(before))).toMatchObject([
      { purpose: 'permit', from: schema(before), to: schema(permitted) },
      { purpose: 'seal', from: schema(permitted), to: sealed },
      { purpose: 'relax', from: sealed, to: schema(relaxed) },
      { purpose: 'final', from: schema(relaxed), to: schema(final) },
    ])
  })

  it.each([{ level: 'off' }, { action: 'warn' }] as const)(
    'which is only said and not enforced (%o): the seal takes its place, and it comes back',
    (lenient) => {
      const warned = schemaOf(before, lenient)
      const enforced = { level: 'strict', action: 'error' }
      const said = { level: 'strict', action: 'error', ...lenient }
      expect(stages(RENAME, warned)).toMatchObject([
        // Nobody is refused, so nothing has to be let in.
        { purpose: 'seal', from: schema(before), to: { $expr: SAME }, ...enforced },
        { purpose: 'relax', from: { $expr: SAME }, to: schema(final), ...said },
      ])
    },
  )

  it('with level moderate, which stays with the seal', () => {
    expect(stages(RENAME, schemaOf(before, { level: 'moderate' }))).toMatchObject(
      ['permit', 'seal', 'relax', 'final'].map((purpose) => ({ purpose, level: 'moderate' })),
    )
  })
})

describe('a rename, where the validator', () => {
  it('is not there: only the seal comes and goes', () => {
    expect(stages(RENAME, null)).toMatchObject([
      { purpose: 'seal', from: null, to: { $expr: SAME } },
      { purpose: 'relax', from: { $expr: SAME }, to: null },
    ])
  })

  it('speaks of other fields only: they are held to it at all times', () => {
    const other = { $jsonSchema: { required: ['age'] } }
    expect(stages(RENAME, schemaOf({ required: ['age'] }))).toMatchObject([
      { purpose: 'seal', from: other, to: { $and: [other, { $expr: SAME }] } },
      { purpose: 'relax', to: other },
    ])
  })

  it('asks for the old field and lets others in: the old one needs no permission', () => {
    expect(purposes(RENAME, schemaOf({ required: ['last_name'] }))).toEqual(['seal', 'relax'])
  })
})

describe('a rename into another subdocument, where no other field is let in', () => {
  const move = (from: string, to: string) => RENAME.replace('last_name', from).replace('family_name', to)

  it.each([
    [
      'out of one of which nothing is known',
      move('address.zip', 'zip'),
      closed({ _id: {}, address: {} }, ['_id']),
      { _id: {}, address: {}, zip: {} },
    ],
    [
      'into one of which nothing else is known',
      move('zip', 'address.zip'),
      closed({ _id: {}, zip: NAME }, ['_id']),
      { _id: {}, zip: {}, address: { properties: { zip: NAME } } },
    ],
    [
      'from one to another',
      move('home.zip', 'address.zip'),
      closed({ _id: {}, home: {}, address: closed({ city: {} }, ['city']) }, ['_id']),
      { _id: {}, home: {}, address: closed({ city: {}, zip: {} }, ['city']) },
    ],
  ])('lets the new path in when the seal is gone, too: %s', (_, intent, before, properties) => {
    const all = stages(intent, schemaOf(before))
    const relaxed = all.find(({ purpose }) => purpose === 'relax')
    expect(relaxed?.to.$jsonSchema.properties).toEqual(properties)
    expect(all.at(-1)?.to.$jsonSchema.properties).toMatchObject(
      Object.fromEntries(
        Object.entries(properties).filter(([name]) => name !== 'zip' || intent.includes('to: zip')),
      ),
    )
  })
})

describe('a split', () => {
  const old = closed({ _id: {}, full: {} }, ['full'])

  it('takes the old field out of the schema in the end, and leaves the new ones free', () => {
    expect(stages(SPLIT(), schemaOf(old)).at(-1)).toMatchObject({
      purpose: 'final',
      to: {
        $jsonSchema: { bsonType: 'object', properties: { _id: {}, first: {} }, additionalProperties: false },
      },
    })
  })

  it('with unparsed: keep goes on letting the old field in, because some documents keep it', () => {
    const kept = stages(SPLIT(', unparsed: keep'), schemaOf(old))
    expect(kept.map(({ purpose }) => purpose)).toEqual(['permit', 'seal', 'relax'])
    expect(kept.at(-1)?.to).toEqual({
      $jsonSchema: {
        bsonType: 'object',
        properties: { _id: {}, first: {}, full: {} },
        additionalProperties: false,
      },
    })
  })

  it('with a required new field asks for it from the seal on, also when the old one is gone', () => {
    const required = SPLIT().replace('first: {', 'first: { required: true, bson_type: string,')
    const asks = { $jsonSchema: { required: ['first'], properties: { first: { bsonType: 'string' } } } }
    const [seal, relax, ...more] = stages(required, null)
    expect(seal?.to).toMatchObject({ $and: [{ $expr: expect.anything() }, asks] })
    expect(relax).toMatchObject({ purpose: 'relax', to: asks, level: 'strict', action: 'error' })
    expect(more).toEqual([])
  })
})

const CONVERT =
  'change_field_type: { collection: users, field: age, to: int, using: { cast: { column: age, to: int } }, back: { cast: { column: age, to: string } } }'
const CONVERTED = { $expr: { $in: [{ $type: '$age' }, ['int', 'missing', 'null']] } }

it('what a conversion holds writers to stays when a rename beside it lets go of its old field', () => {
  const [seal, relax] = stages(`${CONVERT}\n  - ${RENAME}`, null)
  expect(seal?.to).toEqual({ $expr: { $and: [CONVERTED.$expr, SAME] } })
  expect(relax).toMatchObject({ purpose: 'relax', to: CONVERTED })
})

it('a conversion frees the field before the backfill, and its own rule stays when the plan is done', () => {
  const schema = { required: ['age', 'full'], properties: { age: { bsonType: 'string' } } }
  expect(stages(CONVERT, schemaOf(schema))).toMatchObject([
    { purpose: 'permit', to: { $jsonSchema: { required: ['full'] } } },
    {
      purpose: 'seal',
      to: {
        $and: [{ $jsonSchema: { required: ['full'] } }, CONVERTED],
      },
    },
  ])
})

it('a validator of the plan replaces whatever is there in one step, and a rollback brings that back', () => {
  const before = { required: ['full'] }
  const set = 'set_validator: { collection: users, schema: { required: [age] } }'
  expect(stages(set, schemaOf(before, { action: 'warn' }))).toEqual([
    {
      purpose: 'wish',
      from: { $jsonSchema: before },
      to: { $jsonSchema: { required: ['age'] } },
      level: 'strict',
      action: 'error',
    },
  ])
})
