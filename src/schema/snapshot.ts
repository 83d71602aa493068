import type { Collection } from './collection.ts'
import type { Names } from './names.ts'

/**
 * What the compiler knows of a database. It is read once and then only data. It survives a JSON round trip, so a plan
 * can be compiled offline from a saved file. Definitions are the server's own text; this tool never assembles them.
 */
export type Snapshot = {
  readonly format: 1
  readonly dialect: string
  /**
   * `number` is the server's own comparable version. PostgreSQL: server_version_num, 180004. MySQL and MariaDB: two
   * digits each, 90704, 101119.
   */
  readonly server: {
    readonly number: number
    readonly version: string
    /** Only for a database of documents: how its servers are arranged, and what they were found to be able to do. */
    readonly topology?: 'standalone' | 'replica set' | 'sharded'
    readonly can?: readonly ServerCan[]
  }
  /** The schema in which unqualified table names are looked up. For a database of documents: the database's name. */
  readonly schema: string
  readonly tables: readonly Table[]
  /** Only for a database of documents, which has no tables. */
  readonly collections?: readonly Collection[]
  /** Names of functions whose result may change within a statement; without schema, sorted. */
  readonly volatileFunctions: readonly string[]
  /** The types that a column can have, where users can define some. */
  readonly types?: readonly DataType[]
  /** Set when the user who read the snapshot cannot see the rights of others. */
  readonly unseenRights?: true
  /** What unqualified names mean, where the server looks them up along a search path. */
  readonly names?: Names
}

/** A type by its name in the catalogue: `int4` is integer. */
export type DataType = {
  readonly schema: string
  readonly name: string
  /** The type can be in a plain index. */
  readonly ordered: boolean
  /** For a list of words (enum): the words in their order. */
  readonly words?: readonly string[]
  /** For a domain: what it, and each domain under it, demands of its values. */
  readonly domain?: {
    readonly base: string
    readonly notNull: boolean
    readonly default: boolean
    /** Names of its checks. */
    readonly checks: readonly string[]
  }
}

/** Abilities that a server of documents was seen to have. */
export type ServerCan =
  | 'change streams'
  | 'staged unique'
  | 'hidden indexes'
  | 'hidden plain indexes'
  | 'member lag'

export type Table = {
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'partitioned' | 'foreign' | 'system versioned'
  /** The storage engine, where a server has several: `InnoDB`. */
  readonly engine?: string
  /** How rows are stored, where the server has several ways: `Dynamic`. */
  readonly rowFormat?: string
  /** How often columns of the table were changed without rewriting its rows, where the server counts that. */
  readonly rowVersions?: number
  /** The collation of columns that name none, where the table has a default of its own. */
  readonly collation?: string
  readonly owner: string
  readonly comment: string | null
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
  /** Primary key, unique, check and exclusion constraints, and from PostgreSQL 18 on named NOT NULL constraints. */
  readonly constraints: readonly Constraint[]
  /** Foreign keys of this table. */
  readonly foreignKeys: readonly ForeignKey[]
  /** Foreign keys of other tables (or of this one) that point here. */
  readonly referencedBy: readonly ForeignKey[]
  readonly triggers: readonly Trigger[]
  readonly policies: readonly Policy[]
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean }
  readonly publications: readonly Publication[]
  readonly statistics: readonly StatisticsObject[]
  /** Views, functions and generated columns that need a column of this table. */
  readonly dependents: readonly Dependent[]
  /** Objects whose text names the table and some of its columns. Whether they need the columns is unknown. */
  readonly mentions?: readonly Mention[]
  /** Names of triggers and functions that take rows of the table and rely on exactly today's columns. */
  readonly fixedRows?: readonly string[]
  /** The composite type that a typed table takes its columns from. */
  readonly ofType?: string | null
  /** Columns that decide a row's partition, where partitions are not tables of their own. */
  readonly partitionedBy?: readonly string[]
  /** Qualified names (schema.table). */
  readonly partitions: readonly string[]
  readonly partitionOf: string | null
  readonly inherits: readonly string[]
  readonly inheritedBy: readonly string[]
  readonly replicaIdentity: {
    readonly kind: 'default' | 'nothing' | 'full' | 'index'
    readonly index: string | null
  }
  readonly grants: readonly Grant[]
  /** Rights on columns that do not exist, on servers that keep such rights. */
  readonly strayRights?: readonly (Grant & { readonly column: string })[]
  /** Size of the table with TOAST and indexes, bytes. */
  readonly bytes: number
  /** The planner's estimate; -1 when the table was never analysed. */
  readonly rows: number
}

export type Column = {
  readonly name: string
  /** The column's number in the catalogue; the numbers have gaps where columns were dropped. */
  readonly position: number
  /** As `format_type` prints it: `character varying(255)`, `app."Mood"[]`. */
  readonly type: string
  /** Ready for COLLATE: qualified and quoted where needed. Null when it is the default of the type or the table. */
  readonly collation: string | null
  /** The default as an expression; null when there is none or the column is generated. */
  readonly default: Default | null
  readonly identity: 'always' | 'by default' | null
  readonly generated: { readonly kind: 'stored' | 'virtual'; readonly expression: string } | null
  /** No row is empty here. False while the constraint is NOT VALID (PostgreSQL 18); `constraints` still lists it. */
  readonly notNull: boolean
  readonly comment: string | null
  /** Statistics target; null is the server's default. */
  readonly statisticsTarget: number | null
  /** PLAIN, EXTERNAL, EXTENDED or MAIN when it differs from the type's own, else null. */
  readonly storage: 'PLAIN' | 'EXTERNAL' | 'EXTENDED' | 'MAIN' | null
  /** pglz or lz4 when set on the column, or MariaDB's COMPRESSED; else null. */
  readonly compression: string | null
  /** Attribute options such as `n_distinct=…`, as stored. */
  readonly options: readonly string[]
  /** Grants on this column alone. */
  readonly grants: readonly Grant[]
  /** All that follows the name in CREATE TABLE, on servers where changing one property has to repeat the others. */
  readonly definition?: string
  /** The text after ON UPDATE: the server sets the column anew with every UPDATE that does not name it. */
  readonly onUpdate?: string
  /** The column is not part of `*`. */
  readonly invisible?: boolean
  /** The type whose comparisons the column uses, when it is not the server's own: `public.citext`. */
  readonly outside?: string
  /** The sequences this column owns (serial). The sequence of an identity is not among them. */
  readonly sequences: readonly { readonly schema: string; readonly name: string }[]
}

