import type { Db } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { language } from '../../../src/dialects/mongodb/language.ts'
import type { Validator } from '../../../src/schema/collection.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { does, renaming, splitting, TABLE, writers } from './running.ts'

const { validators } = language

const strict = (rule: object, more: Partial<Validator> = {}): Validator => ({
  rule: JSON.stringify(rule),
  level: 'strict',
  action: 'error',
  ...more,
})
const schema = (of: object, more: Partial<Validator> = {}) => strict({ $jsonSchema: of }, more)
const rule = (validator: Validator | null) => validator && JSON.parse(validator.rule)

const CLOSED = {
  bsonType: 'object',
  required: ['_id', 'last_name'],
  additionalProperties: false,
  properties: { _id: {}, last_name: { bsonType: 'string', maxLength: 5 }, tags: {} },
}

const NESTED = {
  properties: {
    address: {
      bsonType: 'object',
      required: ['zip'],
      additionalProperties: false,
      properties: { zip: { bsonType: 'string' } },
    },
    items: {
      bsonType: 'array',
      items: {
        additionalProperties: false,
        properties: { price: { bsonType: 'number' } },
        required: ['price'],
      },
    },
  },
}

describe('a validator', () => {
  it('lets new fields in where it names all that it allows', () => {
    expect(rule(validators.permit(schema(CLOSED), ['family_name'])).$jsonSchema.properties).toEqual({
      ...CLOSED.properties,
      family_name: {},
    })
    const nested = rule(validators.permit(schema(NESTED), ['address.postcode', 'items.cost']))
    expect(nested.$jsonSchema.properties.address.properties).toHaveProperty('postcode', {})
    expect(nested.$jsonSchema.properties.items.items.properties).toHaveProperty('cost', {})
  })

  it('is the same one where it lets them in anyway', () => {
    for (const one of [
      schema({ required: ['a'] }),
      strict({ a: { $exists: true } }),
      schema(CLOSED, { action: 'warn' }),
      schema(CLOSED, { level: 'off' }),
      schema({ additionalProperties: false, patternProperties: { '^f': {} }, properties: {} }),
      null,
    ])
      expect(validators.permit(one, ['family_name'])).toBe(one)
  })

  it('renames a field in schemas, matches and expressions, beneath subdocuments and elements', () => {
    const both = strict({
      $and: [
        { $jsonSchema: CLOSED },
        { last_name: { $ne: '' }, 'last_name.x': 1 },
        { $expr: { $ne: ['$last_name', { $literal: '$last_name' }] } },
      ],
    })
    expect(rule(validators.renamed(both, 'last_name', 'family_name'))).toEqual({
      $and: [
        {
          $jsonSchema: {
            ...CLOSED,
            required: ['_id', 'family_name'],
            properties: { _id: {}, family_name: { bsonType: 'string', maxLength: 5 }, tags: {} },
          },
        },
        { family_name: { $ne: '' }, 'family_name.x': 1 },
        { $expr: { $ne: ['$family_name', { $literal: '$last_name' }] } },
      ],
    })
    const nested = rule(validators.renamed(schema(NESTED), 'items.price', 'items.cost'))
    expect(nested.$jsonSchema.properties.items.items).toMatchObject({
      properties: { cost: { bsonType: 'number' } },
      required: ['cost'],
    })
  })

  it('renames a field to one that it names already: the rule of the renamed one counts', () => {
    const text = { bsonType: 'string' }
    const both = { required: ['a', 'b'], properties: { a: text, b: { bsonType: 'int' } } }
    const swapped = { required: ['b', 'a'], properties: { b: { bsonType: 'int' }, a: text } }
    for (const of of [both, swapped])
      expect(rule(validators.renamed(schema(of), 'a', 'b'))).toEqual({
        $jsonSchema: { required: ['b'], properties: { b: text } },
      })
    expect(rule(validators.renamed(schema({ properties: { b: text } }), 'a', 'b'))).toEqual({
      $jsonSchema: { properties: { b: text } },
    })
    const elsewhere = {
      required: ['a'],
      properties: { a: text, c: { required: ['b'], properties: { b: {} } } },
    }
    expect(rule(validators.renamed(schema(elsewhere), 'a', 'c.b'))).toEqual({
      $jsonSchema: { properties: { c: { required: ['b'], properties: { b: text } } } },
    })
    for (const match of [
      { a: { $gt: 1 }, b: { $gt: 2 } },
      { b: { $gt: 2 }, a: { $gt: 1 } },
    ])
      expect(rule(validators.renamed(strict(match), 'a', 'b'))).toEqual({ b: { $gt: 1 } })
  })

  it('takes along what it says of a field that moves elsewhere', () => {
    const moved = rule(
      validators.renamed(
        schema({ required: ['zip'], properties: { zip: { bsonType: 'string' } } }),
        'zip',
        'address.zip',
      ),
    )
    expect(moved.$jsonSchema).toEqual({
      properties: { address: { properties: { zip: { bsonType: 'string' } }, required: ['zip'] } },
    })
  })

  it('releases a field, and still knows it where it allows only what it names', () => {
    expect(rule(validators.released(schema(CLOSED), 'last_name')).$jsonSchema).toEqual({
      ...CLOSED,
      required: ['_id'],
      properties: { _id: {}, last_name: {}, tags: {} },
    })
    expect(validators.released(schema({ required: ['last_name'] }), 'last_name')).toBeNull()
    expect(validators.released(strict({ last_name: { $type: 'string' } }), 'last_name')).toBeNull()
  })

  it('forgets a field altogether', () => {
    expect(rule(validators.without(schema(CLOSED), 'last_name')).$jsonSchema).toEqual({
      ...CLOSED,
      required: ['_id'],
      properties: { _id: {}, tags: {} },
    })
    const nested = rule(validators.without(schema(NESTED), 'address.zip'))
    expect(nested.$jsonSchema.properties.address).toEqual({
      bsonType: 'object',
      additionalProperties: false,
      properties: {},
    })
  })

  it('is opaque where a field stands in an alternative, a pattern or in code', () => {
    for (const one of [
      schema({ anyOf: [{ required: ['a'] }, { required: ['b'] }] }),
      schema({ not: { properties: { a: {} } } }),
      schema({ patternProperties: { '^a$': {} } }),
      schema({ dependencies: { x: ['a'] } }),
      strict({ $where: 'this.a > 1' }),
      strict({ $or: [{ a: 1 }, { b: 1 }] }),
      strict({ $expr: { $gt: [{ $size: { $objectToArray: '$$ROOT' } }, 1] } }),
    ])
      expect(validators.opaque(one, 'a'), one.rule).toBe(true)
    for (const one of [
      schema({ anyOf: [{ required: ['b'] }], required: ['a'], properties: { a: {} } }),
      strict({ a: { $exists: true } }),
      strict({ $expr: { $gt: ['$a', 1] } }),
      strict({ $or: [{ b: 1 }, { c: 1 }] }),
      null,
    ])
      expect(validators.opaque(one, 'a'), one?.rule).toBe(false)
    expect(validators.opaque(strict({ items: { $elemMatch: { price: 1 } } }), 'items.price')).toBe(true)
    expect(validators.opaque(strict({ items: { $exists: true } }), 'items.price')).toBe(false)
  })

  it('that only warns gives way to the seal, and a moderate one stays moderate', () => {
    const groups = [renaming('a', 'b')]
    const warning = schema({ required: ['x'] }, { action: 'warn', level: 'moderate' })
    expect(validators.sealed(warning, groups)).toMatchObject({ level: 'strict', action: 'error' })
    expect(validators.sealed(warning, groups)?.rule).not.toContain('required')
    const moderate = schema({ required: ['x'] }, { level: 'moderate' })
    expect(validators.sealed(moderate, groups)).toMatchObject({ level: 'moderate', action: 'error' })
    expect(validators.sealed(moderate, groups)?.rule).toContain('required')
    expect(validators.sealed(null, [])).toBeNull()
  })

  it('of a plan has to be one that the server takes', () => {
    const written = (of: unknown) => validators.written(of, 'strict', 'error')
    expect(written(CLOSED)).toEqual(schema(CLOSED))
    expect(written({ $jsonSchema: CLOSED })).toEqual(schema(CLOSED))
    for (const of of [
      'text',
      { type: 'integer' },
      { properties: { a: { bsonType: 'varchar' } } },
      { properties: { a: { format: 'email' } } },
      { required: [] },
      { items: { $ref: '#/x' } },
      { anyOf: [] },
      { properties: { a: { default: 1 } } },
    ])
      expect(written(of), JSON.stringify(of)).toMatchObject({
        refused: expect.any(String),
        hint: expect.any(String),
      })
  })
})

