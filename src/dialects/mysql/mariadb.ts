import type { Column } from '../../schema/snapshot.ts'
import { printed } from './inspect-query.ts'

/** Whether what VERSION() says is MariaDB's: `10.11.19-MariaDB-log`. */
export const isMariadb = (version: string): boolean => /mariadb/i.test(version)

/** A column's type; how it is kept stands in COLUMN_TYPE too, in a comment that other servers do not run. */
export const withoutStorage = (type: string): string => type.replace(/ \/\*M!\d+ COMPRESSED.*?\*\//, '')

/** JSON is a name for longtext with this collation and a check of its own. */
const JSON_COLLATION = 'utf8mb4_bin'

/** Whether the column was written as JSON, or so that nobody can tell. */
export const isJson = (column: Pick<Column, 'name' | 'type' | 'collation'>, check: string | null): boolean =>
  column.type === 'longtext' &&
  column.collation === JSON_COLLATION &&
  check === `json_valid(${printed(column.name)})`

/** What RULE in information_schema.REFERENTIAL_CONSTRAINTS stands for no clause: MySQL has NO ACTION there. */
export const DEFAULT_RULE = 'RESTRICT'

/** A database or table as InnoDB keeps it, in the encoding of file names. Only MariaDB lets one use that. */
const fileName = (name: string): string => `CAST(CONVERT(${name} USING filename) AS BINARY)`
const part = (name: string, which: 1 | -1): string =>
  `CONVERT(CONVERT(CAST(SUBSTRING_INDEX(${name}, '/', ${which}) AS BINARY) USING filename) USING utf8mb4)`

/**
 * Foreign keys that point at so many tables, from InnoDB's own list: information_schema would open every table of the server
 * to answer that. Needs the privilege PROCESS. Takes a database and a name for each; the database stands before the slash.
 */
export const innodbReferences = (tables: number): string => `
  SELECT ${part('for_name', 1)} AS from_schema, ${part('for_name', -1)} AS from_table,
    ${part('ref_name', 1)} AS table_schema, ${part('ref_name', -1)} AS table_name,
    SUBSTR(id, LOCATE('/', id) + 1) AS name
  FROM information_schema.INNODB_SYS_FOREIGN
  WHERE CAST(ref_name AS BINARY) IN (${Array(tables)
    .fill(`CONCAT(${fileName('?')}, '/', ${fileName('?')})`)
    .join(', ')})`
