import type { Collection } from './collection.ts'
import type { Names } from './names.ts'

/**
 * What the compiler knows of a database: read once, then only data. It survives a JSON round trip, so a plan
 * can be compiled offline from a saved file. Definitions are the server's own text, never assembled by hand.
 */
export type Snapshot = {
  readonly format: 1
  readonly dialect: string
  /**
   * `number` is the server's own comparable version (PostgreSQL: server_version_num, 180004; MySQL and MariaDB:
   * two digits each, 90704, 101119).
   */
  readonly server: {
    readonly number: number
    readonly version: string
    /** Of a database of documents: how its servers stand together, and what was found out by asking them. */
    readonly topology?: 'standalone' | 'replica set' | 'sharded'
    readonly can?: readonly ServerCan[]
  }
  /** Unqualified table names are looked up here. Of a database of documents: its name. */
  readonly schema: string
  readonly tables: readonly Table[]
  /** Of a database of documents; it has no tables. */
  readonly collections?: readonly Collection[]
  /** Names of functions whose result may change within a statement, without schema, sorted. */
  readonly volatileFunctions: readonly string[]
  /** The types that a column can have, where a database has more than its server's own. */
  readonly types?: readonly DataType[]
  /** Set where whoever read it is not shown what rights others have. */
  readonly unseenRights?: true
  /** What unqualified names mean, where a database looks them up along a path. */
  readonly names?: Names
}

/** A type by its name in the catalogue: `int4` is integer. */
export type DataType = {
  readonly schema: string
  readonly name: string
  /** A plain index can hold it. */
  readonly ordered: boolean
  /** What a domain, and each domain that it is made from, asks of its values. */
  readonly domain?: {
    readonly base: string
    readonly notNull: boolean
    readonly default: boolean
    /** Names of its checks. */
    readonly checks: readonly string[]
  }
}

/** What a server of documents was seen to do. */
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
  /** How often the table's columns were changed without writing its rows anew, where the server counts that. */
  readonly rowVersions?: number
  /** What a column that names no collation has, where a table has one of its own. */
  readonly collation?: string
  readonly owner: string
  readonly comment: string | null
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
  /** Primary key, unique, check and exclusion constraints, and from PostgreSQL 18 on the named NOT NULL ones. */
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
  /** What names the table and columns of it in its text; whether it needs them nobody can tell. */
  readonly mentions?: readonly Mention[]
  /** Triggers and functions that take its rows for having just the columns that they have now, by name. */
  readonly fixedRows?: readonly string[]
  /** The composite type that a typed table takes its columns from. */
  readonly ofType?: string | null
  /** Columns that say in which partition a row is, where partitions are no tables of their own. */
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
  /** Rights on columns that are not there, where the server keeps them all the same. */
  readonly strayRights?: readonly (Grant & { readonly column: string })[]
  /** Table with TOAST and indexes, bytes. */
  readonly bytes: number
  /** The planner's estimate; -1 when the table was never analysed. */
  readonly rows: number
}

export type Column = {
  readonly name: string
  /** Number in the catalogue; has gaps where columns were dropped. */
  readonly position: number
  /** As `format_type` prints it: `character varying(255)`, `app."Mood"[]`. */
  readonly type: string
  /** Ready for COLLATE, qualified and quoted where it needs that; null when it is the type's or the table's own. */
  readonly collation: string | null
  /** The default as an expression, null when there is none or the column is generated. */
  readonly default: Default | null
  readonly identity: 'always' | 'by default' | null
  readonly generated: { readonly kind: 'stored' | 'virtual'; readonly expression: string } | null
  /** No row is empty here. False while the constraint is NOT VALID (PostgreSQL 18); `constraints` has it. */
  readonly notNull: boolean
  readonly comment: string | null
  /** Statistics target; null is the server's default. */
  readonly statisticsTarget: number | null
  /** PLAIN, EXTERNAL, EXTENDED or MAIN when it differs from the type's own, else null. */
  readonly storage: 'PLAIN' | 'EXTERNAL' | 'EXTENDED' | 'MAIN' | null
  /** pglz or lz4 when set on the column, else null. */
  readonly compression: string | null
  /** `n_distinct=…` and its like, as stored. */
  readonly options: readonly string[]
  /** Grants on this column alone. */
  readonly grants: readonly Grant[]
  /** All that stands after its name in CREATE TABLE, where changing one property has to repeat the others. */
  readonly definition?: string
  /** Set anew by every UPDATE that does not name it: the text after ON UPDATE. */
  readonly onUpdate?: string
  /** Not part of `*`. */
  readonly invisible?: boolean
  /** A type outside of the server's own that its comparisons belong to: `public.citext`. */
  readonly outside?: string
  /** The sequences this column owns (serial), not that of an identity. */
  readonly sequences: readonly { readonly schema: string; readonly name: string }[]
}

