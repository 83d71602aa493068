import { describeEachPostgres } from '../support/databases.ts'
import { live } from '../support/lives-runner.ts'
describeEachPostgres('a', (server) => {
  live(server, {
    name: 'C01',
    setup: ['CREATE TABLE person (id serial PRIMARY KEY, last_name varchar(255) NOT NULL)', `INSERT INTO person (last_name) SELECT 'Ito' || n FROM generate_series(1, 7) n`],
    intents: '- rename_column: { table: person, from: last_name, to: surname }',
    target: ['ALTER TABLE person RENAME COLUMN last_name TO surname'],
    keeps: { before: 'SELECT id, last_name FROM person WHERE id < 100 ORDER BY 1', after: 'SELECT id, surname FROM person WHERE id < 100 ORDER BY 1' },
    clients: {
      oldReads: (n) => `SELECT last_name FROM person WHERE id = ${n}`,
      newReads: (n) => `SELECT surname FROM person WHERE id = ${n}`,
      talk: (n) => [
        { by: 'new', does: `INSERT INTO person (id, surname) VALUES (${n}, 'Diaz')`, oldSees: ['Diaz'], newSees: ['Diaz'] },
        { by: 'new', does: `INSERT INTO person (id) VALUES (${n + 1})`, fails: '23502' },
      ],
      after: (n) => [{ by: 'new', does: `INSERT INTO person (id, surname) VALUES (${n}, 'Diaz')`, newSees: ['Diaz'] }],
    },
  })
})
