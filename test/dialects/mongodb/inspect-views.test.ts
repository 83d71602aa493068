import { describe, expect, it } from 'vitest'
import { type View, viewsOver } from '../../../src/dialects/mongodb/inspect/views.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'
import { collectionOf, inspected } from './inspecting.ts'

describeEachMongo('inspecting views', (server) => {
  it('names the fields that a view reads, and those of a view on a view', async () => {
    const snapshot = await inspected(server, async (db) => {
      await db.createCollection('users')
      await db.createCollection('active', {
        viewOn: 'users',
        pipeline: [{ $match: { state: 'on' } }, { $project: { name: '$last_name' } }],
      })
      await db.createCollection('long', {
        viewOn: 'active',
        pipeline: [{ $match: { $expr: { $gt: [{ $strLenCP: '$name' }, 9] } } }, { $sort: { city: 1 } }],
      })
      await db.createCollection('all', { viewOn: 'users', pipeline: [] })
      await db.createCollection('wrapped', { viewOn: 'users', pipeline: [{ $replaceWith: { a: '$$ROOT' } }] })
      await db.createCollection('others', { viewOn: 'orders', pipeline: [{ $match: { state: 1 } }] })
    })
    expect(collectionOf(snapshot).views).toEqual([
      { name: 'active', fields: ['last_name', 'state'] },
      { name: 'all', fields: [] },
      { name: 'long', fields: ['city', 'last_name', 'state'] },
      { name: 'wrapped', fields: null },
    ])
    expect(collectionOf(snapshot, 'active').views).toEqual([{ name: 'long', fields: ['city', 'name'] }])
  })

  it('names the fields of a collection that a view joins', async () => {
    const snapshot = await inspected(server, async (db) => {
      await db.createCollection('users')
      await db.createCollection('orders')
      await db.createCollection('signed', {
        viewOn: 'orders',
        pipeline: [
          { $lookup: { from: 'users', localField: 'user', foreignField: 'email', as: 'by' } },
          { $unwind: '$by' },
          { $project: { total: 1, who: '$by.last_name' } },
        ],
      })
    })
    expect(collectionOf(snapshot).views).toEqual([{ name: 'signed', fields: ['email', 'last_name'] }])
    expect(collectionOf(snapshot, 'orders').views).toEqual([{ name: 'signed', fields: ['total', 'user'] }])
  })
})

/** The fields of `users` that a pipeline over it names. */
const fieldsOf = (...pipeline: object[]) =>
  viewsOver('users', [{ name: 'v', on: 'users', pipeline }])[0]?.fields

describe('a view needs', () => {
  it.each([
    [
      'what it matches',
      [{ $match: { $or: [{ a: 1 }, { 'b.c': { $gt: 1 } }], d: { $elemMatch: { e: 1 } } } }],
      'a b.c d d.e',
    ],
    ['places in arrays as the array', [{ $match: { 'items.0.price': 1 } }], 'items.price'],
    ['what it shows', [{ $project: { a: 1, b: { c: 1, d: '$e.f' }, _id: 0 } }], '_id a b.c e.f'],
    ['what it hides', [{ $unset: ['a', 'b.c'] }], 'a b.c'],
    ['what it computes from', [{ $set: { x: { $concat: ['$a', ' ', '$b.c'] } } }], 'a b.c'],
    ['no literal', [{ $set: { x: { $literal: '$a' }, y: '$$NOW' } }], ''],
    ['what it sorts by', [{ $sort: { a: 1, score: { $meta: 'textScore' } } }], 'a'],
    ['what it groups', [{ $group: { _id: '$a', n: { $sum: '$b' } } }, { $match: { n: 1, c: 1 } }], 'a b'],
    ['what it counts', [{ $sortByCount: '$a' }, { $sort: { count: 1 } }], 'a'],
    ['what it unwinds', [{ $unwind: { path: '$a.b', includeArrayIndex: 'i' } }, { $match: { i: 1 } }], 'a.b'],
    ['paths from the root', [{ $set: { x: '$$ROOT.a', y: '$$CURRENT.b' } }], 'a b'],
    [
      'fields by their names',
      [{ $set: { x: { $getField: 'a' }, y: { $getField: { field: { $literal: '$b' } } } } }],
      '$b a',
    ],
    ['no variables', [{ $set: { x: { $map: { input: '$a', as: 'one', in: '$$one.b' } } } }], 'a'],
    ['each of several ways', [{ $facet: { x: [{ $match: { a: 1 } }], y: [{ $sort: { b: 1 } }] } }], 'a b'],
    [
      'windows',
      [{ $setWindowFields: { partitionBy: '$a', sortBy: { b: 1 }, output: { x: { $sum: '$c' } } } }],
      'a b c',
    ],
  ])('%s', (_, pipeline, fields) => {
    expect(fieldsOf(...pipeline)?.join(' ')).toBe(fields)
  })

  it('no field that it makes itself', () => {
    expect(fieldsOf({ $set: { last_name: '$family_name' } }, { $match: { last_name: 'x' } })).toEqual([
      'family_name',
    ])
    expect(fieldsOf({ $set: { a: { b: '$c' } } }, { $match: { 'a.b': 1, 'a.d': 1 } })).toEqual(['a.d', 'c'])
  })

  it.each([
    [{ $match: { $where: 'this.a' } }],
    [{ $set: { x: { $function: { body: 'f', args: [], lang: 'js' } } } }],
    [{ $group: { _id: '$a', all: { $push: '$$ROOT' } } }],
    [{ $match: { $jsonSchema: { required: ['a'] } } }],
    [{ $set: { x: { $getField: '$a' } } }],
    [{ $redact: { $cond: ['$a', '$$DESCEND', '$$PRUNE'] } }],
    [{ $inventedLater: { path: 'a' } }],
  ])('fields that nobody can tell, with %j', (stage) => {
    expect(fieldsOf(stage)).toBeNull()
  })
})

