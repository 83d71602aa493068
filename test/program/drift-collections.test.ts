import { expect, it } from 'vitest'
import { describe, difference, shapeChanges } from '../../src/program/drift.ts'
import type { Collection, CollectionIndex } from '../../src/schema/collection.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'

const users = (more: Partial<Collection> = {}): Collection => ({
  name: 'users',
  kind: 'collection',
  collation: false,
  capped: false,
  validator: null,
  indexes: [],
  shardKey: null,
  views: [],
  documents: 3,
  bytes: 100,
  sampled: { documents: 0, all: false, fields: [] },
  ...more,
})

const index = (name: string, fields: string[], more: Partial<CollectionIndex> = {}): CollectionIndex => ({
  name,
  definition: `{"name":"${name}"}`,
  fields,
  unique: false,
  hidden: false,
  ...more,
})

const described = (collection: Partial<Collection>, ...columns: string[]) => {
  const snapshot: Snapshot = {
    format: 1,
    dialect: 'mongodb',
    server: { number: 70_000, version: '7.0.0' },
    schema: 'app',
    tables: [],
    collections: [users(collection), users({ name: 'orders' })],
    volatileFunctions: [],
  }
  return describe(snapshot, [{ table: { schema: 'app', name: 'users' }, columns }])
}

const PLAIN = { 'collection app.users': 'collection', 'validator app.users': 'none' }

it('describes a watched collection, and no other one', () => {
  expect(described({}, 'last_name')).toEqual(PLAIN)
})

it('says of a collection what decides how its documents are kept', () => {
  const odd = described({ kind: 'timeseries', capped: true, collation: true, shardKey: ['country', 'city'] })
  expect(odd['collection app.users']).toBe('timeseries, capped, own collation, sharded by country, city')
})

it('has the validator with what the server does about it', () => {
  const rule = '{"$jsonSchema":{"required":["a"]}}'
  const of = (validator: Collection['validator']) => described({ validator })['validator app.users']
  expect(of({ rule, level: 'moderate', action: 'warn' })).toBe(`${rule} (level moderate, action warn)`)
  expect(of(null)).toBe('none')
})

it('has the indexes with a field that is watched, lies in one or holds one', () => {
  const indexes = [
    index('same', ['address.zip']),
    index('within', ['x', 'address.zip.code']),
    index('above', ['address']),
    index('beside', ['address.zip_code', 'address.city']),
    index('gone', ['zip'], { hidden: true }),
  ]
  expect(described({ indexes }, 'address.zip')).toEqual({
    ...PLAIN,
    'index app.users.above': '{"name":"above"}',
    'index app.users.same': '{"name":"same"}',
    'index app.users.within': '{"name":"within"}',
  })
})

it('says that an index is hidden, once', () => {
  const of = (definition: string) =>
    described({ indexes: [index('a', ['a'], { hidden: true, definition })] }, 'a')['index app.users.a']
  expect(of('{"name":"a"}')).toBe('{"name":"a"} (hidden)')
  expect(of('{"hidden":true,"name":"a"}')).toBe('{"hidden":true,"name":"a"}')
})

it('has the views that need a watched field, or may need one', () => {
  const views = [
    { name: 'active', fields: ['address.zip', 'state', 'name'] },
    { name: 'other', fields: ['state'] },
    { name: 'all', fields: [] },
    { name: 'dark', fields: null },
  ]
  expect(described({ views }, 'name', 'address')).toEqual({
    ...PLAIN,
    'view active of app.users': 'needs address.zip, name',
    'view dark of app.users': 'needs nobody can tell what',
  })
})

it('does not take a view for a change of the shape', () => {
  const before = described({}, 'name')
  const after = described({ views: [{ name: 'v', fields: ['name'] }] }, 'name')
  expect(difference(before, after)).toEqual(['+ view v of app.users: needs name'])
  expect(shapeChanges(before, after)).toEqual([])
})

it('takes a validator, an index and a capped collection for such changes', () => {
  const before = described({}, 'name')
  const validator = { rule: '{}', level: 'strict', action: 'error' } as const
  const after = described({ validator, indexes: [index('i', ['name'])], capped: true }, 'name')
  expect(shapeChanges(before, after)).toEqual([
    '~ collection app.users: collection -> collection, capped',
    '+ index app.users.i: {"name":"i"}',
    '~ validator app.users: none -> {} (level strict, action error)',
  ])
})

it('does not change with sizes, and with what a sample showed', () => {
  const fields = [{ path: 'name', types: ['string'], array: false }]
  const grown = { documents: 1e9, bytes: 1e12, sampled: { documents: 1, all: true, fields } }
  expect(difference(described({}, 'name'), described(grown, 'name'))).toEqual([])
})
