import type { Column, Index, Table } from '../../schema/snapshot.ts'
import type { Beside, Language, Use } from '../interface/language.ts'
import type { Refusal } from '../interface/refusal.ts'
import { isMariadb } from './connect/mariadb.ts'
import { folded, renameColumn, renameObject } from './language/definitions.ts'
import { condition, expression, query, typeName } from './language/expressions.ts'
import { characters, lengths } from './language/fits.ts'
import { partial, total } from './language/partial.ts'
import { cautions, statement } from './language/queries.ts'
import { columnNameProblem, helperName, literal, nameProblem, quote, quoteTable } from './language/quote.ts'
import { comparable } from './language/types.ts'
import {
  frozen,
  overfull,
  unalterable,
  unmodifiable,
  unrepeatable,
  unrestorable,
  unrewritable,
  unsettable,
} from './preflight/obstacles.ts'
import { traits } from './traits.ts'
import { archives } from './walk/archive.ts'
import { jsKind } from './walk/computing.ts'
import { sparing } from './walk/guard.ts'
import { jsonKeys } from './walk/json-keys.ts'
import { keyProblem } from './walk/key.ts'
import { look } from './walk/look.ts'
import { answer } from './walk/verify.ts'
import { MOMENT } from './write/defaults.ts'
import { indexesOf } from './write/indexes.ts'
import { lockingOthers } from './write/locks.ts'
import {
  asStored,
  collates,
  constantOf,
  neutral,
  retyping,
  typeChange,
  uncarried,
  wordList,
} from './write/retyping.ts'
import { rightsAside } from './write/rights.ts'
import { unhidable } from './write/visibility.ts'
import { writers } from './write/writers.ts'

/** What the compiler needs of MySQL or of MariaDB. */
export const language = (dialect: 'mysql' | 'mariadb'): Language => ({
  name: dialect,
  traits: traits(dialect),
  transaction: { begin: ['START TRANSACTION'], commit: ['COMMIT'] },
  writers: writers(dialect),
  lockingOthers: lockingOthers(dialect),
  expression,
  partial,
  total,
  characters,
  lengths,
  quote,
  literal,
  look,
  answer,
  query: (sql) => query(sql) ?? sql,
  exposed: () => [],
  batchPath: () => null,
  lookedUp: () => [],
  unlike: () => [],
  statement,
  cautions,
  statementPath: () => null,
  condition,
  type: (type) => typeName(type, dialect),
  renameColumn,
  renameObject,
  temporaryDefault: (column) => temporaryDefault(column, isMariadb(dialect)),
  collates,
  constantOf,
  neutral: (type) => neutral(type, isMariadb(dialect)),
  typeChange,
  wordList,
  asStored,
  retyping,
  jsonKeys: jsonKeys(dialect),
  uncarried,
  // The clock stands still within a statement and its triggers.
  steadyDefault: ({ sql, volatile }) => !volatile || MOMENT.test(sql),
  implicitValue,
  localDefault: () => false,
  zoned: () => [],
  rowIndexes,
  unfit: (type, use) => UNFIT[use](type, isMariadb(dialect)),
  unreferable: (there, column, type) => unreferable(there, column, type, isMariadb(dialect)),
  frozen: (table) => (isMariadb(dialect) ? frozen(table) : null),
  unalterable: (table) => unalterable(table, isMariadb(dialect)),
  unrewritable: (table) => unrewritable(table, isMariadb(dialect)),
  unrepeatable: (table) => (isMariadb(dialect) ? null : unrepeatable(table)),
  unrestorable: (table, column) => (isMariadb(dialect) ? null : unrestorable(table, column)),
  unsettable: (table, type, value) => (isMariadb(dialect) ? null : unsettable(table, type, value)),
  unrenamable: (table, column) => (isMariadb(dialect) ? null : unrenamable(table, column)),
  overfull: (table, growth, version) => overfull(table, growth, version, isMariadb(dialect)),
  unbuildable,
  rightsByName: true,
  rightsAside: rightsAside(dialect),
  unhidable: (table, column, after, version) => unhidable(table, column, after, version, isMariadb(dialect)),
  upserts,
  unseen: (column) => (dialect === 'mysql' ? unseen(column) : []),
  copyRecipe,
  indexes: indexesOf(isMariadb(dialect), copyRecipe),
  archiveOf: (ledger, plan, { schema, name }, snapshot, of) => ({
    schema: snapshot.schema,
    name: helperName(`${ledger}_archive_${name}`, plan, schema, name, ...of),
  }),
  archived: archives.reads,
  define: {
    check: ({ sql }) => `CHECK (${sql})`,
    foreignKey: (columns, to, there) =>
      `FOREIGN KEY (${columns.map(quote).join(', ')}) REFERENCES ${quoteTable(to)} (${there.map(quote).join(', ')})`,
  },
  sparing,
  helperName,
  fold: folded,
  ungenerated: (stored) =>
    stored ? 'this server would copy the table for it, and nobody could write to it meanwhile' : null,
  numbering: () => ({
    unnumbered:
      'this server would write the table anew for AUTO_INCREMENT, and nobody could write to it meanwhile',
  }),
  assignsInOrder: true,
  jsKind,
  nameProblem,
  columnNameProblem,
})

