import type { Clients, Exchange, Life } from '../../support/lives.ts'

/** What both clients see of one document: the old one reads the key `phone`, the new one `mobile`. */
const nested: Clients = {
  oldReads: (n) => `SELECT doc #>> '{a,phone}', doc #>> '{a,x}' FROM people WHERE id = ${n}`,
  newReads: (n) => `SELECT doc #>> '{a,mobile}', doc #>> '{a,x}' FROM people WHERE id = ${n}`,
  talk: (n) => {
    const set = (change: string) => `UPDATE people SET ${change} WHERE id = ${n}`
    const both = (by: Exchange['by'], does: string, sees: [string | null, string | null]): Exchange => ({
      ...{ by, does, oldSees: sees, newSees: sees },
    })
    return [
      both('old', `INSERT INTO people (id, doc) VALUES (${n}, '{"a": {"phone": "1", "x": 0}}')`, ['1', '0']),
      both('old', set(`doc = '{"a": {"phone": "1", "x": 1}}'`), ['1', '1']),
      both('new', set(`doc = '{"a": {"mobile": "2", "x": 1}}'`), ['2', '1']),
      both('new', set(`doc = jsonb_set(doc, '{a,mobile}', '"3"')`), ['3', '1']),
      both('old', set(`doc = jsonb_set(doc, '{a,phone}', '"4"')`), ['4', '1']),
      both('old', set(`doc = jsonb_set(doc, '{a,x}', '2')`), ['4', '2']),
      both('old', set(`note = 'touched'`), ['4', '2']),
      both('new', set(`doc = jsonb_set(doc, '{a,mobile}', 'null')`), [null, '2']),
      both('new', set(`doc = doc #- '{a,phone}' #- '{a,mobile}'`), [null, '2']),
      both('old', set(`doc = jsonb_set(doc, '{a,phone}', '12345678901234567890.1234567890')`), [
        '12345678901234567890.1234567890',
        '2',
      ]),
      { by: 'new', does: set(`doc = '{"a": {"phone": "5", "mobile": "6"}}'`), fails: '23514' },
      both('new', set(`doc = '{"a": {"phone": "7", "mobile": "7"}}'`), ['7', null]),
      both('old', set(`doc = '{"a": 1}'`), [null, null]),
      both('old', set('doc = NULL'), [null, null]),
      { by: 'old', does: `DELETE FROM people WHERE id = ${n}` },
      both('new', `INSERT INTO people (id, doc) VALUES (${n}, '{"a": {"mobile": "8", "x": 3}}')`, ['8', '3']),
    ]
  },
  after: (n) => [
    {
      by: 'new',
      does: `INSERT INTO people (id, doc) VALUES (${n}, '{"a": {"mobile": "1", "x": 0}}')`,
      newSees: ['1', '0'],
    },
    {
      by: 'new',
      does: `UPDATE people SET doc = jsonb_set(doc, '{a,mobile}', '"2"') WHERE id = ${n}`,
      oldSees: ['2', '0'],
      newSees: ['2', '0'],
    },
  ],
}

/** Elements of arrays: changed in place, put in front of others, taken away, in another order. */
const elements: Clients = {
  oldReads: (n) =>
    `SELECT jsonb_path_query_array(list, '$.items[*].meta.old') FROM people WHERE id = ${n + 1}`,
  newReads: (n) =>
    `SELECT jsonb_path_query_array(list, '$.items[*].meta.new') FROM people WHERE id = ${n + 1}`,
  talk: (n) => {
    const list = (key: string, values: readonly (string | number)[]) =>
      `'{"items": [${values.map((value) => `{"meta": {"${key}": ${value}}}`).join(', ')}]}'`
    const set = (change: string) => `UPDATE people SET list = ${change} WHERE id = ${n + 1}`
    const both = (by: Exchange['by'], does: string, sees: string): Exchange => ({
      ...{ by, does, oldSees: [sees], newSees: [sees] },
    })
    return [
      both('old', `INSERT INTO people (id, list) VALUES (${n + 1}, ${list('old', [1, 2, 3])})`, '[1, 2, 3]'),
      both('new', set(`jsonb_set(list, '{items,1,meta,new}', '9')`), '[1, 9, 3]'),
      both('old', set(`jsonb_set(list, '{items,0,meta,old}', '9')`), '[9, 9, 3]'),
      both('old', set(list('old', [3, 9])), '[3, 9]'),
      both('new', set(list('new', [1, 3, 9])), '[1, 3, 9]'),
      // One is taken away, and another one changed by its new name, in one statement.
      both('new', set(`jsonb_set(list #- '{items,0}', '{items,0,meta,new}', '4')`), '[4, 9]'),
      both('old', set(`jsonb_set(list #- '{items,1}', '{items,0,meta,old}', '5')`), '[5]'),
      both('old', set(`'{"items": []}'`), '[]'),
      both(
        'new',
        set(`'{"items": [7, null, {"meta": [1]}, {"meta": {"new": {"deep": []}}}]}'`),
        '[{"deep": []}]',
      ),
    ]
  },
  after: (n) => [
    {
      by: 'new',
      does: `INSERT INTO people (id, list) VALUES (${n + 1}, '{"items": [{"meta": {"new": 1}}]}')`,
      newSees: ['[1]'],
    },
    {
      by: 'new',
      does: `UPDATE people SET list = '{"items": [{"meta": {"new": 2}}, {"meta": {"new": 3}}]}' WHERE id = ${n + 1}`,
      oldSees: ['[2, 3]'],
      newSees: ['[2, 3]'],
    },
  ],
}

/** Keys of documents get other names: in an object, and in the elements of an array. */
export const renamedKeys: Life = {
  name: 'keys of documents get other names',
  setup: [
    'CREATE TABLE people (id bigint PRIMARY KEY, doc jsonb, list jsonb, note text)',
    `INSERT INTO people (id, doc, list) VALUES
      (1, '{"a": {"phone": "1"}, "phone": "stays"}', '{"items": [{"meta": {"old": 1}}, {"meta": {"x": 2, "old": null}}]}'),
      (2, '{"a": {"x": 1}}', '{"items": {"meta": {"old": 1}}}'), (3, NULL, NULL), (4, '[{"phone": 1}]', '[]'),
      (5, '{"a": {"phone": 123456789012345678901234567890.5}}', '{"items": [[{"meta": {"old": 1}}]]}'),
      (6, '{"a": {"phone": null}}', 'null'), (7, '{"a": [1]}', '{"items": [{"meta": {"old": "z", "old": "last"}}]}')`,
  ],
  intents: `
- rename_json_key: { table: people, column: doc, path: a, from: phone, to: mobile }
- rename_json_key: { table: people, column: list, path: "items[*].meta", from: old, to: new }`,
  target: [],
  clients: [nested, elements],
  rows: [
    {
      sql: 'SELECT id, doc, list FROM people WHERE id < 100 ORDER BY id',
      are: [
        [
          '1',
          '{"a": {"mobile": "1"}, "phone": "stays"}',
          '{"items": [{"meta": {"new": 1}}, {"meta": {"x": 2, "new": null}}]}',
        ],
        ['2', '{"a": {"x": 1}}', '{"items": {"meta": {"old": 1}}}'],
        ['3', null, null],
        ['4', '[{"phone": 1}]', '[]'],
        ['5', '{"a": {"mobile": 123456789012345678901234567890.5}}', '{"items": [[{"meta": {"old": 1}}]]}'],
        ['6', '{"a": {"mobile": null}}', 'null'],
        ['7', '{"a": [1]}', '{"items": [{"meta": {"new": "last"}}]}'],
      ],
    },
  ],
}
