import type { Life } from '../../../support/lives.ts'
import { type Renaming, renaming, type Words } from '../../cases/renaming.ts'

export const ident = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** SIGNAL without a number of its own. */
export const CONFLICT = '1644'

const MYSQL: Words = { ident, conflict: CONFLICT }

/** A column gets another name, on MySQL and MariaDB. */
export const mysqlRenaming = (name: string, given: Renaming): Life => renaming(name, given, MYSQL)

/** `people` and their like: rows with a number each. */
export const numbered = (count: number): string =>
  `WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${count}) SELECT n FROM s`

/** `INSERT … SELECT` of so many rows, in which `n` counts them. */
export const seeded = (into: string, count: number, values: string): string =>
  `INSERT INTO ${into} SELECT ${values} FROM (${numbered(count)}) s`
