import type { Subject } from './conformance.ts'

type Change = Subject['programs'][number]

const TABLE = [
  'CREATE TABLE kept (id int PRIMARY KEY, was varchar(20), note varchar(20))',
  "INSERT INTO kept VALUES (1, 'a', 'b')",
]

/** Without triggers the old column is sealed before it goes. */
export const sealed: Change = {
  name: 'a column that the application keeps in step',
  setup: TABLE,
  intents: '- rename_column: { table: kept, from: was, to: becomes }',
  more: 'sync: application',
}

/** Both are shown in the end: one in the place of the old column, one by itself. */
export const hidden: readonly Change[] = [
  {
    name: 'a column that is hidden until contract',
    setup: TABLE,
    intents: '- rename_column: { table: kept, from: was, to: becomes }',
    more: 'invisible: true',
  },
  {
    name: 'a filled column that is hidden until contract',
    setup: TABLE,
    intents:
      '- add_column: { table: kept, column: made, type: varchar(20), fill: { upper: { column: was } } }',
    more: 'invisible: true',
  },
]

/** Rights belong to the name: they are given for the new column, and taken away from the old one. */
export const granted: Change = {
  name: 'a column that somebody has rights on alone',
  setup: [...TABLE, 'GRANT SELECT (was), UPDATE (was) ON kept TO CURRENT_USER()'],
  intents: '- rename_column: { table: kept, from: was, to: becomes }',
}
