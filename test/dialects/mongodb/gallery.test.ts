import { expect, it } from 'vitest'
import type { Expression } from '../../../src/program/column.ts'
import type { FieldGroup } from '../../../src/program/document-action.ts'
import { collection, documents } from '../../support/collections.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { compiled, galleryNames, galleryText } from '../../support/programs.ts'
import { evaluated } from './running.ts'

const on = documents(
  ['users', 'orders', 'customers', 'people', 'contacts', 'products', 'client'].map((name) =>
    collection(name, {}, { indexes: [] }),
  ),
)

const expressionsOf = (group: FieldGroup): Expression[] => {
  if (group.kind === 'convert') return [group.using, group.back, ...(group.fallback ? [group.fallback] : [])]
  const pair = group.kind === 'pair' ? [...group.down, ...group.fallback] : []
  return [...group.up, ...pair].map(({ value }) => value)
}

const groupsOf = (plan: string): FieldGroup[] =>
  compiled(galleryText(plan), on).phases.flatMap(({ steps }) =>
    steps.flatMap(({ parts }) =>
      parts.flatMap(({ action }) => (action.do === 'fill_fields' ? action.groups : [])),
    ),
  )

const plans = galleryNames()
  .documents.filter((plan) => plan !== 'mongo-drop-index')
  .map((plan) => ({ plan, expressions: groupsOf(plan).flatMap(expressionsOf) }))
  .filter(({ expressions }) => expressions.length > 0)

/** What somebody may have written, whatever the application expects. */
const STRANGE = [
  null,
  5,
  1.5,
  true,
  '',
  'a, b',
  new Date(0),
  [],
  ['a'],
  [{ street: 'a' }],
  {},
  { text: 5 },
  { street: 5, city: 'b', state: 'OR', zip: '97201' },
  { street: 'a', city: 5, state: 'OR', zip: '97201' },
  { street: 'a', city: 'b', state: [], zip: '97201' },
  { street: 'a', city: 'b', state: 'OR', zip: 97201 },
  { mail: {}, email: [] },
]

describeEachMongo('an expression of the gallery', (server) => {
  it.each(plans)(
    'gives a value or null, and never an error, whatever it meets: $plan',
    async ({ expressions }) => {
      await using database = await mongoDatabase(server)
      for (const expression of expressions) {
        const read = expression.reads.map((path) => path.split('.')[0] ?? path)
        const fields = read.filter((field) => field !== '_id')
        const met = STRANGE.map((value) => Object.fromEntries(fields.map((field) => [field, value])))
        const made = await evaluated(database.db, expression, [{}, ...met])
        expect(made, expression.sql).toHaveLength(met.length + 1)
      }
    },
  )

  it('makes nothing of an address that is no text, and keeps all of it', async () => {
    const found = plans.find(({ plan }) => plan === 'mongo-restructure-field')?.expressions ?? []
    const [up, down, fallback] = found as [Expression, Expression, Expression]
    await using database = await mongoDatabase(server)
    const { db } = database
    const whole = '1 Main St, Portland, OR 97201'
    const [postal, nothing] = await evaluated(db, up, [{ address: whole }, { address: { lines: ['x'] } }])
    expect([postal, nothing]).toEqual([
      { street: '1 Main St', city: 'Portland', state: 'OR', zip: '97201' },
      null,
    ])
    const [kept] = await evaluated(db, fallback, [{ address: { lines: ['x'] } }])
    expect(kept).toEqual({ text: { lines: ['x'] } })
    expect(await evaluated(db, down, [{ postal }, { postal: kept }, { postal: 7 }])).toEqual([
      whole,
      { lines: ['x'] },
      null,
    ])
  })
})
