import { describe, expect, it } from 'vitest'
import { collection, documents, indexOn, schemaOf, servers } from '../support/collections.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { ADD, findings, type More, on, RENAME, refused } from './said.ts'

const NESTED = 'rename_field: { collection: users, from: name.last, to: name.family }'
const DROP = 'drop_field: { collection: users, field: last_name }'
const CONVERT =
  'change_field_type: { collection: users, field: age, to: int, using: { cast: { column: age, to: int } }, back: { cast: { column: age, to: string } } }'
const INDEX = 'add_index: { collection: users, fields: [age] }'
const UNIQUE = 'add_index: { collection: users, fields: [age], unique: true }'
const VALIDATE = 'set_validator: { collection: users, schema: { required: [age] } }'

describe('a field of the shard key is not touched', () => {
  it.each([
    ['renamed', RENAME, ['last_name']],
    ['renamed to', RENAME, ['family_name']],
    ['dropped', DROP, ['age', 'last_name']],
    ['given another type', CONVERT, ['age']],
    ['changed within', NESTED, ['name']],
    ['changed above', NESTED.replace('name.last', 'name').replace('name.family', 'full'), ['name.last']],
  ])('%s', (_, intent, shardKey) => {
    expect(findings(intent, { shardKey }, servers.sharded)).toMatchObject(
      refused('part of the shard key', 'reshard the collection first'),
    )
    if (intent === CONVERT) return
    expect(findings(intent, { shardKey: ['other'] }, servers.sharded)).toEqual([])
  })
})

it('a field of a sharded collection is not converted in place, because that writes by _id alone', () => {
  expect(findings(CONVERT, { shardKey: ['other'] }, servers.sharded)).toMatchObject(
    refused('sharded by other', 'give the field a new name'),
  )
  expect(findings(CONVERT, { shardKey: ['_id'] }, servers.sharded)).toEqual([])
})

describe('indexes of a sharded collection', () => {
  const index = (fields: string) => UNIQUE.replace('[age]', fields)

  it('are unique only where they begin with the shard key', () => {
    expect(findings(UNIQUE, { shardKey: ['team'] }, servers.sharded)).toMatchObject(
      refused('sharded by team', 'begin the index with team'),
    )
    expect(findings(index('[age, team]'), { shardKey: ['team'] }, servers.sharded)).toHaveLength(1)
    expect(findings(index('[team, age]'), { shardKey: ['team'] }, servers.sharded)).toEqual([])
    expect(findings(INDEX, { shardKey: ['team'] }, servers.sharded)).toEqual([])
  })

  it('stay where the server needs them', () => {
    const drop = (name: string) => `drop_index: { collection: users, name: ${name} }`
    const more = { shardKey: ['team'], indexes: [indexOn({ team: 1, age: 1 }), indexOn({ age: 1 })] }
    expect(findings(drop('team_1_age_1'), more, servers.sharded)).toMatchObject(
      refused('begins with the shard key', 'reshard'),
    )
    expect(findings(drop('age_1'), more, servers.sharded)).toEqual([])
  })
})

describe('a collection in which shapes cannot be changed is refused', () => {
  const intents = [RENAME, DROP, ADD, CONVERT]
  it.each<[string, More, string, string, readonly string[]]>([
    [
      'a view',
      { kind: 'view' },
      'is a view',
      'change the collection that it shows',
      [...intents, INDEX, VALIDATE],
    ],
    [
      'a time series',
      { kind: 'timeseries' },
      'time series',
      'write the new shape',
      [...intents, INDEX, VALIDATE],
    ],
    ['a capped one', { capped: true }, 'is capped', 'make a new collection', intents],
    ['one with a collation', { collation: true }, 'collation', 'copy it', [RENAME]],
  ])('%s', (_, more, message, hint, all) => {
    for (const intent of all) expect(findings(intent, more), intent).toMatchObject(refused(message, hint))
  })

  it.each([
    ...[RENAME, DROP, ADD, CONVERT, NESTED, INDEX, UNIQUE, VALIDATE],
    'drop_index: { collection: users, name: age_1 }',
    'rename_collection: { from: users, to: people }',
  ])('where clients encrypt its fields, whatever is asked: %s', (intent) => {
    expect(findings(intent, { encrypted: true, indexes: [indexOn({ age: 1 })] })).toMatchObject(
      refused('clients of users encrypt its fields', 'schemaMap'),
    )
  })

  it('but a capped one may get an index and a validator, and one with a collation a field', () => {
    for (const intent of [INDEX, VALIDATE]) expect(findings(intent, { capped: true })).toEqual([])
    for (const intent of [ADD, DROP, CONVERT]) expect(findings(intent, { collation: true })).toEqual([])
  })

  it.each([RENAME, DROP, CONVERT.replaceAll('age', 'last_name')])(
    'one whose validator cannot be followed: %s',
    (intent) => {
      const validator = schemaOf({ anyOf: [{ required: ['last_name'] }, { required: ['age'] }] })
      expect(findings(intent, { validator })).toMatchObject(
        refused('speaks of last_name in a way that cannot be followed', 'set_validator'),
      )
      expect(findings(ADD, { validator })).toEqual([])
    },
  )
})

