import { describe, expect, it } from 'vitest'
import { language } from '../../../src/dialects/mongodb/language.ts'

const { indexes } = language

describe('an index', () => {
  it('is written with its options in the order of the alphabet', () => {
    const wish = { sparse: false, partial: null, expireAfter: null, unique: true }
    expect(indexes.define({ ...wish, name: 'x', keys: { b: 1, a: -1 } })).toBe(
      '{"key":{"b":1,"a":-1},"name":"x","unique":true}',
    )
    for (const wrong of [
      { name: '', keys: { a: 1 as const } },
      { name: 'x', keys: {} },
      { name: 'x', keys: { a: 'btree' } },
      { name: 'x', keys: { a: 'hashed' } },
      { name: 'x', keys: { $a: 1 as const } },
      { name: 'x', keys: { a: 1 as const }, sparse: true, partial: { a: 1 } },
    ])
      expect(indexes.define({ ...wish, ...wrong })).toHaveProperty('refused')
  })

  it('has a twin for the field under its new name', () => {
    const twin = (definition: object, taken: string[] = []) =>
      indexes.renamed(JSON.stringify({ v: 2, ...definition }), 'last_name', 'family_name', taken)
    expect(twin({ key: { last_name: 1, age: -1 }, name: 'last_name_1_age_-1' })).toEqual({
      name: 'family_name_1_age_-1',
      definition: '{"key":{"family_name":1,"age":-1},"name":"family_name_1_age_-1"}',
    })
    expect(twin({ key: { last_name: 1 }, name: 'by_last_name' }, ['by_family_name'])).toMatchObject({
      name: 'by_family_name_2',
    })
    expect(
      twin({
        key: { age: 1 },
        name: 'x',
        partialFilterExpression: { last_name: { $exists: true } },
      }),
    ).toMatchObject({ definition: expect.stringContaining('"family_name":{"$exists":true}') })
    expect(twin({ key: { _fts: 'text', _ftsx: 1 }, name: 'x', weights: { last_name: 1 } })).toHaveProperty(
      'refused',
    )
    expect(twin({ key: { last_name: 1, family_name: 1 }, name: 'x' })).toHaveProperty('refused')
  })

  it('refuses documents without the field when it is unique and does not pass them by', () => {
    const refuses = (more: object, field = 'a') =>
      indexes.refusesMissing(JSON.stringify({ key: { a: 1 }, name: 'x', unique: true, ...more }), field)
    expect(refuses({})).toBe(true)
    expect(refuses({ unique: false })).toBe(false)
    expect(refuses({ sparse: true })).toBe(false)
    expect(refuses({ partialFilterExpression: { a: { $exists: true } } })).toBe(false)
    expect(refuses({ partialFilterExpression: { b: { $gt: 1 } } })).toBe(true)
    expect(refuses({ partialFilterExpression: { 'a.b': { $gt: 1 } }, key: { 'a.b': 1 } })).toBe(false)
    // The other parts remain, and the filter takes in by what is out of date.
    for (const more of [{}, { sparse: true }, { partialFilterExpression: { a: { $exists: true } } }])
      expect(refuses({ key: { a: 1, b: 1 }, ...more })).toBe(true)
    expect(refuses({ partialFilterExpression: { b: { $exists: true } } }, 'b')).toBe(true)
    expect(refuses({ key: { a: 1, b: 1 }, unique: false })).toBe(false)
    expect(indexes.unique('{"key":{"a":1},"name":"x","unique":true}', false)).toBe(
      '{"key":{"a":1},"name":"x"}',
    )
  })

  it('expires documents after any number of seconds, none included', () => {
    const expires = (more: object) => indexes.expires(JSON.stringify({ key: { a: 1 }, name: 'x', ...more }))
    expect([expires({ expireAfterSeconds: 0 }), expires({ expireAfterSeconds: 60 }), expires({})]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('is like another one of the same fields and filter, whatever it is called and refuses', () => {
    const alike = (one: object, other: object) =>
      indexes.alike(
        JSON.stringify({ key: { a: 1, b: 1 }, name: 'x', ...one }),
        JSON.stringify({ key: { a: 1, b: 1 }, name: 'y', ...other }),
      )
    const filter = { partialFilterExpression: { a: { $gt: 1 } } }
    for (const one of [{}, { unique: true }, { hidden: true }, { expireAfterSeconds: 1 }])
      expect([alike(one, {}), alike({ ...one, ...filter }, filter)], JSON.stringify(one)).toEqual([
        true,
        true,
      ])
    for (const one of [filter, { sparse: true }, { collation: { locale: 'de' } }, { key: { b: 1, a: 1 } }])
      expect(alike(one, {}), JSON.stringify(one)).toBe(false)
  })
})