/** `doubtful`: the server does not give it back exactly. `reads`: other columns that it is made from. */
type Default = {
  readonly sql: string
  readonly volatile: boolean
  readonly doubtful?: boolean
  readonly reads?: readonly string[]
}

export type Grant = {
  /** Role name; `PUBLIC` for everybody. */
  readonly to: string
  readonly privilege: string
  readonly grantable: boolean
}

export type Index = {
  readonly name: string
  /** `pg_get_indexdef`, with its tablespace. */
  readonly definition: string
  /** Every column it needs, also in expressions, INCLUDE and the predicate; in catalogue order, each once. */
  readonly columns: readonly string[]
  /** The plain key columns in key order; null where the key has an expression. */
  readonly key: readonly string[] | null
  readonly unique: boolean
  readonly primary: boolean
  /** Its structure, in small letters: btree, gin, fulltext, spatial, … */
  readonly method?: string
  readonly valid: boolean
  readonly partial: boolean
  readonly clustered: boolean
  /** The constraint it stands for, when it does. */
  readonly constraint: string | null
  readonly comment: string | null
  /** Statistics targets of its columns, by their number in the key; only those that are set. */
  readonly targets?: readonly Target[]
  /** Its place among the indexes of the table, where the server takes the first that a row breaks. */
  readonly place?: number
}

type Target = { readonly column: number; readonly target: number }

export type Constraint = {
  readonly name: string
  readonly kind: 'primary' | 'unique' | 'check' | 'exclusion' | 'not null'
  /** `pg_get_constraintdef`. */
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
  /** The table it belongs to. */
  readonly from: { readonly schema: string; readonly table: string; readonly columns: readonly string[] }
  readonly to: { readonly schema: string; readonly table: string; readonly columns: readonly string[] }
  /** `pg_get_constraintdef`; names the referenced table qualified. */
  readonly definition: string
  readonly validated: boolean
  readonly comment: string | null
  /** What the server makes of it for each partition of the table it refers to. */
  readonly copies?: readonly Copy[]
}

export type Copy = { readonly schema: string; readonly table: string; readonly name: string }

export type Trigger = {
  readonly name: string
  /** `pg_get_triggerdef`. */
  readonly definition: string
  readonly timing: 'before' | 'after' | 'instead of'
  readonly events: readonly ('insert' | 'update' | 'delete' | 'truncate')[]
  readonly level: 'row' | 'statement'
  /** Columns of UPDATE OF and of its condition. */
  readonly columns: readonly string[]
  /** Those of UPDATE OF alone; left out where the server has none. */
  readonly updateOf?: readonly string[]
  /** Columns that its body sets, as far as that can be read; `always`: to another value in every row that is written. */
  readonly sets?: readonly { readonly column: string; readonly always: boolean }[]
  /** It asks whether a batch of ours is under way. */
  readonly guarded?: boolean
  /** O origin, A always, R replica, D disabled: `tgenabled`. */
  readonly enabled: 'O' | 'A' | 'R' | 'D'
  /** Qualified name of its function, and the md5 of the function's body. */
  readonly function: string
  readonly functionHash: string
  /** Who owns the function and can change it, where it is an object of its own. */
  readonly functionOwner?: string
  /** Its function looks names up by the path of whoever writes. */
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
  /** Where they differ from what CREATE STATISTICS gives. */
  readonly target: number | null
  readonly comment: string | null
  readonly owner?: string
}

/** `procedure app.report`, and the columns that its text names. */
export type Mention = { readonly name: string; readonly columns: readonly string[] }

/** Something outside the table that the server itself knows to need one of its columns. */
export type Dependent = {
  readonly kind: 'view' | 'materialized view' | 'function' | 'generated column' | 'rule' | 'trigger' | 'other'
  /** As the server describes it: `view app.active_users`. */
  readonly name: string
  readonly columns: readonly string[]
}