it('a schema that refuses every document for its _id is refused itself', () => {
  const validate = (schema: string) => findings(`set_validator: { collection: users, schema: ${schema} }`)
  const closed = '{ additionalProperties: false, properties: { age: {} } }'
  for (const schema of [
    closed,
    `{ allOf: [{ required: [age] }, ${closed}] }`,
    `{ anyOf: [${closed}, ${closed}] }`,
    "{ additionalProperties: false, patternProperties: { '^a': {} } }",
  ])
    expect(validate(schema), schema).toMatchObject(
      refused('every document has an _id', 'add _id: {} to its properties', 'PLAN_EXPRESSION'),
    )
  for (const schema of [
    closed.replace('{ age', '{ _id: {}, age'),
    `{ anyOf: [{ required: [age] }, ${closed}] }`,
    "{ additionalProperties: false, patternProperties: { '^(_|a)': {} } }",
    `{ properties: { name: ${closed} } }`,
  ])
    expect(validate(schema), schema).toEqual([])
})

describe('one thing is changed by one intent', () => {
  it.each([
    ['the same field', `${RENAME}\n  - ${DROP}`, 'last_name is changed by two intents'],
    ['a field within', `${DROP.replace('last_name', 'name')}\n  - ${NESTED}`, 'name.last is changed by two'],
    ['a field above', `${NESTED}\n  - ${DROP.replace('last_name', 'name')}`, 'name is changed by two'],
    ['the same new field', `${RENAME}\n  - ${ADD.replace('role', 'family_name')}`, 'family_name is changed'],
    ['the same new index', `${INDEX}\n  - ${UNIQUE}`, 'index age_1 is changed by two'],
  ])('%s', (_, both, message) => {
    expect(findings(both)).toMatchObject([
      { code: 'PLAN_INVALID', message: expect.stringContaining(message), at: { line: 5 } },
    ])
  })

  it('an index that goes with its field is not dropped once more', () => {
    const both = `${DROP}\n  - drop_index: { collection: users, name: last_name_1 }`
    expect(findings(both, { indexes: [indexOn({ last_name: 1 })] })).toMatchObject([
      { message: expect.stringContaining('index last_name_1 is changed by two'), at: { line: 5 } },
    ])
  })

  it('the same name in another collection is another field', () => {
    expect(findings(`${ADD}\n  - ${ADD.replace('users', 'teams')}`)).toEqual([])
  })

  it.each([
    ['a validator of the plan’s own', VALIDATE],
    ['another name', 'rename_collection: { from: users, to: people }'],
  ])('%s leaves no room for other changes of the collection', (what, intent) => {
    for (const both of [`${intent}\n  - ${INDEX}`, `${ADD}\n  - ${intent}`])
      expect(findings(both), both).toMatchObject(
        refused(`users gets ${what} and other changes`, 'make two plans'),
      )
    expect(findings(`${intent}\n  - ${ADD.replace('users', 'teams')}`)).toEqual([])
  })
})

describe('a name that is not there', () => {
  const wrong = RENAME.replace('last_name', 'last_nmae')

  it('is an error where every document was looked at', () => {
    expect(findings(wrong, { all: true })).toMatchObject([
      {
        code: 'PLAN_COLUMN_MISSING',
        message: 'no document of users has a field last_nmae',
        hint: 'did you mean last_name?',
        at: { line: 4, column: 46 },
      },
    ])
  })

  it('is a warning where a sample does not show it', () => {
    expect(findings(wrong)).toEqual([])
    expect(compiled(planOf(wrong), on()).warnings).toContainEqual(
      'users.last_nmae was not seen in a sample of 1000 documents (did you mean last_name?)',
    )
    expect(compiled(planOf(RENAME), on()).warnings.join()).not.toContain('not seen')
  })

  it('is nobody’s concern where no document was looked at', () => {
    const sampled = { documents: 0, all: false, fields: [] }
    expect(compiled(planOf(wrong), on({ sampled })).warnings.join()).not.toContain('not seen')
  })

  it('of a collection or an index is an error with its place', () => {
    expect(findings(RENAME.replace('users', 'user'))).toMatchObject([
      { code: 'PLAN_TABLE_MISSING', hint: 'did you mean users?', at: { line: 4, column: 33 } },
    ])
    const drop = 'drop_index: { collection: users, name: age_2 }'
    expect(findings(drop, { indexes: [indexOn({ age: 1 })] })).toMatchObject([
      { message: 'users has no index age_2', hint: 'did you mean age_1?', at: { line: 4 } },
    ])
  })

  it('of many intents is said all at once', () => {
    const two = `${RENAME.replace('users', 'x')}\n  - ${DROP.replace('users', 'y')}`
    expect(findings(two).map(({ at }) => at?.line)).toEqual([4, 5])
  })
})

it('a field may have the name of what every object of JavaScript has', () => {
  const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']
  const users = { last_name: 'string', ...Object.fromEntries(names.map((name) => [name, 'string'])) }
  const there = documents([collection('users', users)])
  const absent = documents([collection('users', { last_name: 'string', age: 'string' }, { all: true })])
  for (const name of names) {
    expect(findingsOf(planOf(RENAME.replace('last_name', name)), there), name).toEqual([])
    expect(findingsOf(planOf(CONVERT.replaceAll('age', name)), there), name).toEqual([])
    expect(findingsOf(planOf(INDEX.replace('age', name)), there), name).toEqual([])
    expect(findingsOf(planOf(DROP.replace('last_name', name)), there), name).toEqual([])
    expect(findingsOf(planOf(RENAME.replace('family_name', name)), absent), name).toEqual([])
    expect(findingsOf(planOf(ADD.replace('role', name)), absent), name).toEqual([])
    expect(findingsOf(planOf(RENAME.replace('last_name', name)), absent), name).toHaveLength(1)
  }
})
