import { describe, expect, it } from 'vitest'
import type { Collection, CollectionIndex } from '../../src/schema/collection.ts'
import { collection, documents, indexOn, schemaOf } from '../support/collections.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'

const FIELDS = { seen: 'date', last_name: 'string', age: 'string' }

const on = (more: Partial<Collection> = {}) => documents([collection('users', FIELDS, more)])

/** One by which the server deletes documents. */
const expiring = (field: string): CollectionIndex => {
  const index = indexOn({ [field]: 1 })
  return {
    ...index,
    definition: JSON.stringify({ expireAfterSeconds: 3600, ...JSON.parse(index.definition) }),
  }
}

const stepsOf = (intent: string, more: Partial<Collection>, keys = '') =>
  compiled(planOf(intent, keys), on(more)).phases.flatMap(({ steps }) => steps)

const actions = (...given: Parameters<typeof stepsOf>): string[] =>
  stepsOf(...given).map(({ phase, parts }) =>
    [`${phase}:`, ...parts.map(({ action }) => ('purpose' in action ? action.purpose : action.do))].join(' '),
  )

const RENAME = 'rename_field: { collection: users, from: seen, to: seen_at }'
const DROP = 'drop_field: { collection: users, field: seen }'
const LASTING = { indexes: [expiring('seen')] }

describe('an index by which the server deletes documents', () => {
  it('goes when the old field is retired: hidden it would go on, by a field that nobody keeps up', () => {
    expect(actions(RENAME, LASTING)).toContain('contract: remove_index relax')
    expect(actions(DROP, LASTING)).toEqual(['contract: remove_index', 'contract: unset_fields'])
    const step = stepsOf(RENAME, LASTING).find(({ parts }) => parts[0]?.action.do === 'remove_index')
    expect(step?.reason).toContain('delete documents by an old field that nobody keeps up any more')
    expect(step?.reversible).toBe(true)
    expect(step?.parts[0]?.written.undo?.join()).toContain('"expireAfterSeconds":3600')
  })

  it('refusing documents is another reason to go then', () => {
    const [step] = stepsOf(DROP, { indexes: [indexOn({ seen: 1 }, { unique: true })] })
    expect(step?.reason).toContain('refuse documents whose old field is missing or out of date')
  })

  it('gets its twin when every document has both fields, and not before', () => {
    const both = { indexes: [...LASTING.indexes, indexOn({ seen: 1, age: 1 })] }
    expect(actions(RENAME, both).filter((one) => one.startsWith('enforce'))).toEqual([
      'enforce: build_index',
      'enforce: await_quiescence',
      'enforce: seal',
      'enforce: build_index',
    ])
    const built = stepsOf(RENAME, both).flatMap(({ parts }) =>
      parts.flatMap(({ action }) => (action.do === 'build_index' ? [action.name] : [])),
    )
    expect(built).toEqual(['seen_at_1_age_1', 'seen_at_1'])
  })

  it('is warned of when it is hidden first, or goes without a twin', () => {
    const warned = (intent: string, more: Partial<Collection> = LASTING) =>
      compiled(planOf(intent), on(more)).warnings.join()
    const drop = 'drop_index: { collection: users, name: seen_1 }'
    expect(warned(drop)).toContain('goes on with it while the index is hidden')
    expect(warned(drop, { indexes: [indexOn({ seen: 1 })] })).not.toContain('goes on with it')
    expect(warned(DROP)).toContain('from contract on the server no longer deletes documents by it')
  })

  const date = '{ cast: { column: seen, to: date } }'
  const text = '{ cast: { column: seen, to: string } }'
  it.each([
    [
      'gets another type',
      `change_field_type: { collection: users, field: seen, to: string, using: ${text}, back: ${date} }`,
      'seen',
    ],
    [
      'gets another structure in place',
      `restructure_field: { collection: users, from: seen, to: seen, bson_type: string, value: ${text}, back: ${date} }`,
      'seen',
    ],
    ['is filled', 'add_field: { collection: users, field: role, fill: { now: true } }', 'role'],
    ['is what another one becomes', RENAME.replace('seen_at', 'role'), 'role'],
    [
      'is made from another one',
      'split_field: { collection: users, from: last_name, into: { role: { value: { column: last_name } } }, back: { column: role } }',
      'role',
    ],
  ])('stands in the way where its field %s', (_, intent, field) => {
    expect(findingsOf(planOf(intent), on({ indexes: [expiring(field)] }))).toMatchObject([
      {
        code: 'PLAN_UNSUPPORTED',
        message: expect.stringContaining(`by index ${field}_1 the server deletes documents of users`),
        hint: expect.stringContaining('drop it first (drop_index), build it afterwards'),
        at: { line: 4 },
      },
    ])
    expect(findingsOf(planOf(intent), on({ indexes: [indexOn({ [field]: -1 })] }))).toEqual([])
  })

  it('stands in nobody’s way where documents that are there get nothing', () => {
    const may = 'add_field: { collection: users, field: role }'
    expect(findingsOf(planOf(may), on({ indexes: [expiring('role')] }))).toEqual([])
  })
})