const copyRecipe: Language['copyRecipe'] = ({ schema, name }, clause) =>
  `where writes may go through a copy of the table, do it outside of this plan: pt-online-schema-change --alter "${clause.replaceAll('`', '\\`')}" D=${schema},t=${name} --execute`

const LARGE = /^((tiny|medium|long)?(text|blob)|json|geometry|point|linestring|polygon|multi|geom|vector)/i

const UNFIT: Readonly<Record<Use, (type: string, mariadb: boolean) => Refusal | null>> = {
  column: () => null,
  key: keyProblem,
  index: (type) =>
    LARGE.test(type)
      ? {
          refused: `a column of type ${type} can be in an index only with a part of its length`,
          hint: 'give it a type with a length, such as varchar(255), or leave the index out',
        }
      : null,
  default: (type, mariadb) =>
    LARGE.test(type) && !mariadb
      ? {
          refused: `this server keeps no constant default for a column of type ${type}`,
          hint: 'give it a type with a length, such as varchar(255), or a fill instead of a default',
        }
      : null,
  // Measured on 10.11 (error 1846): it treats every timestamp as one that needs its own value in each row.
  required: (type, mariadb) =>
    mariadb && /^timestamp/i.test(type)
      ? {
          refused: `this server makes a column of type ${type} NOT NULL only by copying the table`,
          hint: 'let it be empty (ALTER TABLE for a column that is there, no required for one of the plan), or give the new column the type datetime',
        }
      : null,
  // The catalogue stores these texts in utf8mb3, with a question mark for other characters.
  twin: (type) =>
    /^(enum|set)\b/i.test(type) && type.includes('?')
      ? {
          refused: 'the server may not give all words of its type back exactly',
          hint: 'a question mark in a word may stand for an emoji; change the type by hand first',
        }
      : null,
}

/** Measured on MySQL 9.7 (error 3959). MariaDB renames the column in the check, too. */
function unrenamable(table: Table, column: string): Refusal | null {
  const check = table.constraints.find((one) => one.kind === 'check' && one.columns.includes(column))
  const beside = unmodifiable(table, 'renames a column')
  return check === undefined
    ? beside && { ...beside, refused: `${table.schema}.${table.name} ${beside.refused}` }
    : {
        refused: `the check ${check.name} of ${table.schema}.${table.name} keeps ${column} from being renamed, and without triggers that is how it is retired`,
        hint: `drop the check before this plan (ALTER TABLE ${quoteTable(table)} DROP CHECK ${quote(check.name)}), or leave sync: application out`,
      }
}

/**
 * Measured on MySQL 9.7: in an UPDATE of several tables it sets these columns after the triggers, except in the first
 * table.
 */
const unseen = ({ name, onUpdate }: Column): readonly string[] =>
  onUpdate === undefined
    ? []
    : [
        `an UPDATE of several tables at once that sets ${name} itself is not carried over: the server sets the other column behind the sync trigger; verify finds such rows`,
      ]

