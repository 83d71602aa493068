import type { Index, Table } from '../../schema/snapshot.ts'
import type { Beside, Language } from '../interface/language.ts'
import { racing } from '../upserts.ts'
import { batchPath, inheritedFrom, lookedUp } from './inspect/inherited-path.ts'
import { unlike } from './inspect/unlike.ts'
import { renameColumn, renameObject } from './language/definitions.ts'
import { condition, expression, query } from './language/expressions.ts'
import { indexes } from './language/indexes.ts'
import { jsonKeys } from './language/json-keys.ts'
import { characters, isText, lengths } from './language/kinds.ts'
import { numbering, ungenerated } from './language/numbers.ts'
import { loadParser } from './language/parser.ts'
import { partial, total } from './language/partial.ts'
import { columnNameProblem, helperName, literal, nameProblem, quote, quoteTable } from './language/quote.ts'
import { exposed } from './language/resolve.ts'
import { isLocal, zoned } from './language/settings.ts'
import { statement } from './language/statement.ts'
import { typeName, unfit, unreferable, wordList } from './language/types.ts'
import { traits } from './traits.ts'
import { archives } from './walk/archive.ts'
import { jsKind } from './walk/computing.ts'
import { sparing } from './walk/guard.ts'
import { look } from './walk/look.ts'
import { answer } from './walk/verify.ts'
import { asStored, constantOf, neutral, retyping, typeChange, uncarried } from './write/retyping.ts'
import { writers } from './write/writers.ts'

/** What the compiler needs of PostgreSQL. It waits once for the parser; everything after that is pure. */
export async function language(): Promise<Language> {
  await loadParser()
  return {
    name: 'postgres',
    traits,
    transaction: { begin: ['BEGIN', "SET LOCAL lock_timeout = '1s'"], commit: ['COMMIT'] },
    writers,
    lockingOthers: (written) => written,
    expression,
    partial,
    total,
    characters,
    lengths,
    quote,
    literal,
    look,
    query,
    answer,
    exposed: (texts, tables, snapshot) => [
      ...exposed(texts, snapshot.names),
      ...tables.flatMap((table) => inheritedFrom(table, snapshot)),
    ],
    batchPath,
    lookedUp,
    unlike,
    statement,
    cautions: () => [],
    statementPath: ({ schema, names }) => [...new Set([schema, ...(names?.path ?? [])])],
    condition,
    type: typeName,
    renameColumn,
    renameObject,
    // A required column without default refuses a row that leaves it out. Only the sync trigger can fill it.
    temporaryDefault: () => null,
    constantOf,
    neutral,
    typeChange,
    wordList,
    asStored,
    retyping,
    jsonKeys,
    uncarried,
    collates: isText,
    steadyDefault: ({ volatile }) => !volatile,
    localDefault: isLocal,
    zoned,
    implicitValue: () => null,
    rowIndexes: () => [],
    unfit,
    unreferable,
    frozen: () => null,
    unalterable: () => null,
    unrewritable: () => null,
    unsettable: () => null,
    unrepeatable: () => null,
    unrestorable: () => null,
    unrenamable: () => null,
    overfull: () => null,
    unbuildable: () => null,
    unseen: () => [],
    rightsByName: false,
    rightsAside: () => [],
    unhidable: () => 'this server has no invisible columns',
    upserts,
    indexes,
    archiveOf: (ledger, plan, { schema, name }, _, of) => ({
      schema: ledger,
      name: helperName(`archive_${name}`, plan, schema, name, ...of),
    }),
    archived: archives.reads,
    define: {
      check: ({ sql }) => `CHECK (${sql})`,
      foreignKey: (columns, to, there) =>
        `FOREIGN KEY (${columns.map(quote).join(', ')}) REFERENCES ${quoteTable(to)} (${there.map(quote).join(', ')})`,
    },
    copyRecipe: (table, clause) => `ALTER TABLE ${quoteTable(table)} ${clause}`,
    sparing,
    helperName,
    fold: (column) => column,
    ungenerated,
    numbering,
    assignsInOrder: false,
    jsKind,
    nameProblem,
    columnNameProblem,
  }
}

/** ON CONFLICT handles conflicts only in the index it names. A session that meets the other index first fails. */
const upserts = (_: Table, { name }: Index, other: Beside): readonly string[] => [
  racing({
    until: other.instead === null ? 'on' : 'to contract',
    indexes: [name, other.name],
    both: 'INSERT … ON CONFLICT',
    fails: 'can fail with 23505',
    again: 'its transaction',
    finds: 'row',
  }),
]