describe('a view that joins', () => {
  const over = (...views: View[]) => viewsOver('users', views)
  const joining = (...pipeline: object[]) => over({ name: 'v', on: 'orders', pipeline })[0]?.fields
  const lookup = (more: object = {}) => ({ $lookup: { from: 'users', as: 'by', ...more } })

  it('needs what its inner pipeline names, and of the outer one what it names beneath it', () => {
    expect(
      joining(
        lookup({ let: { id: '$id' }, pipeline: [{ $match: { a: 1, $expr: { $eq: ['$b', '$$id'] } } }] }),
        { $match: { total: 1, 'by.c': 1, by: { $elemMatch: { d: 1 } } } },
      ),
    ).toEqual(['a', 'b', 'c', 'd'])
  })

  it('may need anything where it hands the documents on under another name', () => {
    expect(joining(lookup(), { $set: { first: { $first: '$by' } } })).toBeNull()
    expect(joining(lookup(), { $replaceWith: '$by' })).toBeNull()
    expect(joining(lookup(), { $replaceWith: '$other' })).toEqual([])
  })

  it('needs what it follows from document to document', () => {
    const graph = {
      from: 'users',
      startWith: '$boss',
      connectFromField: 'boss',
      connectToField: '_id',
      as: 'up',
    }
    expect(joining({ $graphLookup: { ...graph, restrictSearchWithMatch: { state: 1 } } })).toEqual([
      '_id',
      'boss',
      'state',
    ])
  })

  it('needs what it names of both collections that it puts together', () => {
    expect(joining({ $match: { a: 1 } }, { $unionWith: 'users' }, { $match: { b: 1 } })).toEqual(['b'])
    const union = { coll: 'users', pipeline: [{ $set: { b: '$c' } }] }
    expect(joining({ $unionWith: union }, { $match: { b: 1, d: 1 } })).toEqual(['c', 'd'])
    // Computed in some of the documents only.
    expect(fieldsOf({ $set: { b: '$c' } }, { $unionWith: 'users' }, { $match: { b: 1 } })).toEqual(['b', 'c'])
  })

  it('is found through the view that it joins', () => {
    const inner: View = {
      name: 'short',
      on: 'users',
      pipeline: [{ $project: { name: '$last_name', city: 1 } }],
    }
    const outer: View = {
      name: 'v',
      on: 'orders',
      pipeline: [
        { $lookup: { from: 'short', localField: 'x', foreignField: 'name', as: 'by' } },
        { $match: { 'by.name': 1, 'by.city': 1 } },
      ],
    }
    expect(over(inner, outer)[1]).toEqual({ name: 'v', fields: ['city', 'last_name'] })
  })

  it('is not there where it has nothing to do with the collection', () => {
    expect(over({ name: 'v', on: 'orders', pipeline: [{ $lookup: { from: 'teams', as: 'x' } }] })).toEqual([])
  })

  it('ends where views lead back to themselves', () => {
    expect(over({ name: 'a', on: 'b', pipeline: [] }, { name: 'b', on: 'a', pipeline: [] })).toEqual([])
  })
})
