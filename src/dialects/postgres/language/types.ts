import type { Column, DataType, Snapshot, Table } from '../../../schema/snapshot.ts'
import { nearest } from '../../../text/nearest.ts'
import type { Language, Use } from '../../interface/language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import type { WordList } from '../../interface/type-change.ts'
import { statements, tokens } from './parser.ts'
import { literal, quote } from './quote.ts'

type TypeName = {
  readonly names?: readonly { readonly String?: { readonly sval?: string } }[]
  readonly arrayBounds?: readonly unknown[]
  readonly setof?: boolean
  readonly pct_type?: boolean
}

const HINT = 'write a type as in CREATE TABLE, such as text, varchar(50) or numeric(10,2)'

/**
 * A type in the author's spelling. One that is not the server's own gets its schema, so that it means the same under
 * every search path.
 */
export function typeName(type: string, snapshot: Snapshot): string | Refusal {
  const tree = parsed(type)
  if (tree === null && /\bcollate\b/i.test(type))
    return {
      refused: `${type}: another collation under the same name is not built for this server`,
      hint: 'write the type alone. While no index has the column, ALTER COLUMN with TYPE and COLLATE changes only the catalogue: put that statement into the contract of a run_sql, drop the indexes of the column before it (drop_index), and build them again after it (add_index)',
    }
  if (tree === null) return { refused: `not a type: ${type}`, hint: HINT }
  if (/^(small|big)?serial\d?$/i.test(type.trim()))
    return { refused: `${type} is a shorthand, not a type`, hint: 'use bigint and a default' }
  const [schema, name] = nameIn(tree)
  if (snapshot.types === undefined) return type.trim()
  const found = search(snapshot, schema, name)
  if (found === null) return unknown(snapshot, schema, name)
  return schema !== null || found.schema === 'pg_catalog'
    ? type.trim()
    : `${quote(found.schema)}.${type.trim()}`
}

/** The tree of a text that is only a type. */
function parsed(type: string): TypeName | null {
  const read = statements(`SELECT CAST(NULL AS ${type})`)
  if ('error' in read || tokens(type).some(({ comment }) => comment)) return null
  const [tree] = read.trees as {
    SelectStmt?: {
      targetList?: {
        ResTarget?: {
          name?: string
          val?: { TypeCast?: { arg?: { A_Const?: object }; typeName?: TypeName } }
        }
      }[]
    }
  }[]
  const [target] = tree?.SelectStmt?.targetList ?? []
  const cast = target?.ResTarget?.val?.TypeCast
  const plain =
    read.trees.length === 1 && tree?.SelectStmt?.targetList?.length === 1 && !target?.ResTarget?.name
  if (!plain || Object.keys(tree?.SelectStmt ?? {}).length > 3 || !cast?.arg?.A_Const) return null
  const { typeName: written } = cast
  return written && !written.setof && !written.pct_type ? written : null
}

const nameIn = ({ names = [] }: TypeName): [schema: string | null, name: string] => {
  const parts = names.map(({ String: text }) => text?.sval ?? '')
  return [parts.length > 1 ? (parts.at(-2) ?? null) : null, parts.at(-1) ?? '']
}

/** Looks a name up as the server would with its catalogue, the plan's schema and `public` on the path. */
function search({ types = [], schema: own }: Snapshot, schema: string | null, name: string): DataType | null {
  const path = schema === null ? ['pg_catalog', own, 'public'] : [schema]
  for (const where of path) {
    const found = types.find((one) => one.schema === where && one.name === name)
    if (found) return found
  }
  return null
}

function unknown({ types = [] }: Snapshot, schema: string | null, name: string): Refusal {
  const elsewhere = types.find((one) => one.name === name)
  const near = nearest(
    name,
    types.filter((one) => schema === null || one.schema === schema).map((one) => one.name),
  )
  return {
    refused: `there is no type ${schema === null ? name : `${schema}.${name}`}`,
    hint: elsewhere ? `write ${elsewhere.schema}.${name}` : near ? `did you mean ${near}?` : HINT,
  }
}