/** ON DUPLICATE KEY UPDATE writes the row that the first matching unique index finds. A counterpart is the last one. */
const upserts = (table: Table, index: Index, { name: twin, instead }: Beside): readonly string[] => {
  if (instead === null) return []
  const empty = ({ columns }: Index) =>
    table.columns.some(({ name, notNull }) => !notNull && columns.includes(name))
  const behind = table.indexes.filter(
    (one) =>
      one.unique &&
      !one.primary &&
      (one.place ?? 0) > (index.place ?? 0) &&
      empty(one) === empty(index) &&
      !one.columns.includes(instead),
  )
  return behind.length === 0
    ? []
    : [
        `after contract ${index.name} stands behind ${behind.map(({ name }) => name).join(' and ')} (as ${twin} until then): INSERT … ON DUPLICATE KEY UPDATE that meets one row by ${index.name} and another one by ${behind[0]?.name} updates the latter then; such statements have to look for the row that they mean first`,
      ]
}

/**
 * MariaDB accepts any index that begins with the column. MySQL requires a unique one since 8.4
 * (restrict_fk_on_non_standard_key).
 */
function unreferable(there: Table, { name, type }: Column, wanted: string, mariadb: boolean): Refusal | null {
  const full = `${there.schema}.${there.name}.${name}`
  const found = there.indexes.some(
    ({ key, unique }) => key?.[0] === name && (mariadb || (unique && key.length === 1)),
  )
  if (!found)
    return {
      refused: `${full} ${mariadb ? 'has no index' : 'is not unique by itself'}`,
      hint: `a foreign key refers to a primary key or to a column with a unique index: ALTER TABLE ${quoteTable(there)} ADD ${mariadb ? 'INDEX' : 'UNIQUE'} (${quote(name)}) first`,
    }
  return comparable(wanted, type)
    ? null
    : {
        refused: `a column of type ${wanted} cannot refer to ${full}, which is ${type}`,
        hint: `give the new column the type ${type}`,
      }
}

/** Measured on MySQL 9.7 and MariaDB 10.11: they refuse LOCK=NONE for these. */
function unbuildable({ name, key, definition }: Index): Refusal | null {
  const hint = `drop ${name} before this plan and build it on the new column afterwards, at a quiet time`
  // An expression part has its own brackets; a prefix length follows its column. A comment may contain anything.
  const functional = key === null && /[(,]\s*\(/.test(definition.replaceAll(/'(?:[^']|'')*'/g, "''"))
  return functional
    ? { refused: `building the index ${name}, which has an expression, blocks writes`, hint }
    : null
}

/**
 * InnoDB's clustered index. Without a primary key it is one of the unique indexes whose columns are all required and
 * whole.
 */
function rowIndexes({ indexes, columns }: Table): readonly Index[] {
  const required = (name: string) => columns.find((column) => column.name === name)?.notNull ?? false
  const primary = indexes.filter((index) => index.primary)
  return primary.length > 0 ? primary : indexes.filter(({ unique, key }) => unique && key?.every(required))
}

/** Source: the manuals of both servers, "Data Type Default Values". An enum would get a word that it does not list. */
function implicitValue({ notNull, type }: Column): string | null {
  if (!notNull) return null
  const known: readonly (readonly [RegExp, string])[] = [
    [/^date\b/i, "'0000-00-00'"],
    [/^(datetime|timestamp)/i, "'0000-00-00 00:00:00'"],
    [/^time/i, "'00:00:00'"],
    [/^((tiny|small|medium|big)?int|decimal|float|double|year|bit)/i, '0'],
    [/^((var)?(char|binary)|set|(tiny|medium|long)?(text|blob))/i, "''"],
  ]
  return known.find(([pattern]) => pattern.test(type))?.[1] ?? null
}

/** A neutral default for a required column without one: for rows that leave it out once no trigger fills it. */
function temporaryDefault({ notNull, default: given, type }: Column, mariadb: boolean): string | null {
  if (!notNull || given !== null) return null
  return neutral(type, mariadb)
}