describe('an index like one that is there', () => {
  const UNIQUE = 'add_index: { collection: users, fields: [age], unique: true, name: one_age }'
  const PLAIN = UNIQUE.replace(', unique: true', '')
  const found = (intent: string, index: CollectionIndex) =>
    findingsOf(planOf(intent), on({ indexes: [index] }))

  it.each([
    ['a unique one beside a plain one', UNIQUE, indexOn({ age: 1 })],
    ['a plain one beside a unique one', PLAIN, indexOn({ age: 1 }, { unique: true })],
    [
      'one that deletes beside one that does not',
      PLAIN.replace('name', 'expire_after: 1h, name'),
      indexOn({ age: 1 }),
    ],
    [
      'one with the same filter',
      UNIQUE.replace('name', 'partial: { age: { $exists: true } }, name'),
      indexOn({ age: 1 }, { partial: { age: { $exists: true } } }),
    ],
  ])('is refused: %s', (_, intent, index) => {
    expect(found(intent, index)).toMatchObject([
      {
        code: 'PLAN_UNSUPPORTED',
        message: 'users has an index age_1 already',
        hint: expect.stringContaining('drop it first, in a plan of its own (drop_index)'),
        at: { line: 4 },
      },
    ])
  })

  it('is left out where it is the very same, and gets another name where only that is taken', () => {
    expect(found(PLAIN, indexOn({ age: 1 }))).toMatchObject([
      { hint: 'it is the same; leave this intent out' },
    ])
    expect(found(PLAIN, indexOn({ seen: 1 }, { name: 'one_age' }))).toMatchObject([
      { hint: expect.stringContaining('give the new one another name') },
    ])
  })

  it.each([
    ['another direction', indexOn({ age: -1 })],
    ['more fields', indexOn({ age: 1, seen: 1 })],
    ['a filter', indexOn({ age: 1 }, { partial: { age: { $exists: true } } })],
  ])('may be built where the other one has %s', (_, index) => {
    expect(found(UNIQUE, index)).toEqual([])
  })

  it('is refused where the twin of a renamed field would be it', () => {
    const indexes = [indexOn({ seen: 1 }), indexOn({ seen_at: 1 }, { name: 'early' })]
    expect(findingsOf(planOf(RENAME), on({ indexes }))).toMatchObject([
      {
        message: 'users has an index early already, where the twin of seen_1 has to be built',
        hint: expect.stringContaining('drop_index'),
      },
    ])
  })
})

describe('a conversion where the validator refuses nothing', () => {
  const CONVERT =
    'change_field_type: { collection: users, field: age, to: int, using: { cast: { column: age, to: int } }, back: { cast: { column: age, to: string } } }'
  const schema = { required: ['last_name', 'age'] }

  it.each([{ action: 'warn' }, { level: 'off' }] as const)('(%o) gives it back in contract', (lenient) => {
    const more = { validator: schemaOf(schema, lenient) }
    expect(actions(CONVERT, more).slice(-2)).toEqual(['contract: relax', 'contract: drop_kept'])
    const step = stepsOf(CONVERT, more).at(-2)
    expect(step?.title).toContain('its own validator, which refuses nothing, comes back')
    expect(step?.parts[0]?.action).toMatchObject({
      to: { rule: JSON.stringify({ $jsonSchema: { required: ['last_name'] } }), ...lenient },
    })
    const { warnings } = compiled(planOf(CONVERT), on(more))
    expect(warnings).toContainEqual(expect.stringMatching(/says of age is left out; set it anew/))
    expect(warnings).toContainEqual(expect.stringMatching(/nobody is held to the type of age/))
  })

  it('which nothing stood in for where a field only goes', () => {
    const more = { validator: schemaOf({ required: ['seen'], properties: { age: {} } }, { action: 'warn' }) }
    expect(stepsOf(DROP, more)[0]?.title).toBe(
      'retire the old shape of users: its validator no longer asks for it',
    )
  })

  it('but not where it refuses: then the rule of the conversion stays', () => {
    expect(actions(CONVERT, { validator: schemaOf(schema) })).not.toContain('contract: relax')
  })
})