/** Why a column of this type cannot be used this way; null when it can. When the types are unknown nothing is refused. */
export function unfit(type: string, use: Use, snapshot: Snapshot): Refusal | null {
  const tree = parsed(type)
  const found = tree && search(snapshot, ...nameIn(tree))
  if (!found) return null
  const array = (tree.arrayBounds ?? []).length > 0
  if (use === 'column' || use === 'twin') return array ? null : domainProblem(found)
  return use === 'index' && !found.ordered
    ? {
        refused: `a column of type ${type} cannot be in a plain index: the type has no order`,
        hint: 'leave the index out; build one of another kind (such as gin) afterwards, CONCURRENTLY',
      }
    : null
}

/** A column of such a domain can only be added by rewriting the table, or would get values that nobody wrote. */
function domainProblem({ schema, name, domain }: DataType): Refusal | null {
  if (!domain) return null
  const has =
    domain.checks.length > 0
      ? `checks (${domain.checks.join(', ')}), and PostgreSQL writes the whole table anew to add a column of it`
      : domain.notNull
        ? 'NOT NULL, which no column can meet before its rows are filled'
        : domain.default
          ? 'a default, which would stand for what nobody wrote'
          : null
  return has === null
    ? null
    : {
        refused: `the domain ${schema}.${name} has ${has}`,
        hint: `use its base type ${domain.base}, and put what the domain asks for into the column: required, default or check (a column that has the domain already: give it the type ${domain.base} first)`,
      }
}

/** Words that the server can list; it knows them by a type of its own. */
export const wordList: Language['wordList'] = (type, snapshot) => {
  const tree = parsed(type)
  const found = tree && (tree.arrayBounds ?? []).length === 0 ? search(snapshot, ...nameIn(tree)) : null
  if (found?.words === undefined) return null
  const { schema, name, words } = found
  const of = (all: readonly string[]) => `ENUM (${all.map(literal).join(', ')})`
  const other: NonNullable<WordList['shared']>['other'] = (called, all) => {
    const full = `${quote(schema)}.${quote(called)}`
    return { type: full, make: `CREATE TYPE ${full} AS ${of(all)}`, drop: `DROP TYPE ${full}` }
  }
  return { words, several: false, shared: { schema, name, other }, of }
}

/** Types that share an equality operator, so that a foreign key can connect them. */
const FAMILIES = [
  ['int2', 'int4', 'int8', 'smallint', 'integer', 'bigint'],
  ['text', 'varchar', 'bpchar', 'character varying', 'character', 'name'],
  ['date', 'timestamp', 'timestamptz', 'timestamp without time zone', 'timestamp with time zone'],
  ['float4', 'float8', 'real', 'double precision'],
]

/** Why a foreign key from a column of `type` cannot refer to this one; null when it can. */
export function unreferable(there: Table, column: Column, type: string): Refusal | null {
  const name = `${there.schema}.${there.name}.${column.name}`
  const unique = there.indexes.some(
    (index) =>
      index.unique &&
      index.valid &&
      !index.partial &&
      index.key?.length === 1 &&
      index.key[0] === column.name &&
      !there.constraints.some((one) => one.index === index.name && one.deferrable),
  )
  if (!unique)
    return {
      refused: `${name} is not unique by itself`,
      hint: `a foreign key refers to a primary key or to a column with a unique index: CREATE UNIQUE INDEX CONCURRENTLY ON ${quote(there.schema)}.${quote(there.name)} (${quote(column.name)}) first`,
    }
  const [here, other] = [bare(type), bare(column.type)]
  const alike = here === other || FAMILIES.some((family) => family.includes(here) && family.includes(other))
  return alike
    ? null
    : {
        refused: `a column of type ${type} cannot refer to ${name}, which is ${column.type}`,
        hint: `give the new column the type ${column.type}`,
      }
}

/** The type's last name as the parser knows it: `int4` for integer. */
const bare = (type: string): string => {
  const tree = parsed(type)
  return tree ? `${nameIn(tree)[1]}${(tree.arrayBounds ?? []).length > 0 ? '[]' : ''}` : type
}
