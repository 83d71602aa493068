import type { RealTool } from './migration-tools.ts'

export const isPostgres = ({ protocol }: URL): boolean => protocol.startsWith('postgres')
const nameOf = ({ pathname }: URL): string => pathname.slice(1)
export const json = (value: unknown): string => JSON.stringify(value)

/** What drivers ask for. */
export const parts = (url: URL) => ({
  host: url.hostname,
  port: Number(url.port),
  user: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
  database: nameOf(url),
})

/** MariaDB is a MySQL to all of these tools. */
export const asMysql = (url: URL): string => url.href.replace(/^mariadb:/, 'mysql:')

const knex: RealTool = {
  name: 'knex',
  shown: 'Knex',
  package: 'knex',
  kinds: ['postgres', 'mysql'],
  folder: 'migrations',
  project: (url) => ({
    'package.json': '{}',
    'knexfile.js': `module.exports = { client: '${isPostgres(url) ? 'pg' : 'mysql2'}', connection: ${json(parts(url))}, pool: { min: 0, max: 3 } }`,
  }),
  up: ['knex', 'migrate:latest'],
  down: ['knex', 'migrate:down'],
  ledger: 'SELECT name FROM knex_migrations ORDER BY id',
  tables: /knex_migrations/,
}

const sequelize: RealTool = {
  name: 'sequelize',
  shown: 'sequelize-cli',
  package: 'sequelize-cli',
  kinds: ['postgres', 'mysql'],
  folder: 'migrations',
  project: (url) => ({
    'package.json': '{}',
    'config/config.json': json({
      development: { ...renamed(url), dialect: isPostgres(url) ? 'postgres' : 'mysql' },
    }),
  }),
  up: ['sequelize-cli', 'db:migrate'],
  down: ['sequelize-cli', 'db:migrate:undo'],
  ledger: 'SELECT name FROM "SequelizeMeta" ORDER BY name',
  tables: /SequelizeMeta/i,
}

const renamed = (url: URL) => {
  const { user, ...rest } = parts(url)
  return { ...rest, username: user }
}

const umzug: RealTool = {
  name: 'umzug',
  shown: 'Umzug',
  package: 'umzug',
  kinds: ['postgres', 'mysql'],
  folder: 'migrations',
  project: (url) => ({
    'package.json': '{}',
    'migrate.js': `
const { Sequelize } = require('sequelize')
const { Umzug, SequelizeStorage } = require('umzug')
const sequelize = new Sequelize(${json(asMysql(url))}, { logging: false })
const umzug = new Umzug({
  migrations: { glob: 'migrations/*.js' },
  context: sequelize.getQueryInterface(),
  storage: new SequelizeStorage({ sequelize }),
  logger: console,
})
umzug.runAsCLI().then(async (ok) => { await sequelize.close(); process.exitCode = ok ? 0 : 1 })
`,
  }),
  up: ['node', 'migrate.js', 'up'],
  down: ['node', 'migrate.js', 'down'],
  ledger: 'SELECT name FROM "SequelizeMeta" ORDER BY name',
  tables: /SequelizeMeta/i,
}

const typeorm: RealTool = {
  name: 'typeorm',
  shown: 'TypeORM',
  package: 'typeorm',
  kinds: ['postgres', 'mysql'],
  folder: 'migrations',
  project: (url) => ({
    'package.json': '{}',
    'data-source.js': `
const { DataSource } = require('typeorm')
module.exports = new DataSource({
  type: '${isPostgres(url) ? 'postgres' : 'mysql'}', url: ${json(asMysql(url))}, migrations: ['migrations/*.js'],
})
`,
  }),
  up: ['typeorm', 'migration:run', '-d', 'data-source.js', '-t', 'each'],
  down: ['typeorm', 'migration:revert', '-d', 'data-source.js', '-t', 'each'],
  ledger: 'SELECT name FROM migrations ORDER BY id',
  tables: /migrations/,
}

const dbMigrate: RealTool = {
  name: 'db-migrate',
  shown: 'db-migrate',
  package: 'db-migrate',
  kinds: ['postgres', 'mysql'],
  folder: 'migrations',
  project: (url) => ({
    'package.json': '{}',
    'database.json': json({ dev: { ...parts(url), driver: isPostgres(url) ? 'pg' : 'mysql' } }),
  }),
  up: ['db-migrate', 'up'],
  down: ['db-migrate', 'down'],
  ledger: 'SELECT name FROM migrations ORDER BY id',
  tables: /migrations/,
}