/** `doubtful`: the server does not return the default exactly. `reads`: the other columns that it uses. */
type Default = {
  readonly sql: string
  readonly volatile: boolean
  readonly doubtful?: boolean
  readonly reads?: readonly string[]
}

export type Grant = {
  /** A role's name; `PUBLIC` for everybody. */
  readonly to: string
  readonly privilege: string
  readonly grantable: boolean
}

export type Index = {
  readonly name: string
  /** The text of `pg_get_indexdef`, with its tablespace. */
  readonly definition: string
  /** Every column the index needs, also in expressions, INCLUDE and the predicate; in catalogue order, each once. */
  readonly columns: readonly string[]
  /** The plain key columns in key order; null where the key has an expression. */
  readonly key: readonly string[] | null
  readonly unique: boolean
  readonly primary: boolean
  /** The kind of index, in small letters: btree, gin, fulltext, spatial, … */
  readonly method?: string
  readonly valid: boolean
  readonly partial: boolean
  readonly clustered: boolean
  /** The constraint that the index belongs to, if any. */
  readonly constraint: string | null
  readonly comment: string | null
  /** Statistics targets of its columns, by their number in the key; only those that are set. */
  readonly targets?: readonly Target[]
  /** The index's position in the table, on servers that report the first index that a row breaks. */
  readonly place?: number
}

type Target = { readonly column: number; readonly target: number }

export type Constraint = {
  readonly name: string
  readonly kind: 'primary' | 'unique' | 'check' | 'exclusion' | 'not null'
  /** The text of `pg_get_constraintdef`. */
  readonly definition: string
  readonly columns: readonly string[]
  readonly validated: boolean
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly index: string | null
  readonly comment: string | null
}

export type ForeignKey = {
  readonly name: string
  /** The table that the foreign key belongs to. */
  readonly from: { readonly schema: string; readonly table: string; readonly columns: readonly string[] }
  readonly to: { readonly schema: string; readonly table: string; readonly columns: readonly string[] }
  /** The text of `pg_get_constraintdef`, which qualifies the referenced table's name. */
  readonly definition: string
  readonly validated: boolean
  readonly comment: string | null
  /** The constraints that the server creates from it for each partition of the referenced table. */
  readonly copies?: readonly Copy[]
}

export type Copy = { readonly schema: string; readonly table: string; readonly name: string }

export type Trigger = {
  readonly name: string
  /** The text of `pg_get_triggerdef`. */
  readonly definition: string
  readonly timing: 'before' | 'after' | 'instead of'
  readonly events: readonly ('insert' | 'update' | 'delete' | 'truncate')[]
  readonly level: 'row' | 'statement'
  /** Columns named in UPDATE OF and in the trigger's condition. */
  readonly columns: readonly string[]
  /** Columns of UPDATE OF alone; left out where the server has no such clause. */
  readonly updateOf?: readonly string[]
  /**
   * Columns that the trigger's body sets, as far as that can be read. `always`: it changes the value in every row
   * that is written.
   */
  readonly sets?: readonly { readonly column: string; readonly always: boolean }[]
  /** The trigger asks whether one of the tool's batches is running. */
  readonly guarded?: boolean
  /** `tgenabled`: O origin, A always, R replica, D disabled. */
  readonly enabled: 'O' | 'A' | 'R' | 'D'
  /** Qualified name of the trigger's function, and the md5 of that function's body. */
  readonly function: string
  readonly functionHash: string
  /** The owner of the function, who can change it, where functions are separate objects. */
  readonly functionOwner?: string
  /** The function looks names up by the search path of the session that writes. */
  readonly pathless?: boolean
}

export type Policy = {
  readonly name: string
  readonly command: string
  readonly definition: string
  readonly columns: readonly string[]
}

/** `columns` is null when the publication carries all columns. */
export type Publication = { readonly name: string; readonly columns: readonly string[] | null }

export type StatisticsObject = {
  readonly schema: string
  readonly name: string
  readonly definition: string
  readonly columns: readonly string[]
  /** Statistics target and the like, where they differ from what CREATE STATISTICS gives. */
  readonly target: number | null
  readonly comment: string | null
  readonly owner?: string
}

/** An object and the columns that its text names: `procedure app.report`. */
export type Mention = { readonly name: string; readonly columns: readonly string[] }

/** An object outside the table that needs one of its columns, as the server itself records. */
export type Dependent = {
  readonly kind: 'view' | 'materialized view' | 'function' | 'generated column' | 'rule' | 'trigger' | 'other'
  /** As the server describes it: `view app.active_users`. */
  readonly name: string
  readonly columns: readonly string[]
}
