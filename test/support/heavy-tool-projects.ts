import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asMysql, drizzleFolder, isPostgres, json, parts } from './migration-tool-projects.ts'
import type { RealTool } from './migration-tools.ts'
import type { HeavyTool } from './tool-cache.ts'

/** A tool that is fetched when a deep run asks for it. */
export type FetchedTool = HeavyTool &
  Omit<RealTool, 'modules' | 'env'> & {
    readonly envFor?: (modules: string) => Readonly<Record<string, string>>
  }

export const fetched = (tool: FetchedTool, modules: string): RealTool => ({
  ...tool,
  modules,
  env: tool.envFor?.(modules) ?? {},
})

const ENGINE = fileURLToPath(new URL('./prisma-engine.mjs', import.meta.url))

export const prisma: FetchedTool = {
  name: 'prisma',
  shown: 'Prisma Migrate',
  package: 'prisma',
  packages: {
    prisma: '7.10.1',
    '@prisma/adapter-pg': '7.10.1',
    '@prisma/schema-engine-wasm': '8.1.0-2.59be4fda12412a79eeb9c2ae727b6aa723593323',
  },
  kinds: ['postgres'],
  folder: 'prisma/migrations',
  project: () => ({
    'package.json': '{}',
    'prisma.config.ts': `
import { defineConfig } from 'prisma/config'
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
})
`,
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/migrations/20260101000000_base/migration.sql': 'SELECT 1;\n',
  }),
  begin: ['prisma', 'migrate', 'resolve', '--applied', '20260101000000_base'],
  up: ['prisma', 'migrate', 'deploy'],
  down: null,
  ledger:
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY migration_name',
  tables: /_prisma_migrations/,
  stops: 'with `--ask`',
  beside: /^migration_lock/,
  envFor: (modules) => ({
    PRISMA_SCHEMA_ENGINE_BINARY: ENGINE,
    PRISMA_PACKAGES: dirname(modules),
    CHECKPOINT_DISABLE: '1',
  }),
}

const DRIVERS = { pg: '^8.23.1', mysql2: '^3.24.6' }

const drizzleConfig = (url: URL): string => `
export default {
  dialect: '${isPostgres(url) ? 'postgresql' : 'mysql'}',
  schema: './schema.ts',
  out: './drizzle',
  migrations: { schema: 'public' },
  dbCredentials: { url: ${json(asMysql(url))} },
}
`

const drizzleKit = {
  name: 'drizzle',
  package: 'drizzle-kit',
  kinds: ['postgres', 'mysql'],
  folder: 'drizzle',
  up: ['drizzle-kit', 'migrate'],
  down: null,
  ledger: 'SELECT hash AS name FROM __drizzle_migrations ORDER BY id',
  tables: /drizzle/,
} as const

export const drizzleNow: FetchedTool = {
  ...drizzleKit,
  stops: 'without a word',
  silent: true,
  shown: 'drizzle-kit',
  packages: { 'drizzle-kit': '0.31.11', 'drizzle-orm': '0.45.4', ...DRIVERS },
  project: (url) => ({
    'package.json': '{}',
    'schema.ts': '',
    'drizzle.config.ts': drizzleConfig(url),
    ...drizzleFolder(isPostgres(url) ? 'postgresql' : 'mysql'),
  }),
  beside: /^meta$/,
}

export const drizzleNext: FetchedTool = {
  ...drizzleKit,
  shown: 'drizzle-kit 1.0',
  packages: { 'drizzle-kit': '1.0.0-rc.5-ab785fc', 'drizzle-orm': '1.0.0-rc.5-ab785fc', ...DRIVERS },
  project: (url) => ({
    'package.json': '{}',
    'schema.ts': '',
    'drizzle.config.ts': drizzleConfig(url),
    'drizzle/20260101000000_base/migration.sql': 'SELECT 1;',
    'drizzle/20260101000000_base/snapshot.json': json({
      ...{ version: isPostgres(url) ? '8' : '6', dialect: isPostgres(url) ? 'postgres' : 'mysql' },
      id: '8f7bc770-dd4f-4f54-a821-ab8db76da225',
      ...{ prevIds: ['00000000-0000-0000-0000-000000000000'], ddl: [], renames: [] },
    }),
  }),
}

/** From where commands of packages are. */
export const LIQUIBASE = '../liquibase/dist/liquibase/liquibase'

export const liquibase: FetchedTool = {
  name: 'liquibase',
  shown: 'Liquibase',
  package: 'liquibase',
  packages: { liquibase: '4.28.1' },
  needs: 'java',
  kinds: ['postgres', 'mysql'],
  folder: 'src/main/resources/db/changelog',
  project: (url) => ({
    'package.json': '{}',
    'root.xml': `<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
  <includeAll path="src/main/resources/db/changelog/"/>
</databaseChangeLog>
`,
    'liquibase.properties': `changelogFile=root.xml
url=${jdbc(url)}
username=${parts(url).user}
password=${parts(url).password}
`,
  }),
  up: [LIQUIBASE, 'update'],
  down: [LIQUIBASE, 'rollback-count', '1'],
  ledger: 'SELECT ID AS name FROM DATABASECHANGELOG ORDER BY ORDEREXECUTED',
  tables: /databasechangelog/i,
  stops: 'skips, and runs when it may',
}

/** The driver that it comes with is that of MariaDB. */
const jdbc = (url: URL): string => {
  const { host, port, database } = parts(url)
  return isPostgres(url)
    ? `jdbc:postgresql://${host}:${port}/${database}`
    : `jdbc:mariadb://${host}:${port}/${database}?allowPublicKeyRetrieval=true`
}
