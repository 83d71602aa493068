import type { Tool } from '../tool.ts'
import { SQL } from './shared.ts'

export const flyway: Tool = {
  name: 'flyway',
  title: 'Flyway',
  dialects: SQL,
  folder: 'src/main/resources/db/migration',
  stamp: 'seconds',
  path: ({ stamp, name }) => `V${stamp}__${name}.sql`,
  template: 'flyway.sql.hbs',
  // Statements of their own transactions, and texts with a dollar and a brace.
  beside: (path) => ({ [`${path}.conf`]: 'executeInTransaction=false\nplaceholderReplacement=false\n' }),
  back: null,
  run: 'flyway migrate',
  notes: [
    'on PostgreSQL set flyway.postgresql.transactional.lock=false: otherwise CREATE INDEX CONCURRENTLY waits for Flyway itself, without end',
    'a file that fails is kept in its history: flyway repair, then flyway migrate again',
    'these files have no way back in Flyway: plan adopt, then plan rollback',
  ],
}
