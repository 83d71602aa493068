import { PlanError } from '../errors.ts'
import { nearest } from '../text/nearest.ts'
import type { Style, Tool } from './tool.ts'

const SQL = ['postgres', 'mysql', 'mariadb']

/** `20261201093000_name.js`, in TypeScript where the project's files are. */
const script =
  (between: '_' | '-', typescript = false) =>
  ({ stamp, name, style }: { stamp: string; name: string; style: Style }) =>
    `${stamp}${between}${name}.${typescript && style.typescript ? 'ts' : 'js'}`

/** The same for a tool that only takes CommonJS. */
const common =
  (between: '_' | '-') =>
  ({ stamp, name, style }: { stamp: string; name: string; style: Style }) =>
    `${stamp}${between}${name}.${style.modules ? 'cjs' : 'js'}`

const TOOLS: readonly Tool[] = [
  {
    name: 'knex',
    title: 'Knex',
    dialects: SQL,
    folder: 'migrations',
    stamp: 'seconds',
    path: script('_'),
    template: 'knex.js.hbs',
    // Knex takes a question mark for a place of a value, also where no values are given.
    escaped: (statement) => statement.replaceAll('?', '\\?'),
    back: 'knex migrate:down',
    run: 'npx knex migrate:latest',
    notes: [],
  },
  {
    name: 'sequelize',
    title: 'sequelize-cli',
    dialects: SQL,
    folder: 'migrations',
    stamp: 'seconds',
    path: common('-'),
    template: 'sequelize.js.hbs',
    back: 'sequelize-cli db:migrate:undo',
    run: 'npx sequelize-cli db:migrate',
    notes: ['sequelize-cli takes no lock: let only one deployment migrate at a time'],
  },
  {
    name: 'umzug',
    title: 'Umzug',
    dialects: SQL,
    folder: 'migrations',
    stamp: 'seconds',
    path: script('_'),
    template: 'umzug.js.hbs',
    back: 'umzug.down()',
    run: 'node migrate.js up',
    notes: [
      'the context has to be a QueryInterface of Sequelize, or have a method query(sql) on one connection',
    ],
  },
  {
    name: 'typeorm',
    title: 'TypeORM',
    dialects: SQL,
    folder: 'migrations',
    stamp: 'milliseconds',
    path: script('-', true),
    template: 'typeorm.js.hbs',
    back: 'typeorm migration:revert',
    run: 'npx typeorm migration:run -d data-source.js -t each',
    notes: [
      "TypeORM refuses these files in its default mode: use -t each, or migrationsTransactionMode: 'each'",
    ],
  },
  {
    name: 'db-migrate',
    title: 'db-migrate',
    dialects: SQL,
    folder: 'migrations',
    stamp: 'seconds',
    path: script('-'),
    template: 'db-migrate.js.hbs',
    back: 'db-migrate down',
    run: 'npx db-migrate up',
    notes: ['db-migrate takes no lock: let only one deployment migrate at a time'],
  },
  {
    name: 'node-pg-migrate',
    title: 'node-pg-migrate',
    dialects: ['postgres'],
    folder: 'migrations',
    stamp: 'milliseconds',
    path: script('_'),
    template: 'node-pg-migrate.js.hbs',
    back: 'node-pg-migrate down',
    run: 'npx node-pg-migrate up',
    notes: [],
  },
  {
    name: 'kysely',
    title: 'Kysely',
    dialects: SQL,
    folder: 'migrations',
    stamp: 'seconds',
    path: script('_', true),
    template: 'kysely.js.hbs',
    back: 'migrator.migrateDown()',
    run: 'npx kysely migrate:latest',
    notes: [],
  },
  {
    name: 'dbmate',
    title: 'dbmate',
    dialects: SQL,
    folder: 'db/migrations',
    stamp: 'seconds',
    path: ({ stamp, name }) => `${stamp}_${name}.sql`,
    template: 'dbmate.sql.hbs',
    oneCall: true,
    back: 'dbmate down',
    run: 'npx dbmate up',
    notes: [],
  },
  {
    name: 'migrate-mongo',
    title: 'migrate-mongo',
    dialects: ['mongodb'],
    folder: 'migrations',
    stamp: 'seconds',
    path: script('-', true),
    template: 'migrate-mongo.js.hbs',
    back: 'migrate-mongo down',
    run: 'npx migrate-mongo up',
    notes: [
      'its lock is off until lockTtl is set: set it, or let only one deployment migrate at a time',
      'the driver in the project has to be mongodb 5 or later',
    ],
  },
  {
    name: 'ts-migrate-mongoose',
    title: 'ts-migrate-mongoose',
    dialects: ['mongodb'],
    folder: 'migrations',
    stamp: 'milliseconds',
    path: script('-', true),
    template: 'ts-migrate-mongoose.js.hbs',
    back: 'migrate down -s <name>',
    run: 'npx migrate up -a true',
    notes: ['ts-migrate-mongoose takes no lock: let only one deployment migrate at a time'],
  },
  {
    name: 'mongosh',
    title: 'mongosh',
    dialects: ['mongodb'],
    folder: 'migrations',
    stamp: 'seconds',
    path: ({ stamp, name }) => `${stamp}-${name}.js`,
    template: 'mongosh.js.hbs',
    back: 'PLAN_DOWN=1 mongosh "$MONGODB_URL" <file>',
    run: 'mongosh "$MONGODB_URL" <file>, for one file after the other',
    notes: [
      'the shell keeps no record of files: run each once, in the order of their names; one that stopped runs again',
    ],
  },
]

export const TOOL_NAMES: readonly string[] = TOOLS.map(({ name }) => name)

/** Tools by other names that people use. */
const ALSO: Readonly<Record<string, string>> = {
  'sequelize-cli': 'sequelize',
  dbmigrate: 'db-migrate',
  'pg-migrate': 'node-pg-migrate',
  mongoose: 'ts-migrate-mongoose',
  'mongodb-atlas': 'mongosh',
}

/** Throws PLAN_USAGE for a tool that is not known, and PLAN_UNSUPPORTED for one that is for other databases. */
export function toolFor(wanted: string, dialect: string): Tool {
  const named = wanted.toLowerCase()
  const tool = TOOLS.find(({ name }) => name === (ALSO[named] ?? named))
  if (tool === undefined) {
    const near = nearest(named, TOOL_NAMES)
    throw new PlanError('PLAN_USAGE', `there is no tool ${wanted}`, {
      hint: near === undefined ? `there are: ${TOOL_NAMES.join(', ')}` : `did you mean ${near}?`,
    })
  }
  if (tool.dialects.includes(dialect)) return tool
  const others = TOOLS.filter(({ dialects }) => dialects.includes(dialect)).map(({ name }) => name)
  throw new PlanError('PLAN_UNSUPPORTED', `${tool.title} does not migrate this database`, {
    hint: others.length > 0 ? `for it there are: ${others.join(', ')}` : 'plan advance runs the plan itself',
  })
}