const nodePgMigrate: RealTool = {
  name: 'node-pg-migrate',
  shown: 'node-pg-migrate',
  package: 'node-pg-migrate',
  kinds: ['postgres'],
  folder: 'migrations',
  project: () => ({ 'package.json': '{}' }),
  up: ['node-pg-migrate', 'up'],
  down: ['node-pg-migrate', 'down'],
  ledger: 'SELECT name FROM pgmigrations ORDER BY id',
  tables: /pgmigrations/,
}

const kysely: RealTool = {
  name: 'kysely',
  shown: 'Kysely',
  package: 'kysely',
  kinds: ['postgres', 'mysql'],
  folder: 'migrations',
  project: (url) => ({
    'package.json': '{}',
    'migrate.js': `
const fs = require('node:fs/promises')
const path = require('node:path')
const { Kysely, PostgresDialect, MysqlDialect, Migrator, FileMigrationProvider } = require('kysely')
const dialect = ${
      isPostgres(url)
        ? `new PostgresDialect({ pool: new (require('pg').Pool)({ connectionString: ${json(url.href)} }) })`
        : `new MysqlDialect({ pool: require('mysql2').createPool(${json(asMysql(url))}) })`
    }
const db = new Kysely({ dialect })
const provider = new FileMigrationProvider({ fs, path, migrationFolder: path.join(__dirname, 'migrations') })
const migrator = new Migrator({ db, provider })
const run = process.argv[2] === 'down' ? migrator.migrateDown() : migrator.migrateToLatest()
run.then(async ({ error, results }) => {
  for (const one of results ?? []) console.log(one.status, one.migrationName)
  if (error) console.error(error.message)
  process.exitCode = error ? 1 : 0
  await db.destroy()
})
`,
  }),
  up: ['node', 'migrate.js', 'up'],
  down: ['node', 'migrate.js', 'down'],
  ledger: 'SELECT name FROM kysely_migration ORDER BY name',
  tables: /kysely_migration/,
}

const dbmate: RealTool = {
  name: 'dbmate',
  shown: 'dbmate',
  package: 'dbmate',
  kinds: ['postgres', 'mysql'],
  folder: 'db/migrations',
  // Without any file it does not make its table.
  project: () => ({
    'package.json': '{}',
    'db/migrations/20200101000000_init.sql': '-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n',
  }),
  up: ['dbmate', '--no-dump-schema', 'up'],
  down: ['dbmate', '--no-dump-schema', 'down'],
  ledger: 'SELECT version AS name FROM schema_migrations ORDER BY version',
  tables: /schema_migrations/,
}

const drizzle: RealTool = {
  name: 'drizzle',
  shown: 'Drizzle',
  package: 'drizzle-orm',
  kinds: ['postgres', 'mysql'],
  folder: 'drizzle',
  project: (url) => ({
    'package.json': '{}',
    ...drizzleFolder(isPostgres(url) ? 'postgresql' : 'mysql'),
    'migrate.js': `
const { drizzle } = require('drizzle-orm/${isPostgres(url) ? 'node-postgres' : 'mysql2'}')
const { migrate } = require('drizzle-orm/${isPostgres(url) ? 'node-postgres' : 'mysql2'}/migrator')
const pool = ${
      isPostgres(url)
        ? `new (require('pg').Pool)({ connectionString: ${json(url.href)} })`
        : `require('mysql2/promise').createPool(${json(asMysql(url))})`
    }
migrate(drizzle(pool), { migrationsFolder: 'drizzle', migrationsSchema: 'public' })
  .catch((error) => { console.error(error.cause?.message ?? error.message); process.exitCode = 1 })
  .finally(() => pool.end())
`,
  }),
  up: ['node', 'migrate.js'],
  down: null,
  ledger: 'SELECT hash AS name FROM __drizzle_migrations ORDER BY id',
  tables: /drizzle/,
  beside: /^meta$/,
}

/** What drizzle-kit before 1.0 keeps of a project that has begun. */
export function drizzleFolder(dialect: 'postgresql' | 'mysql'): Record<string, string> {
  const version = dialect === 'mysql' ? '5' : '7'
  const entries = [{ idx: 0, version, when: 1767225600000, tag: '0000_base', breakpoints: true }]
  const ids = { id: '2b26869f-70d4-4185-be01-e062dac6c32e', prevId: '00000000-0000-0000-0000-000000000000' }
  return {
    'drizzle/0000_base.sql': 'SELECT 1;',
    'drizzle/meta/_journal.json': json({ version: '7', dialect, entries }),
    'drizzle/meta/0000_snapshot.json': json({ version, dialect, ...ids, tables: {} }),
  }
}

export const REAL_TOOLS: readonly RealTool[] = [
  knex,
  sequelize,
  umzug,
  typeorm,
  dbMigrate,
  nodePgMigrate,
  kysely,
  dbmate,
  drizzle,
]
