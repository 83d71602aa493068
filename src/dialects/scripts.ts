import type { Program } from '../program/program.ts'
import type { MigrationScript } from './interface/migration.ts'
import type { Script } from './interface/script.ts'
import { migration as mongoMigration } from './mongodb/script/migration.ts'
import { mongosh } from './mongodb/script/script.ts'
import { mariadbMigration, mysqlMigration } from './mysql/script/migration.ts'
import { mysqlClient } from './mysql/script/script.ts'
import { migration as postgresMigration } from './postgres/script/migration.ts'
import { psql } from './postgres/script/script.ts'

const SCRIPTS: Readonly<Record<string, Script>> = {
  postgres: psql,
  mysql: mysqlClient,
  mariadb: mysqlClient,
  mongodb: mongosh,
}

/** The language in which people type what this program does. */
export const scriptOf = ({ engine }: Pick<Program, 'engine'>): Script => SCRIPTS[engine.dialect] ?? psql

const MIGRATIONS: Readonly<Record<string, MigrationScript>> = {
  postgres: postgresMigration,
  mysql: mysqlMigration,
  mariadb: mariadbMigration,
  mongodb: mongoMigration,
}

/** How files of other migration tools change this database; null where they cannot. */
export const migrationScriptOf = ({ engine }: Pick<Program, 'engine'>): MigrationScript | null =>
  MIGRATIONS[engine.dialect] ?? null