describeEachMongo('validators', (server) => {
  const setting = async (db: Db, to: Validator | null, purpose: 'seal' | 'wish' = 'seal') =>
    does(db, writers.set_validator({ do: 'set_validator', table: TABLE(db), purpose, to, from: null }))

  const takes = async (db: Db, document: object): Promise<boolean> =>
    db
      .collection('users')
      .insertOne({ ...document })
      .then(
        () => true,
        (error: { code?: number }) => {
          if (error.code !== 121) throw error
          return false
        },
      )

  it('the seal refuses writers of one shape, and lets those of both through', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await db.createCollection('users')
    await setting(db, validators.sealed(schema({ required: ['a'] }), [renaming('a', 'b'), splitting()]))
    expect(await takes(db, { a: 1, b: 1 })).toBe(true)
    expect(await takes(db, { a: 1, b: 1, name: 'Ada L', first: 'Ada', last: 'L' })).toBe(true)
    expect(await takes(db, { a: 1 })).toBe(false)
    expect(await takes(db, { a: 1, b: 1, name: 'Ada L' })).toBe(false)
    expect(await takes(db, { a: 1, b: 1, name: 5 })).toBe(false)
    await setting(db, null)
    expect(await takes(db, { a: 1 })).toBe(true)
  })

  it('the seal looks into every element', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await db.createCollection('users')
    await setting(db, validators.sealed(null, [renaming('items.a', 'items.b', 'items')]))
    expect(await takes(db, { items: [{ a: 1, b: 1 }, 5] })).toBe(true)
    expect(await takes(db, { items: [] })).toBe(true)
    expect(await takes(db, {})).toBe(true)
    expect(await takes(db, { items: [{ a: 1, b: 1 }, { a: 1 }] })).toBe(false)
  })

  it('a required field is there, of its type, and not null; beneath subdocuments and elements as well', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await db.createCollection('users')
    await setting(db, validators.requiring(schema({ required: ['x'] }), 'a', ['int', 'string']))
    expect(await takes(db, { x: 1, a: 'text' })).toBe(true)
    expect(await takes(db, { x: 1, a: null })).toBe(false)
    expect(await takes(db, { x: 1 })).toBe(false)
    expect(await takes(db, { a: 1 })).toBe(false)
    await setting(db, validators.requiring(null, 'a', []))
    expect([await takes(db, { a: null }), await takes(db, { a: 1 })]).toEqual([false, true])
    await setting(db, validators.requiring(null, 'items.a', ['int']))
    expect(await takes(db, { items: [{ a: 1 }, { a: 2 }] })).toBe(true)
    expect(await takes(db, { items: { a: 1 } })).toBe(true)
    expect(await takes(db, {})).toBe(true)
    expect(await takes(db, { items: [{ a: 1 }, {}] })).toBe(false)
    expect(await takes(db, { items: { b: 1 } })).toBe(false)
  })
})
