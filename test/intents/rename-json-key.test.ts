import { describe, expect, it } from 'vitest'
import type { Column, Constraint, Table, Trigger } from '../../src/schema/snapshot.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, index, snapshot, table } from '../support/snapshots.ts'

const on = (type = 'jsonb', more: Partial<Table> = {}, columns: readonly Column[] = []) =>
  snapshot({ tables: [table('users', [id(), column('profile', type), ...columns], more)] })

const rename = (more: string, rest = '') =>
  planOf(`rename_json_key: { table: users, column: profile, ${more} }`, rest)

const KEYS = 'from: phone, to: mobile'

const check: Constraint = {
  ...{ name: 'phoned', kind: 'check', definition: "CHECK ((profile ? 'phone'::text))", columns: ['profile'] },
  ...{ validated: true, deferrable: false, deferred: false, index: null, comment: null },
}

describe('a key of documents gets another name', () => {
  it('looks, keeps both keys, fills, proves, and takes the old one out for good', () => {
    const { phases, checkpoints } = compiled(rename(KEYS), on())
    const steps = phases.flatMap(({ steps }) =>
      steps.map(({ parts, reversible }) => `${parts[0]?.action.do}${reversible ? '' : ', for good'}`),
    )
    expect(steps).toEqual([
      ...['reserve_key', 'install_sync', 'fill', 'prove_rows', 'prove_catalogue'],
      ...['retire_key', 'remove_sync, for good', 'strip_key, for good'],
    ])
    expect(checkpoints).toMatchObject([{ id: 'switch-app', before: 'contract' }])
  })

  it.each([
    ['a.b', '"a","b"'],
    ['items[*]', '"items","[*]"'],
    ['items[*].meta', '"items","[*]","meta"'],
    ['[*].a[*][*]', '"[*]","a","[*]","[*]"'],
  ])('knows the path %s', (path, steps) => {
    const text = JSON.stringify(compiled(rename(`path: "${path}", ${KEYS}`), on()))
    expect(text).toContain(`"path":[${steps}]`)
  })

  it.each(['a..b', '.a', 'a[0]', 'a[*]b', '$.a', 'a.[*]'].map((path) => [path]))(
    'refuses the path %s',
    (path) => {
      const found = findingsOf(rename(`path: "${path}", ${KEYS}`), on())
      expect(found).toMatchObject([{ code: 'PLAN_INVALID', message: `${path} is no path` }])
    },
  )

  it('quotes keys as texts', () => {
    const text = JSON.stringify(compiled(rename(`path: "it's", from: "o'k", to: "a.b"`), on()))
    expect(text).toContain(`'it''s'::text`)
    expect(text).toContain(`'o''k'::text`)
    expect(text).toContain(`'a.b'::text`)
  })

  it.each<[string, string, ReturnType<typeof on>, string]>([
    ['a column of json text', KEYS, on('json'), 'keeps each document as the text that was written'],
    ['a column of text', KEYS, on('text'), 'keys are those of a document'],
    ['the same key', 'from: a, to: a', on(), 'the key is called a already'],
    ['a check of the key', KEYS, on('jsonb', { constraints: [check] }), 'has the check phoned'],
    [
      'a generated column of the key',
      KEYS,
      on('jsonb', {}, [
        column('phone', 'text', {
          generated: { kind: 'stored', expression: "(profile #>> '{a,phone}'::text[])" },
        }),
      ]),
      'is what phone is made from',
    ],
    ['a table without a key', KEYS, on('jsonb', { indexes: [], constraints: [] }), 'has no unique key'],
  ])('is refused for %s', (_, more, database, why) => {
    const [finding] = findingsOf(rename(more), database)
    expect(finding?.message).toContain(why)
    expect(finding?.hint).toMatch(/\w+/)
  })

  it('is refused with sync: application: one column holds both keys', () => {
    expect(findingsOf(rename(KEYS, 'sync: application\n'), on())).toMatchObject([
      { message: expect.stringContaining('is one column for both keys') },
    ])
  })

  it('is refused with an archive, because the new key has what the old one had', () => {
    expect(findingsOf(rename(KEYS, 'contract: { archive: true }\n'), on())).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('loses nothing') },
    ])
  })

  it('two of them in one column need two plans', () => {
    const text = rename(KEYS).replace(
      'intents:\n',
      'intents:\n  - rename_json_key: { table: users, column: profile, from: a, to: b }\n',
    )
    expect(findingsOf(text, on())).toMatchObject([{ code: 'PLAN_INVALID' }])
  })

  it('warns of indexes by the key, and of triggers that run before', () => {
    const by = index('users', 'by_phone', ['profile'], {
      key: null,
      definition: "CREATE INDEX by_phone ON app.users USING btree (((profile ->> 'phone'::text)))",
    })
    const other: Trigger = {
      ...{ name: 'tidy', timing: 'before', level: 'row', events: ['insert'], columns: [], enabled: 'O' },
      ...{ definition: '', function: 'app.tidy', functionHash: '' },
    }
    const { indexes } = table('users', [id()])
    const { warnings } = compiled(rename(KEYS), on('jsonb', { indexes: [...indexes, by], triggers: [other] }))
    expect(warnings.join('\n')).toContain('index by_phone is by the key phone')
    expect(warnings.join('\n')).toContain('the trigger tidy runs before both keys are made equal')
  })
})
