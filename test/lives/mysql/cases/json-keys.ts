import type { Exchange, Life } from '../../../support/lives.ts'

/** A key of an object in a document gets another name. The old client reads `phone`, the new one `mobile`. */
export const renamedKey: Life = {
  name: 'a key of documents gets another name',
  setup: [
    'CREATE TABLE people (id bigint PRIMARY KEY, doc json, note varchar(20), changed_at datetime NULL ON UPDATE CURRENT_TIMESTAMP)',
    `INSERT INTO people (id, doc) VALUES (1, '{"a": {"phone": "1"}, "phone": "stays"}'), (2, '{"a": {"x": 1}}'), (3, NULL),
      (4, '[{"phone": 1}]'), (5, '{"a": {"phone": 1.50}}'), (6, '{"a": {"phone": null}}'), (7, '{"a": [{"phone": 1}]}'),
      (8, '{"a": {"phone": 18446744073709551615}}'), (9, '{"a": {"phone": {"deep": ["Ü", true]}}}')`,
  ],
  intents: '- rename_json_key: { table: people, column: doc, path: a, from: phone, to: mobile }',
  target: [],
  clients: [
    {
      oldReads: (n) =>
        `SELECT CAST(doc->'$.a.phone' AS CHAR), CAST(doc->'$.a.x' AS CHAR) FROM people WHERE id = ${n}`,
      newReads: (n) =>
        `SELECT CAST(doc->'$.a.mobile' AS CHAR), CAST(doc->'$.a.x' AS CHAR) FROM people WHERE id = ${n}`,
      talk: (n) => {
        const set = (change: string) => `UPDATE people SET ${change} WHERE id = ${n}`
        const both = (by: Exchange['by'], does: string, sees: [string | null, string | null]): Exchange => ({
          ...{ by, does, oldSees: sees, newSees: sees },
        })
        return [
          both('old', `INSERT INTO people (id, doc) VALUES (${n}, '{"a": {"phone": "a", "x": 0}}')`, [
            '"a"',
            '0',
          ]),
          both('old', set(`doc = '{"a": {"phone": "a", "x": 1}}'`), ['"a"', '1']),
          both('new', set(`doc = '{"a": {"mobile": "A", "x": 1}}'`), ['"A"', '1']),
          both('new', set(`doc = JSON_SET(doc, '$.a.mobile', 'a')`), ['"a"', '1']),
          both('old', set(`doc = JSON_SET(doc, '$.a.phone', 4)`), ['4', '1']),
          both('old', set(`doc = '{"a": {"phone": 4.0, "x": 1}}'`), ['4.0', '1']),
          both('old', set(`doc = JSON_SET(doc, '$.a.x', 2)`), ['4.0', '2']),
          both('old', set(`note = 'touched'`), ['4.0', '2']),
          both('new', set(`doc = JSON_SET(doc, '$.a.mobile', NULL)`), ['null', '2']),
          both('new', set(`doc = JSON_REMOVE(doc, '$.a.phone', '$.a.mobile')`), [null, '2']),
          both('old', set(`doc = JSON_SET(doc, '$.a.phone', JSON_OBJECT('b', 1))`), ['{"b": 1}', '2']),
          { by: 'new', does: set(`doc = '{"a": {"phone": 5, "mobile": 6}}'`), fails: '1644' },
          both('new', set(`doc = '{"a": {"phone": 7, "mobile": 7}}'`), ['7', null]),
          both('old', set(`doc = '{"a": 1}'`), [null, null]),
          both('old', set('doc = NULL'), [null, null]),
          { by: 'old', does: `DELETE FROM people WHERE id = ${n}` },
          both('new', `INSERT INTO people (id, doc) VALUES (${n}, '{"a": {"mobile": 8, "x": 3}}')`, [
            '8',
            '3',
          ]),
        ]
      },
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO people (id, doc) VALUES (${n}, '{"a": {"mobile": 1, "x": 0}}')`,
          newSees: ['1', '0'],
        },
        {
          by: 'new',
          does: `UPDATE people SET doc = JSON_SET(doc, '$.a.mobile', 2) WHERE id = ${n}`,
          oldSees: ['2', '0'],
          newSees: ['2', '0'],
        },
      ],
    },
  ],
  rows: [
    {
      sql: 'SELECT id, CAST(doc AS CHAR), changed_at FROM people WHERE id < 100 ORDER BY id',
      are: [
        ['1', '{"a": {"mobile": "1"}, "phone": "stays"}', null],
        ['2', '{"a": {"x": 1}}', null],
        ['3', null, null],
        ['4', '[{"phone": 1}]', null],
        ['5', '{"a": {"mobile": 1.5}}', null],
        ['6', '{"a": {"mobile": null}}', null],
        ['7', '{"a": [{"phone": 1}]}', null],
        ['8', '{"a": {"mobile": 18446744073709551615}}', null],
        ['9', '{"a": {"mobile": {"deep": ["Ü", true]}}}', null],
      ],
    },
  ],
}
