import type { Column } from '../../../schema/snapshot.ts'
import { printed } from '../inspect/query.ts'

/** Whether VERSION() is MariaDB's: `10.11.19-MariaDB-log`. */
export const isMariadb = (version: string): boolean => /mariadb/i.test(version)

/** Storage options of a column. COLUMN_TYPE has them in a comment that other servers ignore. */
const STORAGE = / \/\*M!\d+ (COMPRESSED.*?)\*\//

/** A column's type without storage options. */
export const withoutStorage = (type: string): string => type.replace(STORAGE, '')

/** `COMPRESSED`, as it is written after a type; null without storage options. */
export const storageOf = (type: string): string | null => STORAGE.exec(type)?.[1]?.trim() ?? null

/** On MariaDB JSON means longtext with this collation and a check. */
const JSON_COLLATION = 'utf8mb4_bin'

/** Whether the column was declared as JSON, or so that this cannot be told. */
export const isJson = (column: Pick<Column, 'name' | 'type' | 'collation'>, check: string | null): boolean =>
  column.type === 'longtext' &&
  column.collation === JSON_COLLATION &&
  check === `json_valid(${printed(column.name)})`

/** The value of RULE in information_schema.REFERENTIAL_CONSTRAINTS when there is no clause. MySQL has NO ACTION there. */
export const DEFAULT_RULE = 'RESTRICT'

/** A database or table name in InnoDB's file name encoding. Only MariaDB offers that. */
const fileName = (name: string): string => `CAST(CONVERT(${name} USING filename) AS BINARY)`
const part = (name: string, which: 1 | -1): string =>
  `CONVERT(CONVERT(CAST(SUBSTRING_INDEX(${name}, '/', ${which}) AS BINARY) USING filename) USING utf8mb4)`

/**
 * Foreign keys that point at so many tables, from InnoDB's own list: information_schema would open every table of the
 * server. Needs the privilege PROCESS. Takes a database and a name for each; the database comes before the slash.
 */
export const innodbReferences = (tables: number): string => `
  SELECT ${part('for_name', 1)} AS from_schema, ${part('for_name', -1)} AS from_table,
    ${part('ref_name', 1)} AS table_schema, ${part('ref_name', -1)} AS table_name,
    SUBSTR(id, LOCATE('/', id) + 1) AS name
  FROM information_schema.INNODB_SYS_FOREIGN
  WHERE CAST(ref_name AS BINARY) IN (${Array(tables)
    .fill(`CONCAT(${fileName('?')}, '/', ${fileName('?')})`)
    .join(', ')})`
