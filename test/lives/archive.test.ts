import { describeEachPostgres } from '../support/databases.ts'
import { liveFromTheArchive, saysWhatComesBack } from '../support/lives-archive.ts'
import { refusesToKeep, UNKEPT } from '../support/lives-archive-refused.ts'
import { dropped } from './cases/drops.ts'
import { merged } from './cases/merges.ts'
import { recoded } from './cases/recoding.ts'
import { retyped } from './cases/retyping.ts'
import { richText } from './cases/rich.ts'
import { splitName } from './cases/splits.ts'

describeEachPostgres('what is kept of what is dropped', (server) => {
  saysWhatComesBack(server)
  liveFromTheArchive(server, dropped, [
    'SELECT id, kept, fax, plain, code, shout, mood, parent FROM drops WHERE id < 10 ORDER BY id',
  ])
  liveFromTheArchive(server, richText, ['SELECT id, last_name, age FROM users WHERE id < 21 ORDER BY id'])
  liveFromTheArchive(server, splitName, ['SELECT id, full_name FROM people WHERE id < 10 ORDER BY id'])
  liveFromTheArchive(
    server,
    merged({ conflict: '23514', missing: '23502', index: 'DROP INDEX folk_by_name' }),
    ['SELECT id, first_name, last_name FROM folk WHERE id < 10 ORDER BY id'],
  )
  liveFromTheArchive(server, retyped, [
    'SELECT id, age FROM people WHERE id < 10 ORDER BY id',
    'SELECT id, no, points, bonus FROM accounts WHERE id < 10 ORDER BY id',
    'SELECT id, at, seen, doc, mood, code FROM days WHERE id < 10 ORDER BY id',
  ])
  liveFromTheArchive(server, withoutNote(recoded), [
    'SELECT id, state, grade FROM orders WHERE id < 10 ORDER BY id',
  ])
  liveFromTheArchive(server, { ...splitName, name: `${splitName.name}, guarded`, readonly: true }, [
    'SELECT id, full_name FROM people WHERE id < 10 ORDER BY id',
  ])
  refusesToKeep(server, [
    ...UNKEPT,
    {
      says: 'a drop beside words that come to a list',
      setup: [
        `CREATE TYPE mood AS ENUM ('sad', 'fine')`,
        'CREATE TABLE people (id bigint PRIMARY KEY, name text, feels mood)',
      ],
      intents: `- drop_column: { table: people, column: name }\n- change_type: { table: people, column: feels, words: { add: [odd] } }`,
      because: /contract changes the type of people\.feels for good/,
      hint: /a plan of its own, or leave archive out/,
    },
  ])
})

/** Without a type that is changed for good. */
function withoutNote(life: typeof recoded): typeof recoded {
  const without = (lines: readonly string[]) => lines.filter((line) => !line.includes('ADD COLUMN note'))
  return {
    ...life,
    intents: life.intents
      .split('\n')
      .filter((line) => !line.includes('change_type'))
      .join('\n'),
    target: without(life.target).map((line) => line.replace(', DROP COLUMN note', '')),
  }
}
