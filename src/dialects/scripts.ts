import type { Program } from '../program/program.ts'
import type { Script } from './interface/script.ts'
import { mongosh } from './mongodb/write/script.ts'
import { mysqlClient } from './mysql/write/script.ts'
import { psql } from './postgres/write/script.ts'

const SCRIPTS: Readonly<Record<string, Script>> = {
  postgres: psql,
  mysql: mysqlClient,
  mariadb: mysqlClient,
  mongodb: mongosh,
}

/** The language in which people type what this program does. */
export const scriptOf = ({ engine }: Pick<Program, 'engine'>): Script => SCRIPTS[engine.dialect] ?? psql
